package import Domain
import Ledger
package import Lifecycle
import Scheduling

/// The end of a window, a suspension and the end of a budget, as the policy of each allocation has
/// it: what is done to runs, and which waiting tasks are told that they will not run.
extension Cycle {
  /// What is due, and the instant at which something will be due if nothing changes before.
  struct Closing {
    var decisions: [Decision] = []
    var next: Instant?
    /// Runs that go on past the end of their allocation, ascending.
    var carried: [RunRecord] = []

    /// Remembers an instant to come.
    mutating func expect(_ instant: Instant) { next = min(next ?? instant, instant) }
  }

  /// What the policies do to the runs at hand.
  func closing(_ state: EngineState, now: Instant) -> Closing {
    var closing = Closing()
    for run in state.runs.values.sorted(by: { $0.id < $1.id }) where run.closing.cause == nil {
      if let end = run.closing.evictedAt {
        if end <= now {
          closing.decisions.append(.act(.end(run.id, .preempted)))
          continue
        }
        closing.expect(end)
      }
      guard let end = RunEndings(of: run, in: state.centre) else { continue }
      if let deadline = end.deadline, deadline.at <= now {
        closing.decisions.append(.act(.end(run.id, deadline.cause)))
        continue
      }
      if let signal = end.signal, !run.closing.signalled {
        if signal.at <= now {
          closing.decisions.append(.act(.signal(run.id, signal.signal)))
        } else {
          closing.expect(signal.at)
        }
      }
      let limit = end.slurmLimit(grace: lifecycle.grace)
      if limit != run.closing.limit {
        let seconds = limit ?? run.reach - lifecycle.grace
        closing.decisions.append(.act(.limit(run.id, seconds, isCut: limit != nil)))
      }
      if let deadline = end.deadline { closing.expect(deadline.at) }
      if let goesOn = end.goesOn {
        if goesOn <= now { closing.carried.append(run) } else { closing.expect(goesOn) }
      }
    }
    endBeyondCaps(state, &closing, now: now)
    return closing
  }

  /// Ends what has used up what the operator carries of its allocation.
  private func endBeyondCaps(_ state: EngineState, _ closing: inout Closing, now: Instant) {
    let byAllocation = Dictionary(grouping: closing.carried, by: \.allocation)
    for (allocation, runs) in byAllocation.sorted(by: { $0.key < $1.key }) {
      let cap = state.centre.policy(of: allocation).overrunCap
      var used = state.balances[allocation]?.overrun ?? .zero
      for run in runs {
        guard let from = RunEndings(of: run, in: state.centre)?.goesOn else { continue }
        used += run.weight * now.seconds(since: from)
      }
      if used >= cap {
        closing.decisions += runs.map { .act(.end($0.id, .overrunCap)) }
        closing.carried.removeAll { $0.allocation == allocation }
        continue
      }
      let rate = runs.reduce(Int64(0)) { $0 + $1.weight.thousandths }
      guard rate > 0 else { continue }
      let rest = (cap - used).milliseconds
      closing.expect(now + Seconds((rest + rate - 1) / rate))
    }
  }

  /// From when on a run goes on past the end of its allocation: what it uses from then on is the
  /// operator's. Nil if it does not.
  package static func goesOn(_ run: RunRecord, in centre: Centre) -> Instant? {
    RunEndings(of: run, in: centre)?.goesOn
  }

  /// When and why the policy of its allocation ends a run before its own limit; nil if it does not.
  package static func deadline(
    of run: RunRecord, in centre: Centre
  ) -> (at: Instant, cause: EndCause)? {
    RunEndings(of: run, in: centre)?.deadline
  }

  // MARK: Waiting tasks

  /// Why tasks of a request that still wait can't run any more, in words; nil while they can.
  private static func hopelessness(
    of request: JobRequest, _ state: EngineState, _ payers: inout Payers, now: Instant
  ) -> String? {
    if !request.hasCorrespondence,
      let lost = request.hopeless({ $0.isHopeless(given: state.states(of: $0, forTask: nil)) })
    {
      return "its dependency \(lost) can no longer be met"
    }
    if let last = request.latestStart, last < max(now, request.notBefore ?? now) {
      return "its deadline is \(request.wishes.deadline ?? last), and with a limit of "
        + "\(request.leastLimit) it had to start by \(last)"
    }
    let allocations = payers.purse(of: request).allocations
    guard let last = allocations.last, last.window.upperBound <= now else { return nil }
    let policy = state.centre.policy(of: last.id).atEnd
    guard policy.endsWaiting else { return nil }
    return "allocation \(last.id) ended at \(last.window.upperBound), and its policy at the end is "
      + "\(policy.rawValue)"
  }

  /// Why one task can't run any more though others of its array may: the task that corresponds to
  /// it has ended otherwise.
  static func hopelessness(of task: TaskID, _ job: JobRecord, _ state: EngineState) -> String? {
    guard job.request.hasCorrespondence else { return nil }
    return job.request.hopeless {
      $0.isHopeless(given: state.states(of: $0, forTask: task.index))
    }.map {
      $0.condition == .aftercorr
        ? "the task of \($0.job) that corresponds to it ended otherwise than with exit code 0"
        : "its dependency \($0) can no longer be met"
    }
  }

  /// When the first waiting job will be past the last start that its deadline allows.
  func nextDeadline(_ state: EngineState, now: Instant) -> Instant? {
    state.jobs.values.compactMap(\.request.latestStart).filter { $0 >= now }.min()
      .map { $0 + Seconds(1) }
  }

  /// The jobs whose waiting tasks can't run any more, with the cause.
  static func hopeless(
    _ state: EngineState, _ payers: inout Payers, now: Instant
  ) -> [JobID: String] {
    var causes: [JobID: String] = [:]
    for job in state.jobs.values {
      causes[job.id] = hopelessness(of: job.request, state, &payers, now: now)
    }
    return causes
  }

  /// The refusals of tasks that wait for budget which no open hold could ever release.
  func exhausted(
    _ decisions: [Decision], _ state: EngineState, _ payers: inout Payers, now: Instant
  ) -> [Decision] {
    decisions.map { decision in
      guard case .wait(let task, .budget(let shortfall), _) = decision,
        let job = state.jobs[task.job], let record = state.tasks[task]
      else { return decision }
      let request = job.request(of: record)
      let policy = state.centre.policy(of: shortfall.allocation).atExhaustion
      let allocations = payers.purse(of: request).allocations
      guard policy.endsWaiting,
        allocations.allSatisfy({ $0.window.lowerBound <= now && $0.suspended == nil })
      else { return decision }
      let pots = allocations.map { state.balances[$0.id] ?? Balance() }
        .map { $0.available + $0.held + $0.deferred }
      // A limit may be made as short as it takes; a hold is so much a second.
      let whole = request.timeLimit + lifecycle.grace
      let least = request.leastLimit + lifecycle.grace
      let needs = GPUTime(
        milliseconds: shortfall.needs.milliseconds / max(whole.count, 1) * least.count)
      guard pots.allSatisfy({ $0 < min(needs, shortfall.needs) }) else { return decision }
      return .refuse(
        task,
        cause:
          "it needs a hold of \(min(needs, shortfall.needs)), allocation \(shortfall.allocation) has "
          + "\(shortfall.available) available and nothing more to come, and its policy at "
          + "exhaustion is \(policy.rawValue)")
    }
  }

  /// The allocations that a request may ever hold from, the last to end last.
  static func candidates(for request: JobRequest, _ centre: Centre) -> [Allocation] {
    centre.allocations(of: request.project)
      .filter { request.allocation == nil || $0.id == request.allocation }
  }

  /// The allocation that carries what Slurm started without us: one that is open, else the last, at
  /// the operator's cost.
  package static func adopter(
    for request: JobRequest, _ centre: Centre, now: Instant
  ) -> AllocationID? {
    let allocations = candidates(for: request, centre)
    return (allocations.first { $0.isOpen(at: now) } ?? allocations.last)?.id
  }
}

/// When and how the policies of its allocation end one run.
struct RunEndings {
  private let start: Instant
  private let ownEnd: Instant
  private(set) var deadline: (at: Instant, cause: EndCause)?
  private(set) var signal: (at: Instant, signal: JobSignal)?
  /// From here on the operator carries it.
  private(set) var goesOn: Instant?

  /// Nil for a run that has not begun, that its hold and window cover, or of an allocation that has
  /// left the description.
  init?(of run: RunRecord, in centre: Centre) {
    guard let start = run.started, let allocation = centre.allocations[run.allocation] else {
      return nil
    }
    self.start = start
    ownEnd = start + run.reach
    let policy = centre.policy(of: run.allocation)
    let isCut = ownEnd > allocation.closes
    guard isCut || run.hold == nil || run.closing.limit != nil else { return nil }
    if isCut {
      let isWindow = allocation.closes == allocation.window.upperBound
      add(
        policy.atEnd, at: allocation.closes, warning: policy.ahead, policy.signal,
        isWindow ? .windowEnded : .suspended)
    }
    if run.hold == nil {
      // Nobody could know before: what is warned has the time of the warning.
      let warned = policy.atExhaustion == .signal ? start + policy.ahead : start
      add(policy.atExhaustion, at: warned, warning: policy.ahead, policy.signal, .exhausted)
    }
  }

  private mutating func add(
    _ act: ClosingAct, at end: Instant, warning ahead: Seconds, _ name: JobSignal,
    _ cause: EndCause
  ) {
    switch act {
    case .refuse, .drain: break
    case .goOn: goesOn = min(goesOn ?? end, end)
    case .signal, .kill:
      if deadline.map({ end < $0.at }) ?? true { deadline = (end, cause) }
      guard act == .signal else { break }
      let warning = end - ahead
      if signal.map({ warning < $0.at }) ?? true { signal = (warning, name) }
    }
  }

  /// The limit that Slurm is told, in whole minutes from the start and not before the deadline; nil
  /// if the run's own comes first.
  func slurmLimit(grace: Seconds) -> Seconds? {
    guard let deadline, deadline.at < ownEnd - grace else { return nil }
    let minutes = (deadline.at.seconds(since: start).count + 59) / 60
    return .minutes(max(minutes, 1))
  }
}
