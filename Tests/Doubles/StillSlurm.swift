package import BridgeProtocol

/// A Slurm that lists what it was made with, has recorded nothing, and takes nothing.
package struct StillSlurm: SlurmPort {
  private let nodes: [NodeObservation]
  private let clock: @Sendable () -> Int

  /// - Parameter clock: milliseconds since 1970.
  package init(nodes: [NodeObservation], clock: @escaping @Sendable () -> Int) {
    self.nodes = nodes
    self.clock = clock
  }

  private func away<Value>() -> BridgeOutcome<Value> { .unavailable(message: "it stands still") }

  package func hello() async -> BridgeOutcome<ClusterFacts> { away() }
  package func submitHeld(_ job: HeldJob) async -> BridgeOutcome<SubmittedJob> { away() }
  package func release(_ target: SlurmTarget, on nodes: [String]) async -> BridgeOutcome<Done> {
    away()
  }
  package func hold(_ target: SlurmTarget) async -> BridgeOutcome<Done> { away() }
  package func cancel(_ target: SlurmTarget) async -> BridgeOutcome<Done> { away() }
  package func putBack(_ target: SlurmTarget) async -> BridgeOutcome<Done> { away() }
  package func signal(_ target: SlurmTarget, number: Int) async -> BridgeOutcome<Done> { away() }
  package func limit(_ target: SlurmTarget, minutes: Int) async -> BridgeOutcome<Done> { away() }

  package func jobs(
    since: SlurmUpdate?
  ) async -> BridgeOutcome<Observed<JobObservation>> {
    .accepted(
      value: .snapshot(items: [], update: SlurmUpdate(seconds: 1), clockMilliseconds: clock()))
  }

  package func nodes(
    since: SlurmUpdate?
  ) async -> BridgeOutcome<Observed<NodeObservation>> {
    .accepted(
      value: .snapshot(items: nodes, update: SlurmUpdate(seconds: 1), clockMilliseconds: clock()))
  }

  package func reservations(
    since: SlurmUpdate?
  ) async -> BridgeOutcome<Observed<ReservationObservation>> {
    .accepted(
      value: .snapshot(items: [], update: SlurmUpdate(seconds: 1), clockMilliseconds: clock()))
  }

  package func endedRuns(
    after: RecordCursor?, limit: Int
  ) async -> BridgeOutcome<EndedRunPage> {
    .accepted(value: EndedRunPage(runs: [], unreadable: [], next: nil, more: false))
  }
}
