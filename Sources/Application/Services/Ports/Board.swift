package import BridgeProtocol
package import Domain
package import Engine
package import Reporting
package import Scheduling

/// What the loop knows beyond the store, as the use cases read it: the last plan, and how Slurm is.
package protocol Board: Sendable {
  func current() async -> BoardState
  /// Asks for a round at once: something was accepted or cancelled.
  func wake() async
  /// Starts nothing new on a node of Slurm's.
  func drain(_ node: NodeName, reason: String) async -> BridgeOutcome<Done>
  /// Takes a node of Slurm's back that is drained or down.
  func resume(_ node: NodeName) async -> BridgeOutcome<Done>
  /// Has a partition of Slurm's take jobs, start them, both or neither.
  func set(_ partition: PartitionName, to state: SlurmPartitionState) async -> BridgeOutcome<Done>
  /// Sets nodes of Slurm's aside.
  func reserve(_ order: ReservationOrder) async -> BridgeOutcome<CreatedReservation>
  /// Gives nodes of Slurm's back that are set aside.
  func deleteReservation(_ name: ReservationName) async -> BridgeOutcome<Done>
  /// When a request would start if it were accepted now, behind all that waits; with the reason
  /// why not at once, or why nothing can be expected. Nil before the first round.
  func forecast(_ request: JobRequest) async -> BoardState.Wait?
  /// Why a task waits, and what would let it start sooner, with the moment of the state that says
  /// so; nil for a task that the last round did not plan.
  func explanation(of task: TaskID) async -> (Explanation, Instant)?
  /// Whose start would move if something were otherwise, with the moment of the state that says so;
  /// nil before the first round.
  func supposing(_ suppositions: [Supposition]) async -> (Supposed, Instant)?
  /// The waiting jobs in order, each with its priority, as of the last round; nil before the first.
  func priorities() async -> QueuePicture?
  /// The limits on what runs or waits at once, and the licences, by id, as of the last round; nil
  /// before the first.
  func limits() async -> ([LimitStanding], [LicenceStanding], Instant)?
}

/// A picture of the loop after its last round.
package struct BoardState: Sendable {
  /// Why a task waits. Of a task that is not in the plan nothing is known yet.
  package struct Wait: Hashable, Sendable {
    /// Nil if it would start at once.
    package let reason: WaitReason?
    package let expectedStart: Instant?
    /// With what it would start at once, where that is less than its time limit.
    package let shortened: Shortened?

    package init(reason: WaitReason?, expectedStart: Instant?, shortened: Shortened? = nil) {
      self.reason = reason
      self.expectedStart = expectedStart
      self.shortened = shortened
    }
  }

  /// A time limit that was made shorter, as its request allows, and the hold for it.
  package struct Shortened: Hashable, Sendable {
    package let limit: Seconds
    package let hold: GPUTime

    package init(limit: Seconds, hold: GPUTime) {
      self.limit = limit
      self.hold = hold
    }
  }

  /// Whether something that Polder stands on answers.
  package enum Condition: Hashable, Sendable {
    case well
    case unreachable(String)
  }

  package var plan: [TaskID: Wait] = [:]
  package var nodes: [NodeObservation] = []
  /// Slurm's partitions.
  package var partitions: [PartitionObservation] = []
  /// Nodes on which something runs that is not Polder's, with what it is.
  package var foreign: [NodeName: String] = [:]
  /// What runs in Slurm, was never Polder's, and stays so, with why.
  package var strangers: [Adoption.Stranger] = []
  /// What Slurm has set aside.
  package var reserved: [Reservation] = []
  package var store: Condition = .unreachable("not asked yet")
  /// When the store answered last, by its own clock; nil if it never did.
  package var storeAnswered: Instant?
  package var slurm: Condition = .unreachable("not asked yet")
  /// Slurm's clock less Postgres's.
  package var clockSkewMilliseconds: Int64 = 0
  /// Whether the two are near enough that times of one mean something beside the other's.
  package var clocksAgree = true
  package var lastCycle: Instant?
  /// How long Slurm may let a job run past its limit; nil while unknown or if without end.
  package var graceNeeded: Seconds?
  /// Slurm's ClusterName; nil while unknown.
  package var cluster: String?
  /// The node states that the store recorded last.
  package var recordedNodes: [AccessTimeFacts.NodeChange] = []

  package init() {}
}
