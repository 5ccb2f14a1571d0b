package import Domain

/// What a planner decided: one outcome for each task of the queue.
package struct Plan: Hashable, Sendable {
  /// In queue order.
  package let decisions: [PlannedTask]
  /// The nodes set aside for tasks that wait, in queue order. All of them have an expected start.
  package let reservations: [PlannedReservation]
  /// Of the promises of the plan before those that can't be kept, and why.
  package let broken: [TaskID: LateCause]

  package init(
    decisions: [PlannedTask], reservations: [PlannedReservation],
    broken: [TaskID: LateCause] = [:]
  ) {
    self.decisions = decisions
    self.reservations = reservations
    self.broken = broken
  }
}

/// The decision about one task.
package struct PlannedTask: Hashable, Sendable {
  package enum Outcome: Hashable, Sendable {
    /// Starts now, on these nodes, with this hold on this allocation, for its time limit or, where it
    /// says that less will do, a shorter one. Apart, since of those that wait there are many more.
    indirect case start(Placement, AllocationID, hold: GPUTime, limit: Seconds)
    /// Starts later. The expected start is its planned slot; nil where nothing can be promised.
    case wait(WaitReason, expectedStart: Instant?)
  }

  package let task: TaskID
  package let outcome: Outcome

  package init(task: TaskID, outcome: Outcome) {
    self.task = task
    self.outcome = outcome
  }
}

/// Nodes set aside from a future instant on for a task that waits.
package struct PlannedReservation: Hashable, Sendable {
  package let task: TaskID
  package let placement: Placement
  package let allocation: AllocationID
  package let hold: GPUTime
  package let start: Instant
  /// Start, limit and grace.
  package let end: Instant

  package init(
    task: TaskID, placement: Placement, allocation: AllocationID, hold: GPUTime, start: Instant,
    end: Instant
  ) {
    self.task = task
    self.placement = placement
    self.allocation = allocation
    self.hold = hold
    self.start = start
    self.end = end
  }
}
