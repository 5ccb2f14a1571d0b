package import BridgeProtocol
package import Domain
package import Engine
import Lifecycle
package import Logging
import Reporting
import Scheduling
import ServiceLifecycle

/// The loop that leads: it looks at the store and at Slurm, reconciles the two, plans, commits
/// starts with their holds, and has the bridge perform what was committed.
///
/// One round at a time, each from a fresh snapshot; every step is safe to repeat, so that a round
/// that is cut short (a crash, a lost answer, Postgres or Slurm away) is simply followed by the
/// next. A round wakes on a change in the store and, as long as something is under way, by a short
/// interval, since Slurm's truth is polled.
package actor Conductor: Service {
  let store: any Store
  let slurm: any SlurmPort
  let cycle: Cycle
  private let options: Options
  let logger: Logger
  let wakes = Wakes()

  private var look = Look()
  private(set) var board = BoardState()
  /// Tasks that Slurm did not start, and until when they are not tried again.
  private var coolDowns: [TaskID: Instant] = [:]
  /// Tasks that the last look did not find where Polder has them, and since when.
  private var missingSince: [TaskID: Instant] = [:]
  /// The plan before this one, which the next one keeps.
  private(set) var promises: [PlannedReservation] = []
  private var leftoversSince: [SlurmTarget: Instant] = [:]
  private(set) var lastState: (state: EngineState, now: Instant)?
  /// When a run is to be warned or ended: a round begins then, to the second.
  private var nextDue: ContinuousClock.Instant?

  /// How the loop paces itself.
  package struct Options: Sendable {
    /// Between looks at Slurm while something is under way.
    package var activeInterval: Duration = .milliseconds(250)
    /// Between looks while nothing is.
    package var idleInterval: Duration = .seconds(1)
    /// A task that Slurm refused or did not start is not tried again for this long.
    package var coolDown = Seconds(30)
    /// Clocks of Postgres and Slurm may differ by this much; beyond it nothing is started.
    package var largestSkewMilliseconds: Int64 = 2000

    package init() {}
  }

  /// What is remembered between looks at Slurm, so that an unchanged answer costs nothing.
  private struct Look {
    var jobs: [JobObservation] = []
    var jobsUpdate: SlurmUpdate?
    var nodes: [NodeObservation] = []
    var nodesUpdate: SlurmUpdate?
    var skewMilliseconds: Int64 = 0
  }

  package init(
    store: any Store, slurm: any SlurmPort, cycle: Cycle, options: Options = Options(),
    logger: Logger
  ) {
    self.store = store
    self.slurm = slurm
    self.cycle = cycle
    self.options = options
    self.logger = logger
  }

  /// Runs rounds until the service group shuts down.
  package func run() async throws {
    await withGracefulShutdownHandler {
      while !Task.isShuttingDownGracefully && !Task.isCancelled {
        let busy = await round()
        let interval = busy ? options.activeInterval : options.idleInterval
        let due = nextDue.map { ContinuousClock.now.duration(to: $0) } ?? interval
        await wakes.wait(atMost: max(min(interval, due), .zero))
      }
    } onGracefulShutdown: {
      self.wakes.wake()
    }
  }

  /// One round. True if something is under way, so that the next look should come soon.
  package func round() async -> Bool {
    do throws(StoreError) {
      return try await steps()
    } catch {
      switch error {
      case .unavailable(let why), .unknown(let why): note(store: why)
      case .broken(let why):
        logger.error("the store contradicts the code", metadata: ["why": "\(why)"])
        note(store: why)
      }
    }
    return true
  }

  private func steps() async throws(StoreError) -> Bool {
    nextDue = nil
    var snapshot = try await store.snapshot()
    board.store = .well
    // The record first: what a later look still lists as running has not ended before it, and what
    // the look no longer lists has its end there.
    let record = try await settleRecord(snapshot)
    if record == .changedTasks { snapshot = try await store.snapshot() }
    guard record != .unreadable, let seen = await lookAtSlurm(now: snapshot.now) else {
      board.lastCycle = snapshot.now
      return true
    }
    let picture = SlurmPicture(jobs: seen, state: snapshot.state)
    await clear(picture.leftovers, now: snapshot.now)
    if try await reconcile(snapshot, picture) { snapshot = try await store.snapshot() }
    if try await finishRestore(snapshot) { return true }
    var state = snapshot.state
    state.nodeStates = look.nodes.states(foreign: picture.foreign)
    try await recordNodes(state, now: snapshot.now)
    var directives = snapshot.directives
    directives += try await decide(&state, now: snapshot.now)
    try await dispatch(directives, &state)
    lastState = (state, snapshot.now)
    return !state.runs.isEmpty || !directives.isEmpty
      || state.jobs.values.contains { $0.origin == .slurm }
  }

  // MARK: Slurm

  /// The jobs Slurm holds, or nil while it can't be asked.
  private func lookAtSlurm(now: Instant) async -> [JobObservation]? {
    if look.jobsUpdate == nil { await checkGrace() }
    switch await slurm.jobs(since: look.jobsUpdate) {
    case .accepted(.unchanged(let clock)):
      note(slurmClock: clock, now: now)
    case .accepted(.snapshot(let items, let update, let clock)):
      look.jobs = items
      look.jobsUpdate = update
      note(slurmClock: clock, now: now)
    case .refused(let refusal): return noteUnreachable(refusal.message)
    case .unavailable(let message), .unknown(let message): return noteUnreachable(message)
    }
    switch await slurm.nodes(since: look.nodesUpdate) {
    case .accepted(.unchanged): break
    case .accepted(.snapshot(let items, let update, _)):
      look.nodes = items
      look.nodesUpdate = update
    case .refused(let refusal): return noteUnreachable(refusal.message)
    case .unavailable(let message), .unknown(let message): return noteUnreachable(message)
    }
    board.slurm = .well
    board.nodes = look.nodes
    return look.jobs
  }

  @discardableResult
  private func noteUnreachable(_ message: String) -> [JobObservation]? {
    if board.slurm == .well {
      logger.warning("Slurm can't be asked", metadata: ["why": "\(message)"])
    }
    board.slurm = .unreachable(message)
    // What slurmctld knew may be gone when it is back: ask for everything again.
    look.jobsUpdate = nil
    look.nodesUpdate = nil
    return nil
  }

  /// Holds the configured grace against how long this Slurm may let a job run past its limit.
  private func checkGrace() async {
    guard case .accepted(let facts) = await slurm.hello() else { return }
    let needed = facts.overTimeLimitMinutes.map {
      Seconds(Int64(facts.killWaitSeconds + $0 * 60)) + Self.limitCheckInterval
    }
    board.graceNeeded = needed
    if let needed, needed <= cycle.lifecycle.grace { return }
    logger.error(
      "the grace is shorter than Slurm lets jobs run past their limit: overruns will be booked",
      metadata: [
        "graceSeconds": "\(cycle.lifecycle.grace.count)",
        "needed": "\(needed.map { "\($0.count)" } ?? "OverTimeLimit is unlimited")",
      ])
  }

  /// slurmctld looks for exceeded limits this often (docs/adr/0003).
  private static let limitCheckInterval = Seconds(30)

  private func note(slurmClock clock: Int, now: Instant) {
    look.skewMilliseconds = Int64(clock) - now.milliseconds
    board.clockSkewMilliseconds = look.skewMilliseconds
  }

  private func note(store why: String) {
    if board.store == .well {
      logger.warning("Postgres can't be asked", metadata: ["why": "\(why)"])
    }
    board.store = .unreachable(why)
  }

  private var clocksAgree: Bool {
    look.skewMilliseconds.magnitude <= UInt64(options.largestSkewMilliseconds)
  }

  private enum RecordReading {
    case nothingNew, changedTasks
    /// Whether a run that Slurm no longer lists has ended can't be told now.
    case unreadable
  }

  /// Reads what slurmctld recorded of ended runs since the last round, to its end.
  private func settleRecord(_ snapshot: Snapshot) async throws(StoreError) -> RecordReading {
    var cursor = snapshot.recordCursor.flatMap { RecordCursor($0) }
    var state = snapshot.state
    var changed = false
    while true {
      let page: EndedRunPage
      switch await slurm.endedRuns(after: cursor, limit: 500) {
      case .accepted(let next): page = next
      case .refused(let refusal):
        noteUnreachable(refusal.message)
        return .unreadable
      case .unavailable(let message), .unknown(let message):
        noteUnreachable(message)
        return .unreadable
      }
      for line in page.unreadable {
        logger.warning("a line of Slurm's record is unreadable", metadata: ["line": "\(line)"])
      }
      for line in page.runs {
        guard let match = SlurmPicture.match(line, state) else { continue }
        changed =
          try await reconcile(match.task, match.observation, &state, snapshot.now)
          || changed
      }
      guard let next = page.next, next != cursor else { break }
      try await store.saveRecordCursor(next.text)
      cursor = next
      if !page.more { break }
    }
    return changed ? .changedTasks : .nothingNew
  }

  // MARK: Reconciliation

  private func reconcile(
    _ snapshot: Snapshot, _ picture: SlurmPicture
  ) async throws(StoreError) -> Bool {
    var state = snapshot.state
    var changed = false
    noteMissing(snapshot, picture)
    for task in snapshot.state.tasks.keys.sorted() {
      let observation = picture.tasks[task] ?? .absent
      changed = try await reconcile(task, observation, &state, snapshot.now) || changed
    }
    return changed
  }

  /// Remembers since when looks in a row have not found a task where Polder has it. Forgotten with
  /// the process: then the time counts anew.
  private func noteMissing(_ snapshot: Snapshot, _ picture: SlurmPicture) {
    var missing: [TaskID: Instant] = [:]
    for (id, task) in snapshot.state.tasks {
      switch (task.state, picture.tasks[id] ?? .absent) {
      case (.ended, _): break
      case (_, .absent), (.running, .pending), (.running, .removed):
        missing[id] = missingSince[id] ?? snapshot.now
      default: break
      }
    }
    missingSince = missing
  }

  private func reconcile(
    _ id: TaskID, _ observation: Observation, _ state: inout EngineState, _ now: Instant
  ) async throws(StoreError) -> Bool {
    guard let task = state.tasks[id], let job = state.jobs[id.job] else { return false }
    let centre = state.centre
    let reconciliation = Reconciliation(policy: cycle.lifecycle) {
      Cycle.goesOn($0, in: centre)
    }
    let steps = reconciliation.steps(
      job: job, task: task, run: task.state.run.flatMap { state.runs[$0] },
      partition: state.centre.partitions[job.request.partition], nodes: state.centre.nodes,
      adopter: Cycle.adopter(for: job.request, state.centre, now: now),
      observation: observation, missingSince: missingSince[id] ?? now, now: now)
    var changed = false
    for step in steps {
      switch step {
      case .transition(let transition):
        if case .returned(let run, _) = transition { coolDowns[run.task] = now + options.coolDown }
        changed = try await perform(transition, &state) || changed
      case .holdAgain(let task, let slurmJobID):
        let outcome = await slurm.hold(SlurmTarget(task, slurmJobID))
        logger.notice(
          "held again in Slurm: it was released without Polder",
          metadata: ["task": "\(task)", "outcome": "\(outcome)"])
      case .takeBack(let run, let slurmJobID):
        changed = try await takeBack(run, slurmJobID, &state, now) || changed
      }
    }
    return changed
  }

  /// Cancels what waits in Slurm for nothing. Only after a while: a job that was accepted since the
  /// snapshot was taken is not in it yet.
  private func clear(_ leftovers: Set<SlurmTarget>, now: Instant) async {
    leftoversSince = leftoversSince.filter { leftovers.contains($0.key) }
    for target in leftovers {
      let since = leftoversSince[target, default: now]
      leftoversSince[target] = since
      guard now.seconds(since: since) > cycle.lifecycle.absenceTimeout else { continue }
      let outcome = await slurm.cancel(target)
      logger.notice(
        "cancelled in Slurm: Polder has no such open task",
        metadata: ["job": "\(target)", "outcome": "\(outcome)"])
    }
  }

  private func takeBack(
    _ run: RunID, _ slurmJobID: Int64, _ state: inout EngineState, _ now: Instant
  ) async throws(StoreError) -> Bool {
    guard case .accepted = await slurm.hold(SlurmTarget(run.task, slurmJobID)) else { return false }
    coolDowns[run.task] = now + options.coolDown
    return try await perform(
      .returned(run, cause: "Slurm did not start it within \(cycle.lifecycle.startTimeout)"),
      &state)
  }

  @discardableResult
  private func perform(
    _ transition: Transition, _ state: inout EngineState
  ) async throws(StoreError) -> Bool {
    guard try await store.perform(transition) == .done else { return false }
    logger.info("\(transition)")
    return state.apply(transition)
  }

  // MARK: Decisions

  /// Plans and commits. Gives the directives that the commits wrote.
  private func decide(
    _ state: inout EngineState, now: Instant
  ) async throws(StoreError) -> [Directive] {
    coolDowns = coolDowns.filter { $0.value > now }
    var written: [Directive] = []
    var plan: [TaskID: BoardState.Wait] = [:]
    let asked = ContinuousClock.now
    let result = cycle.run(state, promises: promises, barred: coolDowns, now: now)
    promises = result.promises
    nextDue = result.next.map { asked + .milliseconds($0.milliseconds - now.milliseconds) }
    for decision in result.decisions {
      switch decision {
      case .wait(let task, let reason, let expectedStart):
        plan[task] = BoardState.Wait(reason: reason, expectedStart: expectedStart)
      case .expire(let allocation):
        try await store.expire(allocation)
      case .instalment(let allocation, _):
        try await store.releaseInstalment(of: allocation)
        state.apply(decision)
      case .act(let act):
        guard try await store.commit(act) == .done else { continue }
        state.apply(decision)
        logger.notice("\(act)")
        written.append(Directive(act))
      case .refuse(let task, let cause):
        guard try await store.refuse(task, cause: cause) == .done else { continue }
        state.apply(decision)
        logger.notice("refused", metadata: ["task": "\(task)", "cause": "\(cause)"])
      case .start(let run):
        guard clocksAgree else { continue }
        guard try await store.commit(run) == .done else { continue }
        state.apply(decision)
        written.append(.start(run.id))
      }
    }
    board.plan = plan
    board.lastCycle = now
    return written
  }

  // MARK: Nodes

  private func recordNodes(_ state: EngineState, now: Instant) async throws(StoreError) {
    let changes = look.nodes.changes(in: state.centre, at: now)
    guard changes != board.recordedNodes.map({ $0.moved(to: now) }) else { return }
    try await store.record(nodeStates: changes)
    board.recordedNodes = changes
  }
}
