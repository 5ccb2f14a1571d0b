import BridgeProtocol
import Domain
import Engine
import Lifecycle
package import Wire

extension Front {
  /// The partitions as jobs find them now, by what is described and by how Slurm has them: the same
  /// for everyone.
  package func partitions(_ caller: Caller) async throws(Problem) -> [PartitionView] {
    let seen = await board.current().partitions
    let snapshot = try await asked { () async throws(StoreError) in try await store.snapshot() }
    let runs = snapshot.state.runsByPartition
    return snapshot.state.centre.partitions.values.sorted { $0.name < $1.name }.map { partition in
      let inSlurm = seen.first { $0.name == partition.name.text }
      let longest = inSlurm?.maximumMinutes.map { Seconds.minutes(Int64($0)) }
      return PartitionView(
        name: partition.name.text, isDefault: partition.name.text == settings.defaultPartition,
        state: inSlurm?.state.rawValue ?? "unknown to Slurm", nodes: partition.nodes.count,
        maximumNodes: min(inSlurm?.maximumNodes ?? Int.max, partition.nodes.count),
        maximumTimeLimitSeconds: min(
          longest ?? partition.maximumTimeLimit, partition.maximumTimeLimit
        ).count,
        wholeNodes: partition.wholeNodes,
        runs: runs[partition.name] ?? 0)
    }
  }

  /// Has a partition of Slurm's take jobs, start them, both or neither; what runs in it runs on.
  /// Administrators only; a line of the audit log. Safe to repeat.
  ///
  /// - Throws: as ``perform(_:_:_:)``; `invalid` (422) for a state that Slurm has not.
  package func set(
    partition name: String, to wanted: PartitionStateRequest, _ caller: Caller
  ) async throws(Problem) -> PartitionActView {
    let centre = try await centre()
    let known = PartitionName(name).flatMap { centre.partitions[$0] }
    try await requireAdministrator(
      caller, to: "open and close partitions", .changePartition,
      known.map { "partition \($0.name)" } ?? "an unknown partition")
    guard let state = SlurmPartitionState(rawValue: wanted.state) else {
      let known = SlurmPartitionState.allCases.map(\.rawValue).joined(separator: ", ")
      throw Problem(
        title: "No such state", status: 422, code: "invalid",
        detail: "'\(wanted.state)' is no state of a partition; there are \(known)")
    }
    guard let partition = known?.name else {
      let near = Spelling.nearest(to: name, in: centre.partitions.keys.map(\.text))
      throw Problem(
        title: "No such partition", status: 404, code: "unknown-partition",
        detail: "the centre has no partition '\(name)'"
          + (near.map { "; do you mean \($0)?" } ?? ""),
        nextStep: "see the partitions with `polder partition list`")
    }
    let act = SlurmAct(
      action: .changePartition, object: "partition \(partition)",
      result: "set to \(state.rawValue)", list: "polder partition list",
      show: "scontrol show partition \(partition)")
    _ = try await perform(act, caller) { await board.set(partition, to: state) }
    let snapshot = try await asked { () async throws(StoreError) in try await store.snapshot() }
    return PartitionActView(
      partition: partition.text, state: state.rawValue,
      runs: snapshot.state.runsByPartition[partition] ?? 0)
  }
}

extension EngineState {
  /// How many runs lie in each partition.
  fileprivate var runsByPartition: [PartitionName: Int] {
    runs.values.reduce(into: [:]) { counts, run in
      let own = jobs[run.id.task.job]?.request.partition
      if let name = run.placement.partition ?? own { counts[name, default: 0] += 1 }
    }
  }
}
