package import Domain
package import Ledger
package import Lifecycle
package import Scheduling

/// The heart: one look at the whole state, one list of decisions. Pure, so that the daemon and a
/// simulator run the very same code.
///
/// 1. Order the waiting tasks (by the state's policy, else first come, first served; ties by id).
/// 2. Decide which may be planned at all: dependencies, begin times, throttles.
/// 3. Plan the whole queue on nodes and budgets by the policy's planner.
/// 4. Turn the plan into starts with their holds, and waits with their reasons.
package struct Cycle: Sendable {
  package let planning: PlanningPolicy
  package let lifecycle: LifecyclePolicy
  /// How many tasks are planned on exact nodes: ``PlanningProblem/exactTasks``.
  package let exactTasks: Int

  package init(planning: PlanningPolicy, lifecycle: LifecyclePolicy, exactTasks: Int = .max) {
    self.exactTasks = exactTasks
    self.planning = planning
    self.lifecycle = lifecycle
  }

  package func run(
    _ state: EngineState, promises: [PlannedReservation] = [], barred: [TaskID: StartPause] = [:],
    now: Instant
  ) -> CycleResult {
    let expiries =
      expired(state, now: now).map(Decision.expire) + instalments(state, now: now)
    let closing = closing(state, now: now)
    var payers = Payers(state, now: now)
    let hopeless = Self.hopeless(state, &payers, now: now)
    let refusals = refused(state, hopeless)
    let problem = problem(state, &payers, hopeless, promises, barred, now: now)
    var standing = planning.planner.stand(problem)
    let making = preempted(closing.carried, problem, standing.plan, state, now: now)
    // Whoever makes room is gone soon: nothing is put in the place of what is to start there.
    if !making.isEmpty {
      standing = planning.planner.stand(problem.ending(ends(of: making, now: now)))
    }
    let plan = standing.plan
    let planned = plan.decisions.compactMap { planned -> Decision? in
      switch planned.outcome {
      case .wait(let reason, let expectedStart):
        .wait(planned.task, reason, expectedStart: expectedStart)
      case .start(let placement, let allocation, let hold, let limit):
        start(planned.task, placement, (allocation, hold, limit), state, now: now)
          .map(Decision.start)
      }
    }
    let decisions =
      expiries + closing.decisions + refusals + making
      + exhausted(planned, state, &payers, now: now)
    return CycleResult(
      decisions: decisions,
      promises: planning.planner.keepsPromises
        ? promised(plan.reservations, state, now: now) : [],
      broken: plan.broken,
      next: [closing.next, nextDeadline(state, now: now)].compactMap(\.self).min(),
      standing: Standing(standing, state, decisions, made: now))
  }

  /// Of the slots of a plan those that the next one keeps. One that was near stays so, since time
  /// goes on and a promise never moves later.
  private func promised(
    _ slots: [PlannedReservation], _ state: EngineState, now: Instant
  ) -> [PlannedReservation] {
    slots.filter { isPromise($0, state, now: now) }
  }

  /// True if a planned start is one by the class of its job, or by the order. What may be preempted is
  /// promised nothing: a promise binds those that come before it.
  func isPromise(_ slot: PlannedReservation, _ state: EngineState, now: Instant) -> Bool {
    guard !isPreemptable(slot.task, state) else { return false }
    let qos = state.jobs[slot.task.job].flatMap { state.centre.qosClass(of: $0.request) }
    let ahead = qos?.promiseAhead ?? state.order.promiseAhead
    return ahead.map { slot.start <= now + $0 } ?? true
  }

  /// The planning problem of a state: also what a quote adds its candidate to.
  package func problem(
    _ state: EngineState, promises: [PlannedReservation] = [], barred: [TaskID: StartPause] = [:],
    now: Instant
  ) -> PlanningProblem {
    var payers = Payers(state, now: now)
    let hopeless = Self.hopeless(state, &payers, now: now)
    return problem(state, &payers, hopeless, promises, barred, now: now)
  }

  private func problem(
    _ state: EngineState, _ payers: inout Payers, _ hopeless: [JobID: String],
    _ promises: [PlannedReservation], _ barred: [TaskID: StartPause], now: Instant
  ) -> PlanningProblem {
    let nodes = state.centre.nodes.values.sorted { $0.name < $1.name }.map {
      NodeCondition(node: $0, state: state.nodeStates[$0.name] ?? .unavailable("unknown to Slurm"))
    }
    let limits = LimitPicture(state)
    let occupations = state.runs.values.sorted { $0.id < $1.id }.map {
      Occupation(
        run: $0.id, placement: $0.placement, until: ($0.started ?? $0.committed) + $0.reach,
        held: $0.hold ?? .zero,
        licences: state.jobs[$0.id.task.job]?.request.licences ?? [],
        limits: limits.covering[$0.id] ?? [])
    }
    return PlanningProblem(
      now: now, nodes: nodes,
      partitions: state.centre.partitions.values.sorted { $0.name < $1.name },
      occupations: occupations, reserved: state.reserved,
      queue: queue(state, &payers, hopeless, barred, now: now),
      budgets: state.balances.mapValues(\.available),
      prospects: state.centre.prospects(state.balances),
      caps: rooms(state), limits: limits.rooms,
      licences: state.centre.licences.mapValues(\.count),
      closed: state.closedPartitions, promises: promises, exactTasks: exactTasks
    ).ending(ends(of: state, now: now))
  }

  /// - Parameter barred: tasks that are not planned before an instant: Slurm did not start them.
  private func queue(
    _ state: EngineState, _ payers: inout Payers, _ hopeless: [JobID: String],
    _ barred: [TaskID: StartPause], now: Instant
  ) -> [Candidate] {
    var started: [JobID: Int] = [:]
    for run in state.runs.keys { started[run.task.job, default: 0] += 1 }
    let singletons = Singletons(state)
    return ordered(
      state.tasks.values.filter { $0.state == .waiting }, state, &payers, now: now
    )
    .compactMap { task in
      guard let job = state.jobs[task.id.job], isInSlurmOrOurs(job),
        hopeless[job.id] == nil, Self.hopelessness(of: task.id, job, state) == nil
      else { return nil }
      var eligibility = Self.eligibility(
        of: job.request, index: task.id.index, started: started[job.id] ?? 0, state, &payers,
        now: now)
      if let reason = singletons.wait(of: job), case .eligible = eligibility {
        eligibility = .waits(reason)
      }
      let request = state.narrow(job.request(of: task), of: task, job, &eligibility)
      if let pause = barred[task.id], pause.until > now, case .eligible = eligibility {
        eligibility = .waits(.paused(pause))
      }
      if case .eligible = eligibility { started[job.id, default: 0] += 1 }
      return Candidate(
        task: task.id, request: request,
        options: payers.purse(of: job.request).options,
        grace: lifecycle.grace, eligibility: eligibility)
    }
  }

  /// Waiting tasks that can't run any more.
  private func refused(_ state: EngineState, _ hopeless: [JobID: String]) -> [Decision] {
    let corresponds = state.jobs.values.contains { $0.request.hasCorrespondence }
    guard !hopeless.isEmpty || corresponds else { return [] }
    return state.tasks.values.filter { $0.state == .waiting }.sorted { $0.id < $1.id }
      .compactMap { task in
        guard let job = state.jobs[task.id.job], isInSlurmOrOurs(job) else { return nil }
        return (hopeless[job.id] ?? Self.hopelessness(of: task.id, job, state))
          .map { .refuse(task.id, cause: $0) }
      }
  }

  /// What each hard cap leaves.
  private func rooms(_ state: EngineState) -> [CapID: CapRoom] {
    let standing = state.caps.filter { $0.strength == .hard }
    let after = state.centre.limitsAfter(standing)
    let hard = standing.map { cap in
      let use = state.capUses[cap.id] ?? CapUse()
      return (
        cap.id,
        CapRoom(
          limit: cap.limit, used: use.used, held: use.held, isShared: cap.scope.isShared,
          ends: cap.period.upperBound, limitAfter: after[cap.id])
      )
    }
    return Dictionary(hard) { first, _ in first }
  }

  /// What the plugin accepted is planned only once Slurm was seen to have it.
  private func isInSlurmOrOurs(_ job: JobRecord) -> Bool {
    job.origin == .polder || job.binding != .unbound
  }

  /// The allocations a request may hold from now: the one it names, else all of its project's
  /// whose window is open, the earliest to end first.
  package static func options(
    for request: JobRequest, _ centre: Centre, _ caps: [Cap], now: Instant
  ) -> [AllocationOption] {
    options(for: request, candidates(for: request, centre), centre, caps, now: now)
  }

  /// - Parameter allocations: those that it may ever hold from.
  static func options(
    for request: JobRequest, _ allocations: [Allocation], _ centre: Centre, _ caps: [Cap],
    now: Instant
  ) -> [AllocationOption] {
    allocations
      .filter { $0.isOpen(at: now) }
      .map { allocation in
        let bearer = centre.bearer(of: request, allocation: allocation.id)
        let covering = bearer.map { caps.covering($0, holdTaken: now) } ?? []
        return AllocationOption(
          allocation: allocation.id, windowEnd: allocation.closes,
          caps: covering.filter { $0.strength == .hard }.map(\.id),
          limits: (bearer.map { centre.limits(of: $0) } ?? [])
            + request.licences.map { .licence($0.name) })
      }
  }

  /// Whether a task of a request may be planned at all.
  ///
  /// - Parameters:
  ///   - index: of the task in its array.
  ///   - started: tasks of the same array that start or run.
  package static func eligibility(
    of request: JobRequest, index: Int? = nil, started: Int, state: EngineState, now: Instant
  ) -> Eligibility {
    var payers = Payers(state, now: now)
    let own = eligibility(of: request, index: index, started: started, state, &payers, now: now)
    guard case .eligible = own, case .closed(let reason) = state.doorway(for: request) else {
      return own
    }
    return .waits(reason)
  }

  static func eligibility(
    of request: JobRequest, index: Int?, started: Int, _ state: EngineState,
    _ payers: inout Payers, now: Instant
  ) -> Eligibility {
    let others = request.wait(for: { state.tasks(of: $0, forTask: index) }, now: now)
    if let others { return .waits(others) }
    if let begin = request.notBefore, begin > now { return .waits(.notBefore(begin)) }
    if let name = request.terms.reservation, !state.admits(request, to: name, at: now) {
      return .waits(.reservationGone(name))
    }
    if let limit = request.arrayThrottle, started >= limit {
      return .waits(.throttle(running: started, limit: limit))
    }
    let purse = payers.purse(of: request)
    guard purse.options.isEmpty else { return .eligible }
    let allocations = purse.allocations.filter { $0.window.contains(now) }
    if let last = allocations.last, let since = last.suspended,
      !allocations.contains(where: { $0.isOpen(at: now) })
    {
      return .waits(.suspended(last.id, since: since))
    }
    return .eligible
  }

  func start(
    _ task: TaskID, _ placement: Placement,
    _ terms: (allocation: AllocationID, hold: GPUTime, limit: Seconds), _ state: EngineState,
    now: Instant
  ) -> RunRecord? {
    guard let job = state.jobs[task.job], let record = state.tasks[task],
      let planned = state.planned(record, of: job),
      let partition = state.centre.partitions[placement.partition ?? planned.partition]
    else { return nil }
    // Of a list that only one is open of, the planner knew that one.
    let placement =
      job.request.otherPartitions.isEmpty
      ? placement
      : Placement(
        nodes: placement.nodes, perNode: placement.perNode, partition: partition.name)
    // By the very card that the planner priced the hold with.
    let card = partition.rateCard(at: now)
    let weight = placement.nodes.reduce(Weight.zero) { sum, node in
      sum
        + card.rates.weight(
          of: placement.perNode, gpuType: state.centre.nodes[node]?.gpuType)
    }
    return RunRecord(
      id: record.nextRun, allocation: terms.allocation, placement: placement, weight: weight,
      rateVersion: card.version, hold: terms.hold, reach: terms.limit + lifecycle.grace,
      committed: now)
  }

  private func expired(_ state: EngineState, now: Instant) -> [AllocationID] {
    state.centre.allocations.values.filter {
      let balance = state.balances[$0.id] ?? Balance()
      // What is carried over is carried once, when all runs have released what they hold.
      let waits = balance.held > .zero && state.centre.carryOver(of: $0.id, balance) != nil
      return $0.window.upperBound <= now && balance.available + balance.deferred > .zero && !waits
    }.map(\.id).sorted()
  }

  /// What the access modes release for use by now.
  private func instalments(_ state: EngineState, now: Instant) -> [Decision] {
    state.balances.filter { $0.value.deferred > .zero }.sorted { $0.key < $1.key }.compactMap {
      let due = $0.value.deferred - state.centre.deferred(of: $0.key, $0.value, at: now)
      let isOpen = state.centre.allocations[$0.key].map { $0.window.upperBound > now } ?? false
      return isOpen && due > .zero ? .instalment($0.key, due) : nil
    }
  }
}

/// What one cycle decides, and the reservations that the next one keeps: so that an expected start
/// moves earlier and never later while nodes and money stay.
package struct CycleResult: Sendable {
  package let decisions: [Decision]
  package let promises: [PlannedReservation]
  /// Of the promises of the plan before those that can't be kept, and why.
  package let broken: [TaskID: LateCause]
  /// When a run is to be warned or ended, to the second, if nothing changes before.
  package let next: Instant?
  /// The plan, for what is to be known before there is another:
  /// ``Cycle/startsAtOnce(_:_:barred:now:)``.
  package let standing: Standing
}
