import BridgeProtocol
import Domain
import Doubles
import Engine
import Foundation
import Lifecycle
import Logging
import Scheduling
import Services
import Store

/// Whole rounds of the daemon on a machine that is full, with a Slurm that does nothing.
enum Rounds {
  static func run(conninfo: String) async throws {
    let store = try await PostgresStore.open(conninfo: conninfo)
    let nodes = Town.nodes.map { name in
      NodeObservation(
        name: name.text, state: .mixed, flags: [], cpus: 80, memoryMiB: 512_000,
        gpus: [GPUAllocation(type: "h100", count: 4, indices: [])], reason: "", reasonSince: nil,
        partitions: ["gpu"])
    }
    var logger = Logger(label: "bench")
    logger.logLevel = .critical
    // Long enough that what this Slurm never starts is not given back meanwhile.
    let policy = LifecyclePolicy(
      grace: Seconds(60), startTimeout: .hours(24), absenceTimeout: .hours(24))
    let cycle = Cycle(planning: .conservative, lifecycle: policy, exactTasks: 100)
    let conductor = Conductor(
      store: store,
      slurm: StillSlurm(nodes: nodes) { Int(Date().timeIntervalSince1970 * 1000) },
      cycle: cycle, logger: logger)
    // The first round reads everything, and starts nothing if that takes so long that the clocks seem
    // to differ; a later one fills the machine.
    for _ in 0..<5 { _ = await conductor.round() }
    let state = try await store.snapshot().state
    try await store.finish(state.runs.keys.map { .start($0) })
    _ = await conductor.round()
    guard !state.runs.isEmpty else { throw Settling.Failure("nothing was started") }
    Bench.report("round_nodes", Double(state.centre.nodes.count))
    Bench.report("round_runs", Double(state.runs.count))
    Bench.report("round_waiting", Double(state.tasks.count - state.runs.count))
    try await Reading.measure("round", 10) { _ = await conductor.round() }
    var planned = state
    for node in Town.nodes { planned.nodeStates[node] = .up }
    let now = try await store.now()
    try await Reading.measure("cycle", 5) { [planned] in _ = cycle.run(planned, now: now) }
    Bench.report("round_peak_mib", Double(Bench.peakMiB))
    await store.close()
  }
}
