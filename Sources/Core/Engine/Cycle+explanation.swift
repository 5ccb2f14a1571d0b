package import Domain
import Lifecycle
package import Scheduling

/// Why a task waits, and what would let it start sooner: computed by planning it otherwise at its own
/// place in the queue, never guessed.
package struct Explanation: Hashable, Sendable {
  /// A change of the request, all else as it is.
  package enum Change: Hashable, Sendable {
    case timeLimit(Seconds)
    case nodes(Int)
    /// On each node, with the CPUs and memory that this part of its share has.
    case gpusPerNode(Int)
    case partition(PartitionName)
  }

  /// A change that would let the task start sooner.
  package struct Sooner: Hashable, Sendable {
    package let change: Change
    package let start: Instant
    /// What it would hold, if it would start now.
    package let hold: GPUTime?

    package init(change: Change, start: Instant, hold: GPUTime?) {
      self.change = change
      self.start = start
      self.hold = hold
    }
  }

  package let task: TaskID
  package let outcome: PlannedTask.Outcome
  /// True if the expected start is promised, and not an estimate.
  package let isPromised: Bool
  /// Tasks ahead of it in the queue, in order, that wait for what it waits for: nodes, or a limit in
  /// whose row they have a place. Who waits for anything else holds nobody up.
  package let ahead: [TaskID]
  /// The soonest first, ties in order of the cases.
  package let sooner: [Sooner]

  package init(
    task: TaskID, outcome: PlannedTask.Outcome, isPromised: Bool, ahead: [TaskID],
    sooner: [Sooner]
  ) {
    self.task = task
    self.outcome = outcome
    self.isPromised = isPromised
    self.ahead = ahead
    self.sooner = sooner
  }
}

extension Cycle {
  /// Explains why a task waits; nil if it is not in the queue.
  ///
  /// - Parameter record: of the plan of this very state and moment: it is answered from that, if it
  ///   says enough.
  /// - Complexity: with a record some thousand slots are laid down again; else one plan of the tasks
  ///   ahead of it.
  package func explanation(
    of task: TaskID, _ state: EngineState, promises: [PlannedReservation] = [],
    barred: [TaskID: StartPause] = [:], record: PlanRecord? = nil, now: Instant
  ) -> Explanation? {
    let own = promises.first { $0.task == task }
    if let told = record?.explanation(of: task, isPromised: own != nil) { return told }
    let whole = problem(state, promises: promises, barred: barred, now: now)
    guard let rank = whole.queue.firstIndex(where: { $0.task == task }) else { return nil }
    let candidate = whole.queue[rank]
    let changes = Explanation.changes(of: candidate, whole)
    let changed = changes.map { candidate.with($0) }
    // Those ahead, and those behind that have a promise: all that stands in its way.
    let promised = Set(promises.map(\.task))
    let others = whole.queue.enumerated().filter { index, other in
      index < rank || (index > rank && promised.contains(other.task))
    }
    let problem = whole.asking(
      others.map(\.element), promises: promises.filter { $0.task != task },
      isExact: rank < whole.exactTasks)
    let planned = planning.planner.plan(problem, probes: [candidate] + changed)
    let answers = planned.answers
    // Its own promise is kept, whatever a plan without it says.
    let outcome = own.map { $0.kept(answers[0]) } ?? answers[0]
    return Explanation(
      task: task, outcome: outcome, isPromised: own != nil,
      ahead: planned.plan.decisions.prefix(rank).filter(\.holdsUp).map(\.task),
      zip(changes, answers.dropFirst()), now: now)
  }
}

extension PlanRecord {
  /// The same from the account of a plan; nil if the task was not planned, or started, or if what
  /// would have become of a change is not to be told from it.
  package func explanation(of task: TaskID, isPromised: Bool) -> Explanation? {
    guard let rank = problem.queue.indices.first(where: { problem.queue[$0].task == task }),
      case .wait = decisions[rank].outcome
    else { return nil }
    let candidate = problem.queue[rank]
    let changes = Explanation.changes(of: candidate, problem)
    let answers = answers(rank, changes.map { candidate.with($0) }).compactMap(\.self)
    guard answers.count == changes.count else { return nil }
    return Explanation(
      task: task, outcome: decisions[rank].outcome, isPromised: isPromised,
      ahead: decisions.prefix(rank).filter(\.holdsUp).map(\.task), zip(changes, answers),
      now: problem.now)
  }
}

extension Explanation {
  /// A change is worth its telling from so much on.
  private static let leastGain = Seconds(60)

  fileprivate init(
    task: TaskID, outcome: PlannedTask.Outcome, isPromised: Bool, ahead: [TaskID],
    _ changed: some Sequence<(Change, PlannedTask.Outcome)>, now: Instant
  ) {
    let start = outcome.start(now)
    let sooner = changed.compactMap { change, answer in
      answer.start(now).flatMap { begin -> Sooner? in
        guard start.map({ begin + Self.leastGain <= $0 }) ?? true else { return nil }
        return Sooner(change: change, start: begin, hold: answer.hold)
      }
    }
    self.init(
      task: task, outcome: outcome, isPromised: isPromised, ahead: ahead,
      sooner: sooner.enumerated().sorted {
        ($0.element.start, $0.offset) < ($1.element.start, $1.offset)
      }.map(\.element))
  }
}

extension Explanation {
  /// What a member could ask for instead: an end before the first reservation of its partition's
  /// nodes, the time that its allocations and its project's own caps pay for now, half and a quarter
  /// of the time, half the nodes, half the GPUs of each, another partition that would take it.
  fileprivate static func changes(
    of candidate: Candidate, _ problem: PlanningProblem
  ) -> [Change] {
    let request = candidate.request
    var changes: [Change] = []
    if let limit = problem.timeBeforeReservation(candidate), limit < request.timeLimit {
      changes.append(.timeLimit(limit))
    }
    let nodes = request.terms.reservation.map { problem.nodes(in: $0) } ?? problem.nodes
    let admission = Admission(
      nodes: nodes.map(\.node), partitions: problem.partitions, now: problem.now)
    if let limit = problem.payableLimit(candidate, admission), limit < request.timeLimit {
      changes.append(.timeLimit(limit))
    }
    for part in [2, 4] as [Int64] {
      // Slurm's limits are whole minutes.
      let minutes = (request.timeLimit.count / part + 59) / 60
      let limit = Seconds.minutes(max(minutes, 1))
      let change = Change.timeLimit(limit)
      if limit < request.timeLimit, !changes.contains(change) { changes.append(change) }
    }
    var others: [Change] = []
    if request.nodeCount > 1 { others.append(.nodes(request.nodeCount / 2)) }
    if request.perNode.gpus > 1 { others.append(.gpusPerNode(request.perNode.gpus / 2)) }
    let elsewhere = problem.partitions.map(\.name).filter {
      !request.partitions.contains($0) && !problem.closed.contains($0)
    }
    others += elsewhere.map { .partition($0) }
    // What would be refused is no advice.
    changes += others.filter { admission.refusals(of: request.with($0)).isEmpty }
    return changes
  }
}

extension PlanningProblem {
  /// The longest limit, in whole minutes, whose hold one of its allocations and the caps above that have
  /// left now, on the lightest nodes; nil if there is none. What is left under a cap that several
  /// projects share would tell what the others use.
  fileprivate func payableLimit(_ candidate: Candidate, _ admission: Admission) -> Seconds? {
    guard case .quoted(let quote) = admission.quote(candidate.request, grace: candidate.grace)
    else {
      return nil
    }
    let rests = candidate.options.map { option in
      option.caps.compactMap { caps[$0] }.filter { !$0.isShared }
        .reduce(budgets[option.allocation] ?? .zero) { min($0, $1.left) }
    }
    let most = max(rests.max() ?? .zero, .zero).milliseconds
    let minutes = (most / max(quote.leastWeight.thousandths, 1) - candidate.grace.count) / 60
    return minutes > 0 ? .minutes(minutes) : nil
  }
}

extension PlannedTask {
  /// True of what waits for nodes, or for a limit and has a place in its row: it is planned before
  /// those behind it. What starts is ahead of nobody any more.
  fileprivate var holdsUp: Bool {
    guard case .wait(let reason, let expected) = outcome else { return false }
    switch reason {
    case .resources, .priority, .switches, .reserved, .reservationAhead: return true
    case .limit: return expected != nil
    case .dependency, .delay, .notBefore, .partition, .reservationGone, .paused, .singleton,
      .throttle, .impossible, .noAllocation, .suspended, .deadline, .window, .budget, .cap,
      .nodesUnavailable, .reservationEnds:
      return false
    }
  }
}

extension PlannedTask.Outcome {
  /// Now, if it would start now; else when it is expected to.
  func start(_ now: Instant) -> Instant? {
    switch self {
    case .start: now
    case .wait(_, let expected): expected
    }
  }

  fileprivate var hold: GPUTime? {
    if case .start(_, _, let hold, _) = self { hold } else { nil }
  }
}

extension PlannedReservation {
  /// What a promise makes of a later outcome.
  fileprivate func kept(_ outcome: PlannedTask.Outcome) -> PlannedTask.Outcome {
    guard case .wait(let reason, let expected) = outcome, expected.map({ $0 > start }) ?? true
    else { return outcome }
    return .wait(reason, expectedStart: start)
  }
}

extension Candidate {
  /// In whole minutes, its grace aside; nil if there is no time.
  fileprivate func longestLimit(from now: Instant, until end: Instant) -> Seconds? {
    let minutes = (end.milliseconds - now.milliseconds) / 60_000 - (grace.count + 59) / 60
    return minutes > 0 ? Seconds.minutes(minutes) : nil
  }

  fileprivate func with(_ change: Explanation.Change) -> Candidate {
    asking(for: request.with(change))
  }
}

extension JobRequest {
  fileprivate func with(_ change: Explanation.Change) -> JobRequest {
    switch change {
    case .timeLimit(let other): changed(timeLimit: other)
    case .nodes(let count): changed(nodeCount: count)
    case .gpusPerNode(let gpus):
      changed(
        perNode: NodeResources(
          gpus: gpus, cpus: max(perNode.cpus * gpus / perNode.gpus, 1),
          memoryMiB: perNode.memoryMiB * gpus / perNode.gpus))
    case .partition(let name): changed(partition: name)
    }
  }
}

extension PlanningProblem {
  /// The longest limit in whole minutes with which a task that starts now is gone before the first
  /// reservation of nodes of its partition, or before the end of its own; nil if there is none to come.
  fileprivate func timeBeforeReservation(_ candidate: Candidate) -> Seconds? {
    if let name = candidate.request.terms.reservation {
      let own = reserved.first { $0.name == name.text && $0.window.lowerBound <= now }
      return own.flatMap { candidate.longestLimit(from: now, until: $0.window.upperBound) }
    }
    guard !reserved.isEmpty,
      let partition = partitions.first(where: { $0.name == candidate.request.partition })
    else { return nil }
    let nodes = Set(partition.nodes)
    let begins = reserved.lazy.filter { !nodes.isDisjoint(with: $0.nodes) }
      .map(\.window.lowerBound).filter { $0 > now }
    guard let first = begins.min() else { return nil }
    return candidate.longestLimit(from: now, until: first)
  }

  /// The same nodes, runs and money with another queue, at the end of which is asked.
  fileprivate func asking(
    _ queue: [Candidate], promises: [PlannedReservation], isExact: Bool
  ) -> PlanningProblem {
    var other = self
    other.queue = queue
    other.promises = promises
    if isExact { other.exactTasks = .max }
    return other
  }
}
