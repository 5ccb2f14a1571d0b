import ArgumentParser
import Client
import Wire

/// `polder quote`: the same words as `polder job submit`, and nothing is submitted.
struct Quote: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quote",
    abstract: "What a job would cost and when it could start; submits nothing.",
    usage: "polder quote SCRIPT [sbatch options] [--format=json]",
    discussion: """
      Takes the words of "polder job submit". The charge is what the job would cost if it ran to \
      its time limit; one that ends early costs less. The hold is the charge and a short grace, \
      set aside while the job runs.

      Example:

        polder quote train.sh --account=longscan --gpus=2 --time=30
      """)

  @Argument(parsing: .captureForPassthrough, help: .hidden)
  var words: [String] = []

  mutating func run() async throws {
    let words = try SubmissionWords(words)
    if words.wantsHelp { throw CleanExit.helpRequest(self) }
    let submission = try Submission(words, of: "polder quote")
    let quote = try await PolderClient.connected(to: Connection.path(words.socket)) { client in
      try await client.quote(submission)
    }
    if words.wantsJSON {
      try printJSON(quote)
    } else {
      QuoteText(quote, .current()).full.forEach(Terminal.say)
    }
  }
}
