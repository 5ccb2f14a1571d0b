/// Slurm, as the daemon's use cases see it: the acts of the bridge, each with its outcome.
///
/// `unavailable` is certain (nothing was sent, or slurmctld was not there); `unknown` is not.
package protocol SlurmPort: Sendable {
  func hello() async -> BridgeOutcome<ClusterFacts>
  func submitHeld(_ job: HeldJob) async -> BridgeOutcome<SubmittedJob>
  func release(
    _ target: SlurmTarget, on nodes: [String], in partition: String?
  ) async -> BridgeOutcome<Done>
  func hold(_ target: SlurmTarget) async -> BridgeOutcome<Done>
  func cancel(_ target: SlurmTarget) async -> BridgeOutcome<Done>
  func putBack(_ target: SlurmTarget) async -> BridgeOutcome<Done>
  func signal(_ target: SlurmTarget, number: Int) async -> BridgeOutcome<Done>
  func notify(_ target: SlurmTarget, text: String) async -> BridgeOutcome<Done>
  func limit(_ target: SlurmTarget, minutes: Int) async -> BridgeOutcome<Done>
  func mark(_ target: SlurmTarget, key: String) async -> BridgeOutcome<Done>
  func drain(node: String, reason: String) async -> BridgeOutcome<Done>
  func resume(node: String) async -> BridgeOutcome<Done>
  func set(partition: String, to state: SlurmPartitionState) async -> BridgeOutcome<Done>
  func reserve(_ order: ReservationOrder) async -> BridgeOutcome<CreatedReservation>
  func deleteReservation(_ name: String) async -> BridgeOutcome<Done>
  func jobs(since: SlurmUpdate?) async -> BridgeOutcome<Observed<JobObservation>>
  func nodes(since: SlurmUpdate?) async -> BridgeOutcome<Observed<NodeObservation>>
  func reservations(since: SlurmUpdate?) async -> BridgeOutcome<Observed<ReservationObservation>>
  func partitions(since: SlurmUpdate?) async -> BridgeOutcome<Observed<PartitionObservation>>
  func endedRuns(after: RecordCursor?, limit: Int) async -> BridgeOutcome<EndedRunPage>
}

/// The act happened; there is nothing more to say.
package struct Done: Sendable, Equatable, Codable {
  package init() {}
}
