package import Domain
package import Ledger

/// Everything a planner may look at: an immutable snapshot of nodes, runs, queue and budgets.
///
/// Planners are pure: equal problems give equal plans.
package struct PlanningProblem: Hashable, Sendable {
  package var now: Instant
  /// Unique by name; the order has no meaning.
  package var nodes: [NodeCondition]
  package var partitions: [Partition]
  /// What runs, or is committed to start.
  package var occupations: [Occupation]
  /// What is set aside: no task is planned on these nodes in that time.
  package var reserved: [Reservation]
  /// The waiting tasks in queue order, the most urgent first.
  package var queue: [Candidate]
  /// What each allocation has available now; an allocation that is not named has nothing.
  package var budgets: [AllocationID: GPUTime]
  /// What each may come to have, for the reasons of what waits for it: nothing is planned on it.
  package var prospects: [AllocationID: BudgetProspect]
  /// What each hard cap leaves now; a cap that is not named leaves nothing.
  package var caps: [CapID: CapRoom]
  /// What each limit allows at once; one that is not named is none.
  package var limits: [LimitID: LimitRoom]
  /// How many of each licence may be lent at once; of one that is not named none.
  package var licences: [LicenceName: Int64]
  /// Partitions that take nothing now, so that nobody is advised to go there. Whose partitions are
  /// all among them is not eligible.
  package var closed: Set<PartitionName>
  /// The reservations of the plan before this one. A planner that keeps them moves a task's start
  /// earlier and never later; without them every plan is made afresh.
  package var promises: [PlannedReservation]
  /// How many eligible tasks, from the head of the queue, are planned on exact nodes, and so get a
  /// promise if they wait; those behind them are planned on counts, and start only where real nodes
  /// take them. What was promised before keeps its nodes wherever it stands.
  package var exactTasks: Int

  package init(
    now: Instant, nodes: [NodeCondition], partitions: [Partition], occupations: [Occupation],
    reserved: [Reservation] = [], queue: [Candidate], budgets: [AllocationID: GPUTime],
    prospects: [AllocationID: BudgetProspect] = [:], caps: [CapID: CapRoom] = [:],
    limits: [LimitID: LimitRoom] = [:],
    licences: [LicenceName: Int64] = [:],
    closed: Set<PartitionName> = [], promises: [PlannedReservation] = [], exactTasks: Int = .max
  ) {
    self.exactTasks = exactTasks
    self.licences = licences
    self.closed = closed
    self.now = now
    self.nodes = nodes
    self.partitions = partitions
    self.occupations = occupations
    self.reserved = reserved
    self.queue = queue
    self.budgets = budgets
    self.prospects = prospects
    self.caps = caps
    self.limits = limits
    self.promises = promises
  }
}

extension PlanningProblem {
  /// The same problem as if some runs had left their nodes.
  package func without(_ runs: Set<RunID>) -> PlanningProblem {
    var other = self
    other.occupations.removeAll { runs.contains($0.run) }
    return other
  }

  /// The same problem with some of its tasks only, and their promises.
  package func only(_ tasks: Set<TaskID>) -> PlanningProblem {
    var other = self
    other.queue.removeAll { !tasks.contains($0.task) }
    other.promises.removeAll { !tasks.contains($0.task) }
    return other
  }

  /// The same problem with runs that end earlier than their limits say.
  package func ending(_ ends: [RunID: Instant]) -> PlanningProblem {
    var other = self
    other.occupations = occupations.map { occupation in
      guard let end = ends[occupation.run], end < occupation.until else { return occupation }
      return Occupation(
        run: occupation.run, placement: occupation.placement, until: end, held: occupation.held,
        licences: occupation.licences, limits: occupation.limits)
    }
    return other
  }
}

extension PlanningProblem {
  /// Nodes once more, for the tasks of the reservations that some of these name.
  func setAside(for candidates: [Candidate]) -> [NodeCondition] {
    guard !reserved.isEmpty else { return [] }
    var named: Set<ReservationName> = []
    for candidate in candidates {
      if let name = candidate.request.terms.reservation { named.insert(name) }
    }
    return named.sorted().flatMap { nodes(in: $0) }
  }

  /// The nodes of a reservation, for its tasks; none if it is not there, or over.
  package func nodes(in name: ReservationName) -> [NodeCondition] {
    let standing = reserved.first { $0.name == name.text && $0.window.upperBound > now }
    guard let reservation = standing else { return [] }
    let own = Set(reservation.nodes)
    return nodes.filter { own.contains($0.node.name) }.map {
      NodeCondition(node: $0.node.setAside(for: name), state: $0.state)
    }
  }
}

/// A node and how it is, whatever the partition.
package struct NodeCondition: Hashable, Sendable {
  package enum State: Hashable, Sendable {
    /// Takes new runs.
    case up
    /// Takes no new run, until further notice: down, drained or not responding, in those words.
    case unavailable(String)
  }

  package let node: Node
  package let state: State

  package init(node: Node, state: State) {
    self.node = node
    self.state = state
  }
}

/// What a run takes of its nodes, and until when at the latest.
package struct Occupation: Hashable, Sendable {
  package let run: RunID
  /// Nodes that the problem does not know are passed over.
  package let placement: Placement
  /// Start, limit and grace together. A run that is past this still occupies its nodes: it is
  /// expected to end within ``PlanningProblem/overdueAllowance``, again and again.
  package let until: Instant
  /// What it holds.
  package let held: GPUTime
  /// What it has of the centre's licences.
  package let licences: [LicenceShare]
  /// The limits that count it.
  package let limits: [LimitCounter]

  package init(
    run: RunID, placement: Placement, until: Instant, held: GPUTime = .zero,
    licences: [LicenceShare] = [], limits: [LimitCounter] = []
  ) {
    self.licences = licences
    self.run = run
    self.placement = placement
    self.until = until
    self.held = held
    self.limits = limits
  }
}

extension PlanningProblem {
  /// How much longer a run is expected to occupy its nodes once it is past its end.
  package static let overdueAllowance = Seconds(60)
}

/// A task that waits.
package struct Candidate: Hashable, Sendable {
  package let task: TaskID
  package let request: JobRequest
  /// The allocations that its run may hold from, in order of preference.
  package let options: [AllocationOption]
  /// Added to the time limit in the hold and in the plan: KillWait, OverTimeLimit and lag.
  package let grace: Seconds
  package let eligibility: Eligibility

  package init(
    task: TaskID, request: JobRequest, options: [AllocationOption], grace: Seconds,
    eligibility: Eligibility
  ) {
    self.task = task
    self.request = request
    self.options = options
    self.grace = grace
    self.eligibility = eligibility
  }

  /// The same with another request.
  package func asking(for other: JobRequest) -> Candidate {
    Candidate(
      task: task, request: other, options: options, grace: grace, eligibility: eligibility)
  }

  /// The longest that its run can occupy its nodes: limit and grace.
  package var span: Seconds { request.timeLimit + grace }

  /// True if a run of a time limit that begins then ends by the deadline, its grace aside.
  func meetsDeadline(_ limit: Seconds, from begin: Int64) -> Bool {
    guard let deadline = request.wishes.deadline else { return true }
    return Instant(milliseconds: begin) + limit <= deadline
  }

  /// That it would end too late if it began then.
  func lateness(from begin: Int64) -> WaitReason {
    let end = Instant(milliseconds: begin) + request.leastLimit
    return .deadline(request.wishes.deadline ?? end, wouldEnd: end)
  }

  /// The longest limit that it may be given for a start now, in whole minutes as Slurm counts, where
  /// its nodes are free for so many milliseconds; nil if that is shorter than it takes.
  func shortened(toFit free: Int64, from now: Int64) -> Seconds? {
    guard request.leastLimit < request.timeLimit else { return nil }
    var most = request.timeLimit.count
    if free < .max { most = min(most, free / 1000 - grace.count) }
    if let deadline = request.wishes.deadline {
      most = min(most, (deadline.milliseconds - now) / 1000)
    }
    let limit = Seconds(max(most, 0) / 60 * 60)
    return limit >= request.leastLimit && limit > .zero ? limit : nil
  }
}

/// An allocation that a run may hold from.
package struct AllocationOption: Hashable, Sendable {
  package let allocation: AllocationID
  /// Nothing starts whose limit and grace reach beyond this.
  package let windowEnd: Instant
  /// The hard caps above it that cover the run, the narrowest first.
  package let caps: [CapID]
  /// The limits that count the run, the narrowest first, and the licences that it needs.
  package let limits: [LimitCounter]

  package init(
    allocation: AllocationID, windowEnd: Instant, caps: [CapID] = [],
    limits: [LimitCounter] = []
  ) {
    self.allocation = allocation
    self.windowEnd = windowEnd
    self.caps = caps
    self.limits = limits
  }
}

/// What a hard cap has room for.
package struct CapRoom: Hashable, Sendable {
  package let limit: GPUTime
  package let used: GPUTime
  package let held: GPUTime
  /// True if it counts more than one project: its figures are not for members.
  package let isShared: Bool
  /// When what is counted ends.
  package let ends: Instant
  /// What it allows from then on; nil if it is no more then.
  package let limitAfter: GPUTime?

  package init(
    limit: GPUTime, used: GPUTime, held: GPUTime, isShared: Bool, ends: Instant,
    limitAfter: GPUTime?
  ) {
    self.limitAfter = limitAfter
    self.isShared = isShared
    self.ends = ends
    self.limit = limit
    self.used = used
    self.held = held
  }

  /// Negative where a limit was lowered below what is used.
  package var left: GPUTime { limit - used - held }
}

/// Whether a task may be planned at all; decided before the plan, by the job's own conditions.
package enum Eligibility: Hashable, Sendable {
  case eligible
  /// Reserves nothing while it waits: a dependency, a begin time, a throttle. The reason stands apart, so
  /// that the many others are no larger for it.
  indirect case waits(WaitReason)
}
