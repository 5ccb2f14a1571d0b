package import BridgeProtocol
package import Domain
package import Engine
import Lifecycle
import Logging

extension Conductor: Board {
  package func current() -> BoardState { board }

  package nonisolated func wake() { wakes.wake() }

  package nonisolated func drain(
    _ node: NodeName, reason: String
  ) async -> BridgeOutcome<Done> {
    await slurm.drain(node: node.text, reason: reason)
  }

  package nonisolated func resume(_ node: NodeName) async -> BridgeOutcome<Done> {
    await slurm.resume(node: node.text)
  }

  package nonisolated func set(
    _ partition: PartitionName, to state: SlurmPartitionState
  ) async -> BridgeOutcome<Done> {
    await slurm.set(partition: partition.text, to: state)
  }

  package nonisolated func reserve(
    _ order: ReservationOrder
  ) async -> BridgeOutcome<CreatedReservation> {
    await slurm.reserve(order)
  }

  package nonisolated func deleteReservation(
    _ name: ReservationName
  ) async -> BridgeOutcome<Done> {
    await slurm.deleteReservation(name.text)
  }

  package nonisolated func forecast(_ request: JobRequest) async -> BoardState.Wait? {
    guard case .forecast(let wait)? = await outlook.answer(.forecast(request)) else { return nil }
    return wait
  }

  package nonisolated func explanation(of task: TaskID) async -> (Explanation, Instant)? {
    guard case .explanation(let explanation, let now)? = await outlook.answer(.explanation(task))
    else { return nil }
    return (explanation, now)
  }

  package nonisolated func supposing(
    _ suppositions: [Supposition]
  ) async -> (Supposed, Instant)? {
    guard
      case .supposition(let supposed, let now)? = await outlook.answer(.supposition(suppositions))
    else { return nil }
    return (supposed, now)
  }

  package nonisolated func limits() async -> ([LimitStanding], [LicenceStanding], Instant)? {
    guard case .limits(let limits, let licences, let now)? = await outlook.answer(.limits) else {
      return nil
    }
    return (limits, licences, now)
  }

  package nonisolated func priorities() async -> QueuePicture? {
    guard case .queue(let picture)? = await outlook.answer(.priorities) else { return nil }
    return picture
  }
}

extension Conductor {
  /// After a restore the round that settled all that Slurm lists and recorded starts nothing, and
  /// performs no start of before: what became of it is known only now. True if this was that round.
  func finishRestore(_ snapshot: Snapshot) async throws(StoreError) -> Bool {
    guard let restored = snapshot.restored else { return false }
    try await store.finishRestore()
    logger.notice(
      "the store was restored; Slurm was looked at in full, and starts go on",
      metadata: ["restored": "\(restored)"])
    return true
  }
}
