import Domain
import Foundation
import Scheduling
import Testing

/// Public workload logs, on which independent simulators agree job by job. They are no part of the
/// project: `POLDER_TRACES` names the folder that has them (`swf/` and `expected/`); without it
/// these tests are skipped and say so. `POLDER_TRACES_LOGS` names those to replay, or `all`: the
/// long ones want a release build.
@Suite("traces", .enabled(if: Trace.folder != nil, "POLDER_TRACES is not set"))
struct TraceTests {
  @Test("a log's schedule is the reference, job by job", arguments: Trace.chosen)
  func reference(trace: Trace) throws {
    var replay = try trace.replay()
    let expected = try trace.expectedStarts()
    replay.replay(
      trace.policy.planner,
      between: trace.policy == .conservative ? ConservativePlanner(upkeep: .keep) : nil)
    #expect(replay.starts.count == replay.jobs.count, "not every job of \(trace) started")
    let differing = replay.jobs.filter { job in
      expected[job.name].map { $0 != replay.starts[job.task]?.second } ?? false
    }.map(\.name)
    #expect(
      differing.prefix(10) == [], "\(trace): \(differing.count) of \(expected.count) differ")
    let wait = replay.jobs.reduce(Int64(0)) {
      $0 + (replay.starts[$1.task]?.second ?? 0) - $1.submit
    }
    let centiseconds = (wait * 200 / Int64(replay.jobs.count) + 1) / 2
    #expect(centiseconds == trace.averageWaitCentiseconds, "\(trace)")
  }
}

/// One log under one policy.
struct Trace: Sendable, CustomTestStringConvertible {
  let log: String
  let file: String
  let processors: Int
  let policy: PlanningPolicy
  let averageWaitCentiseconds: Int64

  var testDescription: String { "\(log) \(policy)" }

  static var folder: String? { ProcessInfo.processInfo.environment["POLDER_TRACES"] }

  static var chosen: [Trace] {
    let logs = ProcessInfo.processInfo.environment["POLDER_TRACES_LOGS"] ?? "NASA-iPSC"
    let names = logs.split(separator: ",").map { String($0) }
    return all.filter {
      logs == "all" || names.contains($0.log) || names.contains("\($0.log).\($0.policy)")
    }
  }

  static let all: [Trace] = [
    of("NASA-iPSC", "NASA-iPSC-1993-3.1-cln", 128, [808, 407, 407]),
    of("KTH-SP2", "KTH-SP2-1996-2.1-cln", 100, [35_377_641, 683_687, 731_055]),
    of("lublin_256", "lublin_256", 256, [238_844_376, 9_715_599, 13_156_751]),
  ].flatMap { $0 }

  private static func of(
    _ log: String, _ file: String, _ processors: Int, _ waits: [Int64]
  ) -> [Trace] {
    zip([PlanningPolicy.fcfs, .easy, .conservative], waits).map {
      Trace(
        log: log, file: file, processors: processors, policy: $0, averageWaitCentiseconds: $1)
    }
  }

  /// The log as jobs of one node that has all processors.
  func replay() throws -> ScheduleReplay {
    var replay = ScheduleReplay()
    let allocation = try #require(AllocationID("all"))
    let node = try #require(NodeName("machine"))
    let partition = try #require(PartitionName("all"))
    let option = AllocationOption(
      allocation: allocation, windowEnd: Instant(seconds: 100_000_000_000))
    replay.budgets = [allocation: .largest]
    replay.nodes = [
      Node(
        name: node, gpuType: "any",
        capacity: NodeResources(gpus: processors, cpus: 0, memoryMiB: 0))
    ]
    replay.partitions = [
      Partition(
        name: partition, nodes: [node], wholeNodes: false, defaultTimeLimit: .hours(1),
        maximumTimeLimit: .hours(100_000), defaultsPerGPU: .none,
        rateCards: [
          RateCard(
            version: 1, inForceFrom: Instant(milliseconds: 0),
            rates: Rates(perGPU: 1, perCPU: 0, perGiB: 0))
        ])
    ]
    for line in try Trace.unpacked("swf/\(file).swf.gz") where !line.hasPrefix(";") {
      let fields = words(line).compactMap { Int64($0.split(separator: ".").first ?? "") }
      guard fields.count == 18, fields[3] > 0 else { continue }
      let wanted = fields[7] > 0 ? fields[7] : fields[4]
      guard wanted > 0 else { continue }
      let limit = fields[8] > 0 ? fields[8] : fields[3]
      replay.jobs.append(
        ScheduleReplay.Job(
          name: "\(fields[0])",
          task: TaskID(job: JobID(number: Int64(replay.jobs.count + 1)), index: nil),
          submit: fields[1], run: min(fields[3], limit),
          request: JobRequest(
            name: "job", member: Ids.member, project: Ids.project, allocation: nil,
            partition: partition, nodeCount: 1,
            perNode: NodeResources(gpus: Int(wanted), cpus: 0, memoryMiB: 0), gpuType: nil,
            timeLimit: Seconds(limit)),
          options: [option]))
    }
    return replay
  }

  /// By job; empty where only the average is known.
  func expectedStarts() throws -> [String: Int64] {
    guard log != "NASA-iPSC" else { return [:] }
    let suffix = policy == .conservative ? "CONS" : policy.rawValue.uppercased()
    let lines = try Trace.unpacked("expected/\(log).\(suffix).start.csv.gz")
    let rows = lines.dropFirst().map { $0.split(separator: ",") }.filter { $0.count == 2 }
    return try Dictionary(
      uniqueKeysWithValues: rows.map { (String($0[0]), try #require(Int64($0[1]))) })
  }

  static func lines(_ path: String) throws -> [String] {
    try String(contentsOfFile: "\(folder ?? ".")/\(path)", encoding: .utf8)
      .split(separator: "\n").map { String($0) }
  }

  static func unpacked(_ path: String) throws -> [String] {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/bin/gzip")
    process.arguments = ["-dc", "\(folder ?? ".")/\(path)"]
    process.standardOutput = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(path) can't be read")
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map { String($0) }
  }
}
