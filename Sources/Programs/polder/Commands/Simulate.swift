import ArgumentParser
import Client
import Foundation
import Simulation
import Wire

/// The generators of workloads.
enum GeneratorName: String, ExpressibleByArgument, CaseIterable {
  case lublin
  case aiFactory = "ai-factory"
}

struct Simulate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Replay a workload under a policy, and see what waits and what is used.",
    discussion: """
      Runs here, without polderd, but for --history, which asks it what has run at this site. A \
      workload is a trace: in the Standard Workload Format (SWF), \
      Microsoft's Philly jobs or Alibaba's openb pods, each plain or compressed with gzip. Or it is \
      made up from a seed: lublin, after Lublin and Feitelson's model of parallel machines; \
      ai-factory, a mix of funders, access modes, projects and members on GPUs.

      Several policies are compared side by side. The digest is SHA-256 over the lines job,start: \
      equal digests are equal schedules. What the figures mean: docs/simulator.md.

      Examples:

        polder simulate --trace KTH-SP2.swf.gz --processors 100 --policy fcfs,easy,conservative
        polder simulate --trace KTH-SP2.swf.gz --processors 100 --policy easy --starts easy.csv
        polder simulate --generate lublin --jobs 10000 --processors 512 --load 0.9 --seed 1
        polder simulate --generate ai-factory --jobs 20000 --html factory.html
        polder simulate --generate ai-factory --jobs 2000 --nodes exact --policy conservative
        polder simulate --trace pods.csv.gz --machine nodes.csv --policy easy --json
        polder simulate --history --from 2026-11-01 --to 2026-11-30 --policy easy,conservative
      """)

  @Option(help: ArgumentHelp("The trace.", valueName: "file"))
  var trace: String?

  @Flag(help: "Replay what has run at this site, as polderd tells auditors and administrators.")
  var history = false

  @Option(help: ArgumentHelp("With --history: the first day.", valueName: "YYYY-MM-DD"))
  var from: String?

  @Option(help: ArgumentHelp("With --history: the last day.", valueName: "YYYY-MM-DD"))
  var to: String?

  @Option(help: "Make a workload up instead: lublin or ai-factory.")
  var generate: GeneratorName?

  @Option(help: ArgumentHelp("How many jobs to make up.", valueName: "count"))
  var jobs = 10_000

  @Option(
    help: ArgumentHelp(
      "What is asked for of what the machine has, until the last submission.", valueName: "part"))
  var load = 0.9

  @Option(help: ArgumentHelp("Of what is made up; equal seeds, equal jobs.", valueName: "number"))
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "The machine as a number of processors (default: what the log's header says).",
      valueName: "count"))
  var processors: Int?

  @Option(
    help: ArgumentHelp(
      "The machine as YAML (groups of nodes, shares of funders) or as openb's list of nodes.",
      valueName: "file"))
  var machine: String?

  @Option(
    help: ArgumentHelp(
      "fcfs, easy or conservative; several with commas.", valueName: "policies"))
  var policy = "easy"

  @Option(
    help: ArgumentHelp(
      "counted: all nodes are one pool. exact: each run lies on nodes, by polderd's planner.",
      valueName: "detail"))
  var nodes = "counted"

  @Option(
    help: ArgumentHelp(
      "With --nodes exact: plan at most once in so many seconds (default: 1).",
      valueName: "seconds"))
  var round: Int64?

  @Option(help: ArgumentHelp("Write the starts as job,start.", valueName: "file"))
  var starts: String?

  @Option(help: ArgumentHelp("Write the workload as SWF.", valueName: "file"))
  var writeSwf: String?

  @Option(help: ArgumentHelp("Write a page with plots.", valueName: "file"))
  var html: String?

  @Flag(help: "Print JSON: thousandths and millionths as whole numbers, times in seconds.")
  var json = false

  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let policies = try Self.policies(policy)
    let detail = try Self.detail(nodes, round)
    guard starts == nil || policies.count == 1 else {
      throw Failure(
        .usage, "--starts writes one schedule, and \(policies.count) policies are asked for",
        next: "ask for one: --policy \(policies[0].rawValue)")
    }
    let input = try await input()
    if let writeSwf {
      try Self.write(
        SWFWriter.text(input.workload, measure: input.machine.measure), to: writeSwf)
    }
    var outcomes = input.recorded.map { [SimulationOutcome(input, recorded: $0)] } ?? []
    for policy in policies { outcomes.append(try SimulationOutcome(input, policy, nodes: detail)) }
    if let starts { try Self.write(outcomes[outcomes.count - 1].csv, to: starts) }
    if let html {
      try Self.write(Array(SimulationPage(input, outcomes).text.utf8), to: html)
    }
    if json {
      try printJSON(SimulationJSON(input, outcomes))
    } else {
      SimulationText.lines(input, outcomes).forEach(Terminal.say)
    }
  }

  private func input() async throws -> SimulationInput {
    guard history else {
      guard from == nil, to == nil else {
        throw Failure(.usage, "--from and --to are for --history")
      }
      return try SimulationInput(
        trace: trace, generate: generate, jobs: jobs, load: load, seed: seed,
        processors: processors, machine: machine)
    }
    guard trace == nil, generate == nil, processors == nil else {
      throw Failure(.usage, "--history is the workload: no --trace, --generate or --processors")
    }
    let described = try machine.map(SimulationInput.machine)
    let (from, to) = (from, to)
    let (runs, nodes) = try await connection.client { client in
      var runs: [HistoryRunView] = []
      var after: String?
      repeat {
        let part = try await client.history(from: from, to: to, after: after)
        runs += part.runs
        after = part.next
        guard runs.count <= TraceLimits.jobs else {
          throw Failure(.invalidInput, "more than \(TraceLimits.jobs) runs: name fewer days")
        }
      } while after != nil
      return (runs, try await client.nodes())
    }
    let days = "\(from ?? "this month") to \(to ?? "today")"
    return try SimulationInput(history: runs, days: days, nodes: nodes, machine: described)
  }

  /// - Throws: ``Failure`` with exit code 64.
  static func policies(_ text: String) throws -> [ReplayPolicy] {
    var policies: [ReplayPolicy] = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let policy = ReplayPolicy(rawValue: String(word)) else {
        let known = ReplayPolicy.allCases.map(\.rawValue).joined(separator: ", ")
        throw Failure(.usage, "\"\(word)\" is no policy; there are \(known)")
      }
      if !policies.contains(policy) { policies.append(policy) }
    }
    return policies
  }

  /// - Throws: ``Failure`` with exit code 64.
  static func detail(_ nodes: String, _ round: Int64?) throws -> NodeDetail {
    switch (nodes, round) {
    case ("counted", nil): return .counted
    case ("counted", _):
      throw Failure(.usage, "--round is for --nodes exact: what is counted has no rounds")
    case ("exact", let round):
      guard (1...86_400).contains(round ?? 1) else {
        throw Failure(.usage, "--round is a number of seconds from 1 to 86,400")
      }
      return .exact(interval: round ?? 1)
    default: throw Failure(.usage, "\"\(nodes)\" is no detail; there are counted and exact")
    }
  }

  private static func write(_ bytes: [UInt8], to path: String) throws {
    do {
      try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw Failure(
        .invalidInput, "\(path) can't be written: \(error.localizedDescription)",
        next: "name a file in a folder that you may write to")
    }
  }
}
