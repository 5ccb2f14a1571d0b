import Gzip
import Simulation

/// Replays of a log, or of a year that is made up: milliseconds of one processor a policy, without
/// reading the file or making the workload.
enum Replaying {
  private static let policies = [ReplayPolicy.fcfs, .easy, .conservative]

  /// 300,000 jobs of Lublin and Feitelson's model, which keep the machine nine tenths busy.
  static func year(processors: Int) throws {
    try replay(
      Generator.lublin(jobs: 300_000, processors: processors, load: 0.9, seed: 1), processors)
  }

  /// A log in the Standard Workload Format.
  static func log(_ path: String, processors: Int) throws {
    let bytes = try GzipFile.read(path, mostBytes: TraceLimits.bytes)
    try replay(try TraceReader.workload(bytes, file: path), processors)
  }

  private static func replay(_ workload: Workload, _ processors: Int) throws {
    let machine = MachineModel.processors(processors)
    let measured = workload.measured(by: machine.measure)
    PlanningBench.report("jobs", Double(measured.jobs.count))
    for policy in policies {
      let replay = Replay(machine: machine, workload: measured, policy: policy)
      let times = try (0..<3).map { _ in
        try PlanningBench.processorMilliseconds { _ = try replay.run() }
      }.sorted()
      PlanningBench.report("\(policy.rawValue)_ms", times[1])
    }
  }
}
