package import Domain
import Lifecycle
package import Scheduling

/// Something that is not so, put to the planner: what would become of the starts?
package enum Supposition: Hashable, Sendable {
  /// Another policy of planning. Promises are kept by those that keep any.
  case policy(PlanningPolicy)
  /// Nodes set aside for a time, as by a maintenance.
  case nodesOut([NodeName], Range<Instant>)
  /// All waiting tasks of a job have this time limit.
  case limit(JobID, Seconds)
  /// A limit on what runs at once allows so much.
  case atMost(LimitID, LimitMeasure, Int64)
  /// One job more, behind all that wait.
  case job(JobRequest)
}

/// What a supposition does to one task that waits.
package struct SupposedStart: Hashable, Sendable {
  package let task: TaskID
  /// Now, later, or nil if nothing can be told.
  package let before: Instant?
  package let after: Instant?

  package init(task: TaskID, before: Instant?, after: Instant?) {
    self.task = task
    self.before = before
    self.after = after
  }
}

/// The answer to a supposition.
package struct Supposed: Hashable, Sendable {
  /// Tasks whose start would be another, in queue order.
  package let changed: [SupposedStart]
  /// How many tasks wait whose start would be the same.
  package let unchanged: Int
  /// The job that was added: why it would wait and when its first task would start.
  package let added: PlannedTask.Outcome?

  package init(changed: [SupposedStart], unchanged: Int, added: PlannedTask.Outcome?) {
    self.changed = changed
    self.unchanged = unchanged
    self.added = added
  }
}

extension Cycle {
  /// Plans the queue as it is and as it would be, and compares the starts.
  ///
  /// - Complexity: two plans.
  package func supposing(
    _ suppositions: [Supposition], _ state: EngineState, promises: [PlannedReservation] = [],
    barred: [TaskID: StartPause] = [:], now: Instant
  ) -> Supposed {
    let problem = problem(state, promises: promises, barred: barred, now: now)
    let before = planning.planner.plan(problem)
    var (supposed, policy) = (problem, planning)
    for supposition in suppositions {
      switch supposition {
      case .policy(let other): policy = other
      case .nodesOut(let nodes, let window):
        supposed.reserved += [
          Reservation(
            name: "supposed", nodes: nodes, from: window.lowerBound, until: window.upperBound,
            isMaintenance: true)
        ].compactMap { $0 }
      case .limit(let job, let limit):
        supposed.queue = supposed.queue.map {
          $0.task.job == job ? $0.asking(for: $0.request.limited(to: limit)) : $0
        }
      case .atMost(let limit, let measure, let most):
        supposed.limits[limit]?.most[measure] = most
      case .job(let request): supposed.queue += candidates(of: request, state, now: now)
      }
    }
    let after = policy.planner.plan(supposed)
    let starts = Dictionary(
      after.decisions.map { ($0.task, $0.outcome.start(now)) }
    ) { first, _ in first }
    let changed = before.decisions.compactMap { decision -> SupposedStart? in
      let start = decision.outcome.start(now)
      let other = starts[decision.task] ?? nil
      return start == other ? nil : SupposedStart(task: decision.task, before: start, after: other)
    }
    return Supposed(
      changed: changed, unchanged: before.decisions.count - changed.count,
      added: after.decisions.count > before.decisions.count
        ? after.decisions[before.decisions.count].outcome : nil)
  }

  /// The tasks of a job that is not there, in order.
  private func candidates(
    of request: JobRequest, _ state: EngineState, now: Instant
  ) -> [Candidate] {
    let options = Self.options(for: request, state.centre, state.caps, now: now)
    return request.tasks(of: JobID(number: .max)).enumerated().map { index, task in
      Candidate(
        task: task, request: state.opened(request), options: options, grace: lifecycle.grace,
        eligibility: Self.eligibility(of: request, started: index, state: state, now: now))
    }
  }
}
