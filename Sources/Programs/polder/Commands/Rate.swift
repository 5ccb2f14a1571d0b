import ArgumentParser
import Client
import Wire

struct Rate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rate",
    abstract: "What GPUs, CPUs and memory weigh, and how a job's cost came about.",
    subcommands: [RateList.self, RateExplain.self])
}

struct RateList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "The rate cards of the partitions: past, in force and announced.",
    discussion: """
      In GPU-equivalents. On each node a job weighs the largest of its GPU, CPU and memory share. \
      A run keeps the version that was in force when it started.

      Example:

        polder rate list --partition gpu
      """)

  @Option(help: "Only this partition.")
  var partition: String?

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let partition = partition
    let cards = try await connection.client { client in
      try await client.rates(partition: partition)
    }
    if listing.format == .json {
      try printJSON(cards)
    } else {
      RateText.list(cards, .current()).forEach(Terminal.say)
    }
  }
}

struct RateExplain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "The arithmetic of a job's cost: its rates, shares, seconds, hold and charge.",
    discussion: "Of a job that waits: what it would cost if it started now. Auditors follow each "
      + "charge of the ledger here, whosever it is.\n\n"
      + "Examples:\n\n  polder rate explain P12\n  polder rate explain charge:P12.1\n"
      + "  polder rate explain refund:by-hand-4711")

  /// The job or task of a run (`P12.1`) or of an entry of one (`charge:P12_3.1/2`), as ledgers name
  /// them. Nil for an entry whose id names no run, such as one by hand; anything else as it is.
  static func job(_ typed: String) -> String? {
    let parts = typed.split(separator: ":", maxSplits: 1)
    let task = parts.last?.prefix { $0 != "." && $0 != "/" } ?? ""
    if task.wholeMatch(of: /P[0-9]+(_[0-9]+)?/) != nil { return String(task) }
    return parts.count > 1 ? nil : typed
  }

  @Argument(
    help:
      "The job: P12, P12_3 for one task of an array, or Slurm's id; a run, or an entry about one.")
  var id: String

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let job = try await connection.client { client in
      if let job = Self.job(id) {
        return try await client.jobRate(try await client.polderID(job))
      }
      return try await client.entryRate(id)
    }
    if listing.format == .json {
      try printJSON(job)
    } else {
      RateText.explanation(job, .current()).forEach(Terminal.say)
    }
  }
}
