package import BridgeProtocol
package import Domain
package import Engine
package import Services

/// A board that shows what a test sets, and counts how often it was woken.
package actor StillBoard: Board {
  package var state = BoardState()
  package var forecast: BoardState.Wait?
  package var explanation: Explanation?
  package var supposed: Supposed?
  /// The last suppositions that were answered.
  package private(set) var asked: [Supposition] = []
  package var queue: QueuePicture?
  package var limitStandings: [LimitStanding]?
  package var licenceStandings: [LicenceStanding] = []
  package private(set) var wakes = 0
  /// What Slurm answers to an administrator's act on nodes, partitions and reservations.
  package var nodeActs = BridgeOutcome<Done>.accepted(value: Done())
  package private(set) var nodesDrained: [String] = []
  package private(set) var nodesResumed: [String] = []
  package private(set) var partitionsSet: [String] = []
  package private(set) var orders: [ReservationOrder] = []
  package private(set) var reservationsDeleted: [String] = []

  package init() {
    state.store = .well
    state.slurm = .well
  }

  package func set(_ state: BoardState) { self.state = state }
  package func set(supposed: Supposed?) { self.supposed = supposed }
  package func set(forecast: BoardState.Wait?) { self.forecast = forecast }

  package func current() -> BoardState { state }
  package func wake() { wakes += 1 }
  package func set(explanation: Explanation?) { self.explanation = explanation }
  package func explanation(of task: TaskID) -> (Explanation, Instant)? {
    explanation.map { ($0, Instant(seconds: 1_795_000_000)) }
  }
  package func supposing(_ suppositions: [Supposition]) -> (Supposed, Instant)? {
    supposed.map { answer in
      asked = suppositions
      return (answer, Instant(seconds: 1_795_000_000))
    }
  }
  package func set(nodeActs answer: BridgeOutcome<Done>) { nodeActs = answer }
  package func drain(_ node: NodeName, reason: String) -> BridgeOutcome<Done> {
    nodesDrained.append("\(node): \(reason)")
    return nodeActs
  }
  package func resume(_ node: NodeName) -> BridgeOutcome<Done> {
    nodesResumed.append("\(node)")
    return nodeActs
  }
  package func set(
    _ partition: PartitionName, to state: SlurmPartitionState
  ) -> BridgeOutcome<Done> {
    partitionsSet.append("\(partition): \(state.rawValue)")
    return nodeActs
  }
  /// One that was ordered before is not new.
  package func reserve(_ order: ReservationOrder) -> BridgeOutcome<CreatedReservation> {
    let isNew = !orders.contains(order)
    orders.append(order)
    return nodeActs.map { _ in CreatedReservation(isNew: isNew) }
  }
  package func deleteReservation(_ name: ReservationName) -> BridgeOutcome<Done> {
    reservationsDeleted.append("\(name)")
    return nodeActs
  }
  package func set(limits: [LimitStanding]?) { limitStandings = limits }
  package func set(licences: [LicenceStanding]) { licenceStandings = licences }
  package func limits() -> ([LimitStanding], [LicenceStanding], Instant)? {
    limitStandings.map { ($0, licenceStandings, Instant(seconds: 1_795_000_000)) }
  }
  package func set(queue: QueuePicture?) { self.queue = queue }
  package func priorities() -> QueuePicture? { queue }
  package func forecast(_ request: JobRequest) -> BoardState.Wait? { forecast }
}
