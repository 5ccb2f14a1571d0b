package import Domain
package import Engine
package import Ledger
package import Lifecycle
package import Reporting
import Scheduling
package import Services

/// The store's semantics in memory, on nothing but `EngineState` and `Books`: what the store of
/// Postgres has to do, and a double for tests that can't make a fault otherwise.
package actor MemoryStore: Store {
  /// Its clock; moved by tests.
  package internal(set) var clock: Instant
  /// Thrown by everything while it is set.
  package internal(set) var fault: StoreError?
  var restored: Instant?
  /// A description that comes between the judgement of the next act by hand and its posting.
  var coming: Centre?
  package private(set) var books = Books()
  package internal(set) var state: EngineState
  package internal(set) var directives: [Directive] = []
  package private(set) var nodeChanges: [AccessTimeFacts.NodeChange] = []

  /// The audit log.
  package internal(set) var links: [AuditLink] = []
  var readBeside: [AuditLine] = []
  var closedPeriodList: [ClosedPeriod] = []
  var wrongSums: [AllocationID] = []
  var actNotes: [EntryID: String] = [:]

  var payloads: [JobID: JobPayload] = [:]
  private var keys: [MemberID: [String: (JobID, content: [UInt8])]] = [:]
  var histories: [RunID: History] = [:]
  var causes: [TaskID: String] = [:]
  private var recordCursor: String?
  var kept = KeptPromises()

  struct History {
    var run: RunRecord
    var slurmJobID: Int64?
    var devices: [String] = []
    var allocated: [NodeName: NodeResources] = [:]
    var end: RunEnd?
    /// As it was told first, and what reports count (`MemoryStore+late.swift`).
    var firstStart: Instant?
    var begunLate: Instant?
    var endCounted: Instant?
  }

  package init(centre: Centre, now: Instant) {
    clock = now
    state = EngineState(centre: centre, order: OrderState(centre.order))
    books.windowEnds = centre.allocations.mapValues(\.window.upperBound)
  }

  /// Posts to the books directly, as an apply does.
  @discardableResult
  package func post(_ posting: Posting) -> PostingResult {
    defer {
      state.balances = books.balances
      state.capUses = books.capUses
    }
    return books.post(posting, now: clock)
  }

  func restore(_ books: Books) { self.books = books }

  func closeBooks(_ period: AccountingPeriod) -> Bool { books.close(period, now: clock) }

  /// The caps as they stand now, described anew if a period of theirs began meanwhile.
  func standingCaps() -> [Cap] {
    let caps = state.centre.caps(at: clock)
    if caps != state.caps || caps.count != books.caps.count {
      describe(caps)
      state.caps = caps
    }
    return caps
  }

  func describe(_ caps: [Cap]) {
    books.describe(caps)
    state.capUses = books.capUses
  }

  func reach() throws(StoreError) {
    if let fault { throw fault }
  }

  package func now() throws(StoreError) -> Instant {
    try reach()
    return clock
  }

  // MARK: The centre

  package func centre() throws(StoreError) -> Centre {
    try reach()
    return state.centre
  }

  package func applyContext() throws(StoreError) -> ApplyContext {
    try reach()
    let busy = state.tasks.values.filter { !$0.state.isEnded }
    var grants: [AllocationID: Int] = [:]
    for entry in books.entries where entry.kind == .grant || entry.kind == .withdrawal {
      grants[entry.allocation, default: 0] += 1
    }
    return ApplyContext(
      now: clock, centre: state.centre, balances: books.balances, grantEntries: grants,
      busyProjects: Set(busy.compactMap { state.jobs[$0.id.job]?.request.project }),
      busyNodes: Set(state.runs.values.flatMap(\.placement.nodes)),
      openRuns: Array(state.runs.values), openFrom: books.closed?.end)
  }

  package func replaceCentre(
    with next: Centre, postings: [Posting], ifStill current: Centre,
    audit line: AuditLine
  ) throws(StoreError) -> GuardedOutcome {
    try reach()
    guard state.centre == current else { return .stale }
    let ended = next.ended(by: clock, since: current)
    let isBehind = books.entries.contains { entry in
      ended[entry.allocation].map { entry.effective > $0 } ?? false
    }
    if isBehind { return .stale }
    var trial = books
    for posting in postings {
      switch trial.post(posting, now: clock) {
      case .posted: continue
      case .alreadyPosted: return .stale
      case .refused(let refusal):
        throw .broken("the books refuse what was planned: \(refusal)")
      }
    }
    guard next.overAwarded(since: current, trial.balances).isEmpty else { return .stale }
    books = trial
    state.centre = next
    state.order = OrderState(next.order, usage: state.order.usage)
    books.windowEnds = next.allocations.mapValues(\.window.upperBound)
    state.balances = books.balances
    _ = standingCaps()
    append(line)
    return .done
  }

  // MARK: Jobs

  package func accept(_ job: NewJob) throws(StoreError) -> Acceptance {
    try reach()
    let member = job.request.member
    if let key = job.key, let standing = try standing(of: member, under: key) { return standing }
    let waiting = state.waiting(now: clock)
    let shortfall = state.centre.queueShortfall(of: job.request, now: clock) { waiting[$0] ?? 0 }
    if let shortfall, job.taken == nil { return .refused(shortfall) }
    let id = JobID(number: Int64(state.jobs.count + 1))
    let record = JobRecord(
      id: id, request: job.request, origin: job.origin, submitted: job.taken ?? clock,
      binding: .unbound)
    state.jobs[id] = record
    for task in job.request.tasks(of: id) { state.tasks[task] = TaskRecord(id: task) }
    payloads[id] = job.payload
    if let key = job.key { keys[member, default: [:]][key.text] = (id, key.content) }
    return .accepted(record)
  }

  package func standing(
    of member: MemberID, under key: SubmissionKey
  ) throws(StoreError) -> Acceptance? {
    try reach()
    guard let (id, content) = keys[member]?[key.text], let record = state.jobs[id] else {
      return nil
    }
    return content == key.content ? .again(record) : .keyUsedOtherwise(id)
  }

  package func payload(of job: JobID) throws(StoreError) -> JobPayload? {
    try reach()
    return payloads[job]
  }

  // MARK: The cycle

  package func snapshot() throws(StoreError) -> Snapshot {
    try reach()
    let caps = standingCaps()
    let open = Set(state.tasks.values.filter { !$0.state.isEnded }.map(\.id.job))
    let needed = open.union(
      open.flatMap { state.jobs[$0]?.request.dependencies.map(\.job) ?? [] })
    return Snapshot(
      now: clock,
      state: EngineState(
        centre: state.centre, balances: books.balances, caps: caps,
        capUses: books.capUses,
        jobs: state.jobs.filter { needed.contains($0.key) },
        tasks: state.tasks.filter { needed.contains($0.key.job) }, runs: state.runs,
        order: state.order),
      directives: directives, recordCursor: recordCursor, restored: restored)
  }

  package func commit(_ runs: [RunRecord]) throws(StoreError) -> [GuardedOutcome] {
    try reach()
    _ = standingCaps()
    return runs.map { start($0) }
  }

  private func start(_ run: RunRecord) -> GuardedOutcome {
    guard let hold = run.hold, !isOutdated(run), state.apply(.start(run)) else { return .stale }
    post(
      .hold(run.id, run.allocation, hold, bearer: bearer(of: run), effective: run.committed))
    histories[run.id] = History(run: run)
    directives.append(.start(run.id))
    return .done
  }

  package func perform(_ transitions: [Transition]) throws(StoreError) -> [GuardedOutcome] {
    try reach()
    return transitions.map { apply($0) }
  }

  private func apply(_ transition: Transition) -> GuardedOutcome {
    let before = state
    guard state.apply(transition, at: clock) else { return .stale }
    keepBooks(of: transition, before)
    noteWhatIsLate(of: transition)
    if let line = transition.line { append(line) }
    return .done
  }

  /// What the books and the history have to say of a transition that applied.
  private func keepBooks(of transition: Transition, _ before: EngineState) {
    switch transition {
    case .bound: break
    case .started(let run, _, _, let slurmJobID, let devices, let allocated):
      if let record = state.runs[run] { histories[run]?.run = record }
      histories[run]?.slurmJobID = slurmJobID
      histories[run]?.devices = devices
      histories[run]?.allocated = allocated
    case .ended(let run, let end):
      histories[run]?.end = end
      if !end.requeued, let cause = before.runs[run]?.closing.cause {
        causes[run.task] = cause.words
      }
      settle(
        run, used: end.used, pastEnd: end.pastEnd, over: end.span, record: before.runs[run])
      if let reason = end.refund { post(.refund(run, reason, effective: end.end)) }
    case .returned(let run, let cause):
      causes[run.task] = cause
      settle(run, used: .zero, over: clock..<clock, record: before.runs[run])
    case .adopted(_, let run, let slurmJobID, let allocated):
      let record = state.runs[run.id] ?? run
      histories[run.id] = History(
        run: record, slurmJobID: slurmJobID, allocated: allocated)
      if let hold = record.hold {
        post(
          .hold(run.id, run.allocation, hold, bearer: bearer(of: run), effective: run.committed))
      }
    case .repeated(let task, let run, let slurmJobID, let end):
      keepBooks(ofRepeated: run, slurmJobID, end, task)
    case .dropped(let task, _, let cause):
      causes[task] = cause
    }
  }

  func bearer(of run: RunRecord) -> Bearer? {
    state.jobs[run.id.task.job].flatMap {
      state.centre.bearer(of: $0.request, allocation: run.allocation)
    }
  }

  func settle(
    _ run: RunID, used: GPUTime, pastEnd: GPUTime = .zero, over span: Range<Instant>,
    record: RunRecord?
  ) {
    guard let record else { return }
    if let hold = record.hold, hold > .zero {
      post(.settle(run, used: used, pastEnd: pastEnd, over: span))
    } else if used > .zero {
      // What costs nothing has no hold to settle.
      let reason: EntryReason =
        record.hold == nil ? .unplanned : pastEnd > .zero ? .pastEnd : .pastLimit
      let end = span.upperBound
      post(
        .overrun(
          run, record.allocation, used, reason,
          effective: record.hold == nil ? end : max(end, record.committed)))
    }
  }

  package func expire(_ allocation: AllocationID) throws(StoreError) {
    try reach()
    guard let end = books.windowEnds[allocation], end <= clock else { return }
    post(
      .expire(
        EntryID("expiry:\(allocation):\(clock.milliseconds)"), allocation,
        carry: state.centre.carryOver(of: allocation, books.balances[allocation] ?? Balance()),
        effective: end))
  }

  package func releaseInstalment(of allocation: AllocationID) throws(StoreError) {
    try reach()
    guard let balance = books.balances[allocation] else { return }
    let due = balance.deferred - state.centre.deferred(of: allocation, balance, at: clock)
    guard due > .zero else { return }
    post(
      .instalment(
        EntryID("instalment:\(allocation):\(clock.milliseconds)"), allocation, due,
        effective: nil))
  }

  package func finish(_ finished: [Directive]) throws(StoreError) {
    try reach()
    directives.removeAll { finished.contains($0) }
  }

  package func saveRecordCursor(_ cursor: String) throws(StoreError) {
    try reach()
    recordCursor = cursor
  }

  package func record(
    nodeStates: [AccessTimeFacts.NodeChange], weighings: [AccessTimeFacts.NodeWeighing]
  ) throws(StoreError) {
    try reach()
    nodeChanges += nodeStates
  }

  // MARK: Reading

  package func balances() throws(StoreError) -> [AllocationID: Balance] {
    try reach()
    return books.balances
  }

  package func entries(of projects: [ProjectID]) throws(StoreError) -> [Entry] {
    try reach()
    return projects.flatMap { project in
      let own = Set(state.centre.allocations(of: project).map(\.id))
      return books.entries.filter { own.contains($0.allocation) }
    }
  }

  package func accessTimeFacts(
    period: Range<Instant>, system: String
  ) throws(StoreError) -> AccessTimeFacts {
    try reach()
    let asOf = min(clock, period.upperBound)
    var delivered: [AllocationID: GPUTime] = [:]
    var used: [AllocationID: GPUTime] = [:]
    var granted: [AllocationID: GPUTime] = [:]
    var bookedLate: Set<AllocationID> = []
    for entry in books.entries where entry.effective < asOf {
      let signed = entry.signed
      let isAward = [.grant, .opening].contains(entry.kind) && entry.belated != nil
      let isCorrection = [.credit, .debit].contains(entry.kind) && entry.run == nil
      if isAward || isCorrection, period.contains(entry.effective) {
        bookedLate.insert(entry.allocation)
      }
      switch entry.kind {
      case .grant, .withdrawal: granted[entry.allocation, default: .zero] += signed
      case .opening: used[entry.allocation, default: .zero] += signed
      case .charge, .refund, .credit, .debit:
        used[entry.allocation, default: .zero] += signed
        if period.contains(entry.effective), entry.run != nil {
          delivered[entry.allocation, default: .zero] += signed
        }
      case .transferIn, .transferOut: granted[entry.allocation, default: .zero] += signed
      case .hold, .release, .expiry, .overrun, .deferral, .instalment: break
      }
    }
    return AccessTimeFacts(
      system: system, period: period, asOf: asOf, centre: state.centre, delivered: delivered,
      used: used, granted: granted, bookedLate: bookedLate,
      months: MonthStanding.all(
        of: period,
        closings: Dictionary(
          uniqueKeysWithValues: closedPeriodList.map {
            ($0.period, MonthStanding.Closing(closed: $0.closed, form: .current))
          })), nodeChanges: nodeChanges)
  }

  package nonisolated var counts: StoreCounts { StoreCounts() }

  package func glance() throws(StoreError) -> BooksAudit { try audit() }
}

extension TaskState {
  var isEnded: Bool {
    if case .ended = self { true } else { false }
  }
}
