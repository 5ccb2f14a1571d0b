import ArgumentParser
import Client
import Foundation
import Wire

/// `polder job submit`: the words are sorted by ``SubmissionWords``, since they are `sbatch`'s.
struct JobSubmit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit",
    abstract: "Submit a script as a job; prints what it will cost and its id.",
    usage: """
      polder job submit [sbatch options] SCRIPT [sbatch options]
      polder job submit [sbatch options] --wrap COMMAND
      polder job submit [sbatch options] -            (the script from the standard input)
      """,
    discussion: """
      The script begins with #!, may carry #SBATCH lines, and takes the options that sbatch \
      takes; options of the command line win over SBATCH_… variables, and those over the script's \
      lines. The commonest:

        --account=PROJECT   -A   the project that pays (needed if you have several)
        --partition=NAME    -p   where to run
        --time=LIMIT        -t   minutes, HH:MM:SS or D-HH:MM:SS; it is ended then
        --nodes=N           -N   nodes
        --gpus-per-node=N        GPUs on each node; or --gpus=N, --gres=gpu:N
        --cpus-per-task=N   -c   CPUs
        --mem=SIZE               memory on each node: 16G
        --array=0-9%4       -a   ten tasks, four at once
        --dependency=…      -d   start after another job: afterok:P12
        --job-name=NAME     -J
        --output=FILE       -o   %j is Slurm's job id

      Polder's own:

        --parsable               print the id only, without asking for the quote
        --test-only              print the quote and submit nothing
        --wait              -W   wait for the end, like "polder job wait"
        --format=json            print the job as JSON
        --idempotency-key=KEY    repeat a submission whose answer was lost; polder
                                 makes a random one, and says it when it is needed

      The job gets your environment and starts in the folder where you are. The script gets no \
      arguments: hand it values by environment variables.

      Example:

        polder job submit train.sh --account=longscan --gpus=2 --time=30
      """)

  @Argument(parsing: .captureForPassthrough, help: .hidden)
  var words: [String] = []

  mutating func run() async throws {
    let words = try SubmissionWords(words)
    if words.wantsHelp { throw CleanExit.helpRequest(self) }
    let submission = try Submission(words)
    let key = words.idempotencyKey ?? UUID().uuidString.lowercased()
    try await PolderClient.connected(to: Connection.path(words.socket)) { client in
      if words.isTestOnly {
        try print(quote: await client.quote(submission), words)
        return
      }
      // Who repeats a submission means one that may stand already: no new quote is of it.
      let quotes = !words.isParsable && !words.wantsJSON && words.idempotencyKey == nil
      if quotes {
        QuoteText(try await client.quote(submission), .current()).short.forEach(Terminal.say)
      }
      let job = try await submit(submission, key, client)
      if words.wantsJSON {
        try printJSON(job)
      } else {
        Terminal.say(words.isParsable ? job.id : "Submitted \(job.id)")
        // Without the quote nobody was warned yet.
        let unsaid = quotes ? [] : job.warnings
        unsaid.forEach { Terminal.complain("polder: warning: " + ReasonText.sentence($0)) }
      }
      if words.waits {
        try await JobWatch(client: client, timeoutSeconds: nil, isQuiet: words.isParsable)
          .wait(for: [job.id])
      }
    }
  }

  private func print(quote: QuoteView, _ words: SubmissionWords) throws {
    if words.wantsJSON {
      try printJSON(quote)
    } else {
      QuoteText(quote, .current()).full.forEach(Terminal.say)
    }
  }

  private func submit(
    _ submission: Submission, _ key: String, _ client: PolderClient
  ) async throws -> JobView {
    do {
      return try await client.submit(submission, key: key)
    } catch ClientError.lost(let socket, let cause) {
      throw Failure(
        .unavailable,
        "the connection to Polder at \(socket) broke and did not come back: \(cause). "
          + "Whether the job was accepted is not known yet.",
        next: "give the same command again with --idempotency-key=\(key): "
          + "the job is made once, however often you repeat it")
    }
  }
}

extension Submission {
  /// Reads the script, and takes environment and folder from this process.
  ///
  /// - Parameter command: what was typed, for the next step.
  /// - Throws: ``Failure``: 64 without a script, 65 for one that can't be read.
  init(_ words: SubmissionWords, of command: String = "polder job submit") throws {
    let environment = ProcessInfo.processInfo.environment
    let script: String
    let name: String
    if let command = words.wrap {
      script = "#!/bin/sh\n# This script was made by polder job submit --wrap.\n\n\(command)\n"
      name = "wrap"
    } else if let path = words.script {
      script = try ScriptFile.read(path)
      name = path
    } else {
      throw Failure(
        .usage, "which script?", next: "\(command) SCRIPT, or --wrap COMMAND; see --help")
    }
    self.init(
      script: script, scriptName: name,
      options: SbatchVariables.options(from: environment) + words.options,
      environment: environment.map { "\($0.key)=\($0.value)" }.sorted(),
      workingDirectory: FileManager.default.currentDirectoryPath)
  }
}

/// A batch script as it lies on disk.
enum ScriptFile {
  /// Larger ones are refused, as Slurm does (max_script_size).
  static let largest = 4 << 20

  static func read(_ path: String) throws(Failure) -> String {
    let data: Data
    do {
      if path == "-" {
        data = try FileHandle.standardInput.readToEnd() ?? Data()
      } else {
        data = try Data(contentsOf: URL(fileURLWithPath: path))
      }
    } catch {
      let cause =
        FileManager.default.fileExists(atPath: path)
        ? "it can't be read by this account" : "there is no such file"
      throw Failure(.invalidInput, "\(path): \(cause)")
    }
    guard data.count <= largest else {
      throw Failure(
        .invalidInput, "\(path): \(data.count) bytes; a script has at most \(largest)",
        next: "let the script call the program, rather than contain it")
    }
    guard let text = String(validating: data, as: UTF8.self), !text.contains("\0") else {
      throw Failure(
        .invalidInput, "\(path): not a text", next: "submit a script that calls the program")
    }
    return text
  }
}

/// `SBATCH_…` variables, which `sbatch` reads as options that the command line may overrule.
enum SbatchVariables {
  private static let names: [(variable: String, option: String)] = [
    ("SBATCH_ACCOUNT", "account"), ("SBATCH_ARRAY_INX", "array"),
    ("SBATCH_CONSTRAINT", "constraint"), ("SBATCH_EXCLUSIVE", "exclusive"),
    ("SBATCH_EXPORT", "export"), ("SBATCH_GPUS", "gpus"),
    ("SBATCH_GPUS_PER_NODE", "gpus-per-node"), ("SBATCH_GPUS_PER_TASK", "gpus-per-task"),
    ("SBATCH_JOB_NAME", "job-name"), ("SBATCH_MEM_PER_CPU", "mem-per-cpu"),
    ("SBATCH_MEM_PER_GPU", "mem-per-gpu"), ("SBATCH_MEM_PER_NODE", "mem"),
    ("SBATCH_OPEN_MODE", "open-mode"), ("SBATCH_PARTITION", "partition"), ("SBATCH_QOS", "qos"),
    ("SBATCH_RESERVATION", "reservation"), ("SBATCH_SIGNAL", "signal"),
    ("SBATCH_TIMELIMIT", "time"), ("SBATCH_WCKEY", "wckey"),
  ]

  static func options(from environment: [String: String]) -> [String] {
    names.compactMap { variable, option in
      guard let value = environment[variable] else { return nil }
      return value.isEmpty ? "--\(option)" : "--\(option)=\(value)"
    }
  }
}
