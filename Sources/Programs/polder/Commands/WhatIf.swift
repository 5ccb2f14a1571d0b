import ArgumentParser
import Client
import Wire

struct WhatIf: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "what-if",
    abstract: "Whose expected start would move if something were otherwise.",
    discussion: """
      For administrators. The queue is planned as it is and as it would be; nothing changes. What \
      is supposed adds up.

      Examples:

        polder what-if --without=gn01,gn02 --from=2026-12-01T08:00Z --until=2026-12-01T12:00Z
        polder what-if --limit=P12=2:00:00
        polder what-if --at-most=longscan-at-once:gpus=128
        polder what-if --policy=easy
        polder what-if --weight=age=3000 --weight=size=0
        polder what-if --share="eurohpc=45 %" --share="region=20 %"
        polder what-if --job="--account=longscan --nodes=4 --gpus-per-node=4 --time=8:00:00"
        polder what-if --job="--account=longscan --gpus=1 --qos=urgent" --member=bram
      """)

  @Option(help: "Another policy of planning: fcfs, easy or conservative.")
  var policy: String?

  @Option(help: ArgumentHelp("Nodes out of service: gn01 or gn[01-04,07].", valueName: "nodes"))
  var without: String?

  @Option(help: ArgumentHelp("When they go: 2026-12-01T08:00Z.", valueName: "moment"))
  var from: String?

  @Option(help: ArgumentHelp("When they are back.", valueName: "moment"))
  var until: String?

  @Option(help: ArgumentHelp("Another time limit for a job that waits.", valueName: "job=time"))
  var limit: [String] = []

  @Option(
    help: ArgumentHelp(
      "Another limit on what runs at once: gpus, running or gpuTime.",
      valueName: "limit:measure=number"))
  var atMost: [String] = []

  @Option(help: ArgumentHelp("One job more, as options of sbatch.", valueName: "options"))
  var job: String?

  @Option(
    help: ArgumentHelp(
      "Whose job it would be: who may submit in its project. Without it who asks, else the first.",
      valueName: "account"))
  var member: String?

  @Option(
    help: ArgumentHelp(
      "Another weight of the order: qos, fairShare, entitlement, age, size, partition or nice.",
      valueName: "factor=number"))
  var weight: [String] = []

  @Option(
    help: ArgumentHelp(
      "Another part of the machine that a funder is entitled to.", valueName: "funder=percent"))
  var share: [String] = []

  @Option(
    help: ArgumentHelp("How far ahead starts are promised: 10 min, 2 h.", valueName: "time"))
  var promiseAhead: String?

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let question = WhatIfRequest(
      policy: policy, outages: try outages(), limits: try limits(),
      atMost: atMost.isEmpty ? nil : try atMost.map(Self.atMost),
      job: job.map { $0.split(whereSeparator: \.isWhitespace).map(String.init) },
      member: member, weights: weight.isEmpty ? nil : try weight.map(Self.weight),
      shares: share.isEmpty ? nil : try share.map(Self.share), promiseAhead: promiseAhead)
    let answer = try await connection.client { try await $0.whatIf(question) }
    if listing.format == .json {
      try printJSON(answer)
    } else {
      WhatIfText.lines(answer, .current(), addsJob: job != nil).forEach(Terminal.say)
    }
  }

  private func outages() throws -> [WhatIfRequest.Outage] {
    guard let without else {
      guard from == nil, until == nil else {
        throw Failure(.usage, "--from and --until say when nodes are out", next: "add --without")
      }
      return []
    }
    guard let from, let until else {
      throw Failure(
        .usage, "--without needs the time", next: "add --from=MOMENT and --until=MOMENT")
    }
    return [.init(nodes: [without], from: from, until: until)]
  }

  private static func atMost(_ text: String) throws -> WhatIfRequest.AtMost {
    guard let equals = text.firstIndex(of: "="),
      let colon = text[..<equals].lastIndex(of: ":")
    else {
      throw Failure(
        .usage, "\"\(text)\" is not LIMIT:MEASURE=NUMBER",
        next: "as in --at-most=longscan-at-once:gpus=128")
    }
    return .init(
      limit: String(text[..<colon]),
      measure: String(text[text.index(after: colon)..<equals]),
      most: String(text[text.index(after: equals)...]))
  }

  private static func weight(_ text: String) throws -> WhatIfRequest.Weight {
    let parts = text.split(separator: "=", maxSplits: 1)
    guard parts.count == 2, let weight = Int64(parts[1]) else {
      throw Failure(.usage, "\"\(text)\" is not FACTOR=NUMBER", next: "as in --weight=age=3000")
    }
    return .init(factor: String(parts[0]), weight: weight)
  }

  private static func share(_ text: String) throws -> WhatIfRequest.Share {
    let parts = text.split(separator: "=", maxSplits: 1)
    guard parts.count == 2 else {
      throw Failure(
        .usage, "\"\(text)\" is not FUNDER=PERCENT", next: "as in --share=\"eurohpc=45 %\"")
    }
    return .init(funder: String(parts[0]), share: String(parts[1]))
  }

  private func limits() throws -> [WhatIfRequest.Limit] {
    try limit.map { text in
      guard let equals = text.firstIndex(of: "=") else {
        throw Failure(.usage, "\"\(text)\" is not JOB=TIME", next: "as in --limit=P12=2:00:00")
      }
      return .init(
        job: String(text[..<equals]), timeLimit: String(text[text.index(after: equals)...]))
    }
  }
}
