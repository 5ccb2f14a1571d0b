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
  let options: Options
  /// Nil to leave alone what Slurm runs without Polder.
  let adoption: Adoption?
  let logger: Logger
  let wakes = Wakes()

  private var look = Look()
  var board = BoardState()
  /// Tasks that Slurm did not start, and until when they are not tried again. Kept until they run, so
  /// that a pause after another is longer.
  var coolDowns: [TaskID: StartPause] = [:]
  /// Tasks that the last look did not find where Polder has them, and since when.
  var missingSince: [TaskID: Instant] = [:]
  /// What Slurm recorded before this was read; nil until it was.
  var recordRead: Instant?
  /// What was promised, which the next plan keeps.
  var promises = PromiseBook()
  /// The same as the store has it; nil until it was read.
  var storedPromises: [KeptPromise]?
  /// Promises found late that the store has not taken yet.
  var unwrittenLate: [LateStart] = []
  /// The same, to say what starts where runs end until there is the next one.
  var standing: Standing?
  var leftoversSince: [SlurmTarget: Instant] = [:]
  /// What was let in unseen and has been accounted for, while Slurm lists it still.
  var settled: Set<String> = []
  /// Answers questions about the state that the last round left.
  nonisolated let outlook: Outlook
  /// When a run is to be warned or ended: a round begins then, to the second.
  var nextDue: ContinuousClock.Instant?

  /// How the loop paces itself.
  package struct Options: Sendable {
    /// Between looks at Slurm while something is under way.
    package var activeInterval: Duration = .milliseconds(250)
    /// Between looks while nothing is.
    package var idleInterval: Duration = .seconds(1)
    /// A task that Slurm did not start is not tried again for this long; twice as long the next time.
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
    var reservations: [ReservationObservation] = []
    var reservationsUpdate: SlurmUpdate?
    var partitions: [PartitionObservation] = []
    var partitionsUpdate: SlurmUpdate?
    var skewMilliseconds: Int64 = 0

    /// All is read whole at the next look.
    mutating func forgetMoments() {
      jobsUpdate = nil
      nodesUpdate = nil
      reservationsUpdate = nil
      partitionsUpdate = nil
    }
  }

  package init(
    store: any Store, slurm: any SlurmPort, cycle: Cycle, options: Options = Options(),
    adoption: Adoption? = nil, logger: Logger
  ) {
    self.adoption = adoption
    self.store = store
    self.slurm = slurm
    self.cycle = cycle
    outlook = Outlook { basis, questions in cycle.answers(basis, questions) }
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
      case .unavailable(let why), .notAdmitted(let why), .unknown(let why): note(store: why)
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
    board.storeAnswered = snapshot.now
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
    try await end(picture.astray)
    board.foreign = picture.foreign
    if try await reconcile(snapshot, picture) { snapshot = try await store.snapshot() }
    if try await finishRestore(snapshot) { return true }
    try await adopt(picture.strangers, snapshot.state, now: snapshot.now)
    var state = snapshot.state
    state.reserved = look.reservations.compactMap(\.reservation)
    state.partitionStates = look.partitions.conditions(in: state.centre)
    state.nodeStates = look.nodes.states(
      foreign: picture.foreign, reserved: state.reserved.nodes(at: snapshot.now))
    try await recordNodes(state, now: snapshot.now)
    var directives = try await startAtOnce(snapshot.directives, &state, now: snapshot.now)
    directives += try await decide(&state, now: snapshot.now)
    try await dispatch(directives, &state, now: snapshot.now)
    outlook.show(
      Outlook.Basis(
        state: state, promises: promises.slots, barred: coolDowns, now: snapshot.now,
        record: standing?.record))
    return !state.runs.isEmpty || !directives.isEmpty
      || state.jobs.values.contains { $0.origin.isSlurms }
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
    guard take(await slurm.nodes(since: look.nodesUpdate), \.nodes, \.nodesUpdate),
      take(
        await slurm.reservations(since: look.reservationsUpdate), \.reservations,
        \.reservationsUpdate)
    else { return nil }
    let partitions = look.partitions
    guard
      take(await slurm.partitions(since: look.partitionsUpdate), \.partitions, \.partitionsUpdate)
    else { return nil }
    // What was in the way of a start may be gone.
    if look.partitions != partitions { coolDowns = coolDowns.mapValues { $0.lifted(at: now) } }
    board.slurm = .well
    board.nodes = look.nodes
    board.partitions = look.partitions
    board.reserved = look.reservations.compactMap(\.reservation)
    return look.jobs
  }

  /// Remembers what a look brought; false if it brought nothing, since Slurm can't be asked.
  private func take<Item>(
    _ outcome: BridgeOutcome<Observed<Item>>, _ items: WritableKeyPath<Look, [Item]>,
    _ update: WritableKeyPath<Look, SlurmUpdate?>
  ) -> Bool {
    switch outcome {
    case .accepted(.unchanged): return true
    case .accepted(.snapshot(let seen, let moment, _)):
      look[keyPath: items] = seen
      look[keyPath: update] = moment
      return true
    case .refused(let refusal): noteUnreachable(refusal.message)
    case .unavailable(let message), .unknown(let message): noteUnreachable(message)
    }
    return false
  }

  @discardableResult
  func noteUnreachable(_ message: String) -> [JobObservation]? {
    if board.slurm == .well {
      logger.warning("Slurm can't be asked", metadata: ["why": "\(message)"])
    }
    board.slurm = .unreachable(message)
    // What slurmctld knew may be gone when it is back: ask for everything again.
    look.forgetMoments()
    return nil
  }

  /// Holds the configured grace against how long this Slurm may let a job run past its limit.
  private func checkGrace() async {
    guard case .accepted(let facts) = await slurm.hello() else { return }
    let needed = facts.overTimeLimitMinutes.map {
      Seconds(Int64(facts.killWaitSeconds + $0 * 60)) + Self.limitCheckInterval
    }
    board.graceNeeded = needed
    board.cluster = facts.clusterName
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
    let agreed = board.clocksAgree
    look.skewMilliseconds = Int64(clock) - now.milliseconds
    board.clockSkewMilliseconds = look.skewMilliseconds
    board.clocksAgree =
      look.skewMilliseconds.magnitude <= UInt64(options.largestSkewMilliseconds)
    // By a clock that was set back nothing changes before it has come to these moments again.
    let isBack = look.jobsUpdate.map { clock < ($0.seconds - 2) * 1000 } ?? false
    if !agreed || !board.clocksAgree || isBack { look.forgetMoments() }
  }

  private func note(store why: String) {
    if board.store == .well {
      logger.warning("Postgres can't be asked", metadata: ["why": "\(why)"])
    }
    board.store = .unreachable(why)
  }

  /// Why Slurm has a job wait, in its own word; nil if it lists none such.
  func slurmsReason(for slurmJobID: Int64) -> String? {
    look.jobs.first { Int64($0.array?.arrayJobID ?? $0.jobID) == slurmJobID }?.reason
  }

  // MARK: Nodes

  private func recordNodes(_ state: EngineState, now: Instant) async throws(StoreError) {
    let changes = look.nodes.changes(in: state.centre, at: now)
    guard changes != board.recordedNodes.map({ $0.moved(to: now) }) else { return }
    let weighings = state.centre.nodeWeighings(since: board.recordedNodes.first?.at, until: now)
    try await store.record(nodeStates: changes, weighings: weighings)
    board.recordedNodes = changes
  }
}
