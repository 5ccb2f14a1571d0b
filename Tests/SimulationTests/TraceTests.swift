import Foundation
import Gzip
import Simulation
import Testing

/// Public logs and the schedules that independent simulators produce on them, job by job. The data
/// is no part of the repository: `POLDER_TRACES` names a folder with `swf/`, `gpu/` and `expected/`.
@Suite(
  "traces",
  .enabled(if: Traces.folder != nil, "left out: POLDER_TRACES names no folder of traces"))
struct TraceTests {
  static func workload(_ file: String) throws -> Workload {
    try TraceReader.workload(bytes(file), file: file)
  }

  static func bytes(_ file: String) throws -> [UInt8] {
    let folder = try #require(Traces.folder)
    return try GzipFile.read("\(folder)/\(file)", mostBytes: TraceLimits.bytes)
  }

  struct Log {
    let file: String
    let name: String
    let processors: Int
  }

  static let kth = Log(file: "KTH-SP2-1996-2.1-cln", name: "KTH-SP2", processors: 100)
  static let lublin = Log(file: "lublin_256", name: "lublin_256", processors: 256)

  @Test(
    "KTH-SP2 and lublin_256: every start is the reference's", arguments: ReplayPolicy.allCases)
  func starts(_ policy: ReplayPolicy) throws {
    let names: [ReplayPolicy: String] = [.fcfs: "FCFS", .easy: "EASY", .conservative: "CONS"]
    for log in [Self.kth, Self.lublin] {
      let workload = try Self.workload("swf/\(log.file).swf.gz")
      let machine = MachineModel.processors(log.processors)
      let result = try Replay(machine: machine, workload: workload, policy: policy).run()
      let expected = try Self.bytes("expected/\(log.name).\(names[policy] ?? "").start.csv.gz")
      let found = StartsWriter.csv(workload, result)
      #expect(found.count == expected.count)
      #expect(StartsWriter.digest(found) == StartsWriter.digest(expected), "\(log.name) \(policy)")
    }
  }

  @Test("NASA-iPSC: 18,066 jobs can be used, and their averages are those that are published")
  func nasa() throws {
    let workload = try Self.workload("swf/NASA-iPSC-1993-3.1-cln.swf.gz")
    #expect(workload.jobs.count == 18_066)
    #expect(workload.skipped == [SkippedJobs(reason: .noRunTime, count: 173)])
    let machine = MachineModel.processors(128)
    for (policy, wait, slowdown) in [
      (ReplayPolicy.fcfs, 8.08, 1.026), (.easy, 4.07, 1.012), (.conservative, 4.07, 1.012),
    ] {
      let result = try Replay(machine: machine, workload: workload, policy: policy).run()
      let timeline = ReplayTimeline(machine, workload, result)
      let metrics = ReplayMetrics(machine, workload, result, timeline)
      #expect((metrics.waits.meanThousandths + 5) / 10 == Int64((wait * 100).rounded()))
      #expect(metrics.boundedSlowdownThousandths == Int64((slowdown * 1000).rounded()))
      #expect(metrics.waits.maxSeconds == 23_753)
    }
  }

  @Test("the rules word by word give the references too: KTH-SP2's first 2,500 jobs")
  func oracle() throws {
    let jobs = Array(try Self.workload("swf/\(Self.kth.file).swf.gz").jobs.prefix(2500))
    // What starts before the next job is submitted does not know of it.
    let horizon = try Self.workload("swf/\(Self.kth.file).swf.gz").jobs[2500].submit
    for (policy, name) in [(ReplayPolicy.fcfs, "FCFS"), (.easy, "EASY"), (.conservative, "CONS")] {
      let starts = NaiveReplay.starts(jobs, processors: 100, policy)
      let text = String(
        decoding: try Self.bytes("expected/KTH-SP2.\(name).start.csv.gz"), as: UTF8.self)
      let expected = text.split(separator: "\n").dropFirst().prefix(2500).map { line in
        line.split(separator: ",").last.flatMap { Int64($0) } ?? -1
      }
      for (index, start) in starts.enumerated() where min(start, expected[index]) < horizon {
        #expect(start == expected[index], "\(name), job \(jobs[index].number)")
      }
    }
  }

  @Test("every trace of GPU jobs is read, and its jobs are all accounted for")
  func gpuTraces() throws {
    let philly = try Self.workload("gpu/philly_jobs.csv.gz")
    // 82,248 lines behind the first, the last of them empty.
    #expect(philly.jobs.count + philly.skipped.reduce(0) { $0 + $1.count } == 82_247)
    for (name, count) in [("default", 8152), ("multigpu50", 9061), ("gpushare40", 8152)] {
      let pods = try Self.workload("gpu/openb_pod_list_\(name).csv.gz")
      #expect(pods.jobs.count + pods.skipped.reduce(0) { $0 + $1.count } == count)
    }
    let machine = try OpenbReader.nodes(Self.bytes("gpu/openb_node_list_gpu_node.csv"), file: "n")
    #expect(machine.nodes == 1213 && machine.gpus == 6212)
    let pods = try Self.workload("gpu/openb_pod_list_default.csv.gz").measured(by: .gpus)
    let result = try Replay(machine: machine, workload: pods, policy: .easy).run()
    #expect(!result.starts.contains(-1))
  }
}

/// Where the traces are.
private enum Traces {
  static let folder = ProcessInfo.processInfo.environment["POLDER_TRACES"].flatMap {
    $0.isEmpty ? nil : $0
  }
}
