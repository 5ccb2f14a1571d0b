import BridgeProtocol
import Domain
import Doubles
import Engine
import Lifecycle
import Logging
import Scheduling
import Services

extension Town {
  /// One that plans the town's nodes, on a Slurm that runs nothing.
  func conductor() throws -> Conductor {
    let nodes = try Self.centre().nodes.keys.sorted().map {
      NodeObservation(
        name: $0.text, state: .idle, flags: [], cpus: 80, memoryMiB: 512_000,
        gpus: [GPUAllocation(type: "h100", count: 4, indices: [])], reason: "", reasonSince: nil,
        partitions: ["gpu", "whole"])
    }
    let clock = Int(Self.now.milliseconds)
    let policy = LifecyclePolicy(
      grace: Self.grace, startTimeout: .hours(1), absenceTimeout: .hours(1))
    return Conductor(
      store: store, slurm: StillSlurm(nodes: nodes) { clock },
      cycle: Cycle(planning: .conservative, lifecycle: policy, exactTasks: 100),
      logger: Logger(label: "town") { _ in SwiftLogNoOpLogHandler() })
  }
}
