package import BridgeProtocol

/// A Slurm that lists what it was made with, has recorded nothing, and takes nothing but what it was
/// told to answer.
package struct StillSlurm: SlurmPort {
  private let nodes: [NodeObservation]
  private let clock: @Sendable () -> Int

  private let putBack: BridgeOutcome<Done>?
  private let release: BridgeOutcome<Done>?
  private let cancels: @Sendable (SlurmTarget) -> Void
  private let messages: @Sendable (String) -> Void

  /// - Parameters:
  ///   - clock: milliseconds since 1970.
  ///   - putBack: what it answers to that, if it is there at all.
  ///   - release: likewise.
  ///   - cancels: is told of each cancel.
  ///   - messages: is told of each message to a run.
  package init(
    nodes: [NodeObservation], clock: @escaping @Sendable () -> Int,
    putBack: BridgeOutcome<Done>? = nil, release: BridgeOutcome<Done>? = nil,
    cancels: @escaping @Sendable (SlurmTarget) -> Void = { _ in },
    messages: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.messages = messages
    self.nodes = nodes
    self.clock = clock
    self.putBack = putBack
    self.release = release
    self.cancels = cancels
  }

  private func away<Value>() -> BridgeOutcome<Value> { .unavailable(message: "it stands still") }

  package func hello() async -> BridgeOutcome<ClusterFacts> { away() }
  package func submitHeld(_ job: HeldJob) async -> BridgeOutcome<SubmittedJob> { away() }
  package func release(
    _ target: SlurmTarget, on nodes: [String], in partition: String?
  ) async -> BridgeOutcome<Done> {
    release ?? away()
  }
  package func hold(_ target: SlurmTarget) async -> BridgeOutcome<Done> { away() }
  package func cancel(_ target: SlurmTarget) async -> BridgeOutcome<Done> {
    cancels(target)
    return away()
  }
  package func putBack(_ target: SlurmTarget) async -> BridgeOutcome<Done> { putBack ?? away() }
  package func signal(_ target: SlurmTarget, number: Int) async -> BridgeOutcome<Done> { away() }
  package func notify(_ target: SlurmTarget, text: String) async -> BridgeOutcome<Done> {
    messages(text)
    return away()
  }
  package func limit(_ target: SlurmTarget, minutes: Int) async -> BridgeOutcome<Done> { away() }
  package func drain(node: String, reason: String) async -> BridgeOutcome<Done> { away() }
  package func resume(node: String) async -> BridgeOutcome<Done> { away() }
  package func set(
    partition: String, to state: SlurmPartitionState
  ) async -> BridgeOutcome<Done> {
    away()
  }
  package func reserve(
    _ order: ReservationOrder
  ) async -> BridgeOutcome<CreatedReservation> {
    away()
  }
  package func deleteReservation(_ name: String) async -> BridgeOutcome<Done> { away() }
  package func mark(_ target: SlurmTarget, key: String) async -> BridgeOutcome<Done> { away() }

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

  package func partitions(
    since: SlurmUpdate?
  ) async -> BridgeOutcome<Observed<PartitionObservation>> {
    let names = Set(nodes.flatMap(\.partitions)).sorted()
    return .accepted(
      value: .snapshot(
        items: names.map { PartitionObservation(name: $0, state: .up) },
        update: SlurmUpdate(seconds: 1), clockMilliseconds: clock()))
  }

  package func endedRuns(
    after: RecordCursor?, limit: Int
  ) async -> BridgeOutcome<EndedRunPage> {
    .accepted(value: EndedRunPage(runs: [], unreadable: [], next: nil, more: false))
  }
}
