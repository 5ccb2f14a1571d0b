// Why: a restored store knows nothing of what began and ended since its backup. What it would start by
// that picture may run already, or have run.
import BridgeProtocol
import Domain
import Doubles
import Engine
import Lifecycle
import Logging
import Scheduling
import Services
import Testing

@Suite("after a restore", .timeLimit(.minutes(1)))
struct RestoreGateTests {
  private let town: Town
  private let conductor: Conductor

  init() async throws {
    town = try await Town()
    let nodes = try Town.centre().nodes.keys.sorted().map {
      NodeObservation(
        name: $0.text, state: .idle, flags: [], cpus: 80, memoryMiB: 512_000,
        gpus: [GPUAllocation(type: "h100", count: 4, indices: [])], reason: "", reasonSince: nil,
        partitions: ["gpu", "whole"])
    }
    let clock = Int(Town.now.milliseconds)
    let policy = LifecyclePolicy(
      grace: Town.grace, startTimeout: .hours(1), absenceTimeout: .hours(1))
    conductor = Conductor(
      store: town.store, slurm: StillSlurm(nodes: nodes) { clock },
      cycle: Cycle(planning: .conservative, lifecycle: policy, exactTasks: 100),
      logger: Logger(label: "restore-gate") { _ in SwiftLogNoOpLogHandler() })
  }

  @Test("the round that looks at Slurm in full starts nothing, and the next one goes on")
  func gate() async throws {
    _ = try await town.submit("anouk", "-A longscan -G1 -t 60")
    await town.store.set(restored: Town.now)
    #expect(await conductor.round())
    #expect(try await town.store.snapshot().restored == nil)
    #expect(await town.store.state.runs.isEmpty)
    _ = await conductor.round()
    #expect(await town.store.state.runs.count == 1)
  }
}
