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
  /// One job more, submitted now, where the order puts it.
  case job(JobRequest)
  /// A factor of the order has another weight. Nothing under first come, first served.
  case weight(PriorityExplanation.Factor, Int64)
  /// A funder is entitled to another part of the machine from today on, in hundredths of a per cent.
  case share(FunderID, basisPoints: Int)
  /// Promised is what starts within so long. What would be promised from now on binds rounds to come.
  case promiseAhead(Seconds)
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
  /// Runs that would make way, and do not as it is; ascending.
  package let ended: [RunID]

  package init(
    changed: [SupposedStart], unchanged: Int, added: PlannedTask.Outcome?, ended: [RunID] = []
  ) {
    self.changed = changed
    self.unchanged = unchanged
    self.added = added
    self.ended = ended
  }
}

extension Cycle {
  /// Plans the queue as it is and as it would be, as a round does, and compares the starts.
  ///
  /// - Complexity: two plans; where runs may have to make way those besides that a round makes
  ///   (``preempted(_:_:_:_:now:)``).
  package func supposing(
    _ suppositions: [Supposition], _ state: EngineState, promises: [PlannedReservation] = [],
    barred: [TaskID: StartPause] = [:], now: Instant
  ) -> Supposed {
    let before = planned(
      problem(state, promises: promises, barred: barred, now: now), state, now: now)
    var (supposed, policy) = (state, planning)
    var added: [JobRecord] = []
    for case .job(let request) in suppositions {
      added.append(supposed.add(request, number: .max - Int64(added.count), now: now))
    }
    for supposition in suppositions { supposed.reorder(supposition, now: now) }
    // What the order would not have promised is an estimate.
    let ahead = supposed.order.promiseAhead
    let kept =
      ahead == state.order.promiseAhead
      ? promises : promises.filter { isPromise($0, supposed, now: now) }
    var problem = problem(supposed, promises: kept, barred: barred, now: now)
    for supposition in suppositions {
      switch supposition {
      case .policy(let other): policy = other
      case .nodesOut(let nodes, let window):
        problem.reserved += [
          Reservation(
            name: "supposed", nodes: nodes, from: window.lowerBound, until: window.upperBound,
            isMaintenance: true)
        ].compactMap { $0 }
      case .limit(let job, let limit):
        problem.queue = problem.queue.map {
          $0.task.job == job ? $0.asking(for: $0.request.limited(to: limit)) : $0
        }
      case .atMost(let limit, let measure, let most):
        problem.limits[limit]?.most[measure] = most
      case .job, .weight, .share, .promiseAhead: break
      }
    }
    let after = Cycle(planning: policy, lifecycle: lifecycle, exactTasks: exactTasks)
      .planned(problem, supposed, now: now)
    let outcomes = Dictionary(
      after.plan.decisions.map { ($0.task, $0.outcome) }
    ) { first, _ in first }
    let changed = before.plan.decisions.compactMap { decision -> SupposedStart? in
      let start = decision.outcome.start(now)
      let other = outcomes[decision.task]?.start(now)
      return start == other ? nil : SupposedStart(task: decision.task, before: start, after: other)
    }
    return Supposed(
      changed: changed, unchanged: before.plan.decisions.count - changed.count,
      added: added.first.map { job in
        after.plan.decisions.first { $0.task.job == job.id }?.outcome
          ?? .wait(hindrance(of: job, supposed, now: now), expectedStart: nil)
      },
      ended: after.ended.subtracting(before.ended).sorted())
  }

  /// What a round plans, with the runs that make way for it.
  private func planned(
    _ problem: PlanningProblem, _ state: EngineState, now: Instant
  ) -> (plan: Plan, ended: Set<RunID>) {
    let plan = planning.planner.plan(problem)
    let making = preempted(
      closing(state, now: now).carried, problem, plan, state, now: now)
    guard !making.isEmpty else { return (plan, []) }
    let ends = ends(of: making, now: now)
    return (planning.planner.plan(problem.ending(ends)), Set(ends.keys))
  }

  /// Why a job is not in the queue: nothing can let it run.
  private func hindrance(of job: JobRecord, _ state: EngineState, now: Instant) -> WaitReason {
    guard
      case .waits(let reason) = Self.eligibility(
        of: job.request, index: job.request.arrayIndices.first, started: 0, state: state, now: now)
    else { return .noAllocation }
    return reason
  }
}

extension EngineState {
  /// A job of ours that was submitted now, with all of its tasks waiting.
  fileprivate mutating func add(
    _ request: JobRequest, number: Int64, now: Instant
  ) -> JobRecord {
    let job = JobRecord(
      id: JobID(number: number), request: request, origin: .polder, submitted: now,
      binding: .unbound)
    jobs[job.id] = job
    for task in request.tasks(of: job.id) { tasks[task] = TaskRecord(id: task) }
    return job
  }

  /// What a supposition says of the order.
  fileprivate mutating func reorder(_ supposition: Supposition, now: Instant) {
    switch supposition {
    case .weight(let factor, let weight):
      guard let policy = order.policy else { return }
      order = order.with(policy.weighing(factor, weight), order.promiseAhead)
    case .share(let funder, let basisPoints):
      guard let known = centre.funders[funder] else { return }
      let today = CivilDate(now)
      centre.funders[funder] = Funder(
        id: known.id, name: known.name, contributions: known.contributions,
        shares: known.shares.filter { $0.from < today }
          + [Funder.Share(from: today, basisPoints: basisPoints)],
        commercialCapBasisPoints: known.commercialCapBasisPoints)
    case .promiseAhead(let ahead): order = order.with(order.policy, ahead)
    case .policy, .nodesOut, .limit, .atMost, .job: break
    }
  }
}

extension PriorityPolicy {
  /// The same with another weight of a factor.
  fileprivate func weighing(_ factor: PriorityExplanation.Factor, _ weight: Int64) -> Self {
    var weights = weights
    switch factor {
    case .qos: weights.qos = weight
    case .fairShare: weights.fairShare = weight
    case .entitlement: weights.entitlement = weight
    case .age: weights.age = weight
    case .size: weights.size = weight
    case .partition: weights.partition = weight
    case .nice: weights.nice = weight
    }
    var other = PriorityPolicy(weights: weights, agePeriod: agePeriod)
    other.partitions = partitions
    other.halfLife = halfLife
    other.longHalfLife = longHalfLife
    other.entryChargeBasisPoints = entryChargeBasisPoints
    return other
  }
}
