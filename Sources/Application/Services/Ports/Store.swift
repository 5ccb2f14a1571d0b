package import Domain
package import Engine
package import Ledger
package import Lifecycle
package import Reporting
package import Scheduling

/// The durable memory, as the use cases need it. Each function is one transaction: it happens
/// entirely or not at all, and its outcome is known unless it throws ``StoreError/unknown(_:)``.
///
/// Every write is safe to repeat.
package protocol Store: AuditLog, PersonalData, Bookkeeping, AccountingReader {
  /// The store's clock, which is Polder's.
  func now() async throws(StoreError) -> Instant
  /// What became of its transactions since it was opened, in this process.
  nonisolated var counts: StoreCounts { get }

  // MARK: The centre

  func centre() async throws(StoreError) -> Centre
  /// What an apply is checked against, in one consistent picture.
  func applyContext() async throws(StoreError) -> ApplyContext
  /// Replaces the centre and posts what follows, if the centre is still the one that the change
  /// was made from. `line` is written with it. Stale as well if the books have, by now, an entry
  /// behind the end of an allocation that would end in the past, or if a raised grant would be, with
  /// what was moved in by now, more than its programme awards.
  func replaceCentre(
    with next: Centre, postings: [Posting], ifStill current: Centre,
    audit line: AuditLine
  ) async throws(StoreError) -> GuardedOutcome

  // MARK: Jobs

  /// Accepts a job once: the same key gives the same job again.
  func accept(_ job: NewJob) async throws(StoreError) -> Acceptance
  /// What a member used a key for before: the job, if the same was said, or that it was something
  /// else. Nil if the key is free.
  func standing(
    of member: MemberID, under key: SubmissionKey
  ) async throws(StoreError) -> Acceptance?
  /// Cancels tasks: a waiting one ends at once, with a directive if Slurm has it; for one that
  /// starts or runs a directive is written, and its end is seen in Slurm. Gives the tasks that
  /// had already ended. `line` is written with it, if anything is cancelled.
  ///
  /// - Parameter cause: why runs under way are ended, where policy has something to say to that.
  func cancel(
    _ tasks: [TaskID], because cause: EndCause?, audit line: AuditLine?
  ) async throws(StoreError) -> [TaskID]
  /// Gives a task another limit, or all of a job's that wait or run: all of them or none. What a run
  /// under way needs in addition is held in the same transaction, and Slurm is told; what waits has
  /// it for its runs to come.
  ///
  /// - Parameter task: without an index all tasks of its job.
  func change(
    limitOf task: TaskID, to change: LimitChange
  ) async throws(StoreError) -> LimitOutcome
  func payload(of job: JobID) async throws(StoreError) -> JobPayload?

  // MARK: The cycle

  /// What the cycle looks at, without the states of nodes, which come from Slurm.
  func snapshot() async throws(StoreError) -> Snapshot
  /// Commits starts in order, each as if it were alone: its hold, its run and its directive, if the
  /// task still waits and the allocation still carries it. Many are one transaction, so that
  /// those before a failure may have been written.
  func commit(_ runs: [RunRecord]) async throws(StoreError) -> [GuardedOutcome]
  /// Performs transitions in order, each as if it were alone; many are one transaction.
  func perform(_ transitions: [Transition]) async throws(StoreError) -> [GuardedOutcome]
  func expire(_ allocation: AllocationID) async throws(StoreError)
  /// Releases what the allocation's access mode releases by now; nothing if nothing is due.
  func releaseInstalment(of allocation: AllocationID) async throws(StoreError)
  /// Writes what is done to a run, with its directive; stale if it was done before.
  func commit(_ act: RunAct) async throws(StoreError) -> GuardedOutcome
  /// Ends a waiting task that can't run any more, in Slurm too.
  func refuse(_ task: TaskID, cause: String) async throws(StoreError) -> GuardedOutcome
  /// The directives were performed, or have become void; one transaction, nothing for none.
  func finish(_ directives: [Directive]) async throws(StoreError)
  /// Writes how far Slurm's own record was read.
  func saveRecordCursor(_ cursor: String) async throws(StoreError)
  /// Slurm was looked at in full since the store was restored from a backup.
  func finishRestore() async throws(StoreError)
  /// The starts that are promised, in order of tasks.
  func promises() async throws(StoreError) -> [KeptPromise]
  /// Keeps promises in the place of those that were kept before, and records which are late; one that
  /// is recorded already stays as it is.
  func keep(
    _ promises: [KeptPromise], instead old: [KeptPromise], late: [LateStart]
  ) async throws(StoreError)
  /// The promises to the tasks of a job that were not kept, the first found first.
  func lateStarts(of job: JobID) async throws(StoreError) -> [LateStart]
  /// Records the states of nodes that differ from those recorded last. Rates that came into force
  /// since then, in order of time, count from then on and not from now; in no closed month.
  func record(
    nodeStates: [AccessTimeFacts.NodeChange], weighings: [AccessTimeFacts.NodeWeighing]
  ) async throws(StoreError)

  // MARK: Reading

  func sheets(_ filter: SheetFilter) async throws(StoreError) -> [JobSheet]
  /// The jobs that were given to Slurm, or of which a task was, under some ids of Slurm's, which can
  /// give an id again; in order of their numbers.
  func sheets(submittedAs slurmJobIDs: [Int64]) async throws(StoreError) -> [JobSheet]
  /// Jobs by the time of their submission, in order of their numbers.
  func history(_ page: HistoryPage) async throws(StoreError) -> [JobSheet]
  func balances() async throws(StoreError) -> [AllocationID: Balance]
  /// Entries of the allocations of projects, all in one picture: one project after the other, each
  /// in order of posting.
  func entries(of projects: [ProjectID]) async throws(StoreError) -> [Entry]
  func accessTimeFacts(
    period: Range<Instant>, system: String
  ) async throws(StoreError) -> AccessTimeFacts
  /// As ``accessTimeFacts(period:system:)``, of what was delivered by the rate that priced it. It may take
  /// minutes: each charge of the period is looked at.
  func worthFacts(period: Range<Instant>, system: String) async throws(StoreError) -> WorthFacts
  /// As ``accessTimeFacts(period:system:)``, of each month and of the whole, with how long tasks waited. It
  /// may take minutes: each run of the period is looked at.
  func availabilityFacts(
    period: Range<Instant>, system: String
  ) async throws(StoreError) -> AvailabilityFacts
  /// As ``accessTimeFacts(period:system:)``, with what a report of projects tells besides. It may take
  /// minutes: each run of the period is looked at.
  func projectsFacts(
    period: Range<Instant>, system: String
  ) async throws(StoreError) -> ProjectsFacts
  /// What the statement of a project is made of, in one picture; nothing of one that is not known.
  ///
  /// - Parameter most: of more entries only some beyond are read.
  /// - Complexity: linear in the entries that its allocations ever had.
  func statementFacts(
    of project: ProjectID, period: Range<Instant>, most: Int, system: String
  ) async throws(StoreError) -> StatementFacts
  /// As ``accessTimeFacts(period:system:)``, with when allocations were first used. It may take minutes: runs
  /// are read from the first day of the allocations that count.
  func indicatorsFacts(
    period: Range<Instant>, system: String
  ) async throws(StoreError) -> IndicatorsFacts
  /// Sums everything anew from the entries.
  func audit() async throws(StoreError) -> BooksAudit
  /// The part of ``audit()`` that reports stand on: allocations of which balance, sums by day, use or worth do
  /// not follow from their entries, in order. It may take minutes.
  func wrongBalances() async throws(StoreError) -> [AllocationID]
  /// Holds against what is under way, and no balance below zero: costs the same however old the
  /// books are.
  func glance() async throws(StoreError) -> BooksAudit
}

extension Store {
  /// Of as many entries as there are.
  package func statementFacts(
    of project: ProjectID, period: Range<Instant>, system: String
  ) async throws(StoreError) -> StatementFacts {
    try await statementFacts(of: project, period: period, most: .max, system: system)
  }

  /// Commits one start.
  package func commit(_ run: RunRecord) async throws(StoreError) -> GuardedOutcome {
    try await commit([run]).first ?? .stale
  }

  /// Performs one transition.
  package func perform(_ transition: Transition) async throws(StoreError) -> GuardedOutcome {
    try await perform([transition]).first ?? .stale
  }

  /// Entries of a project's allocations, in order of posting.
  package func entries(of project: ProjectID) async throws(StoreError) -> [Entry] {
    try await entries(of: [project])
  }

  /// One directive was performed, or has become void.
  package func finish(_ directive: Directive) async throws(StoreError) {
    try await finish([directive])
  }

  /// Cancels as the owner does.
  package func cancel(
    _ tasks: [TaskID], audit line: AuditLine?
  ) async throws(StoreError) -> [TaskID] {
    try await cancel(tasks, because: nil, audit: line)
  }
}

/// Why the store could not do what it was asked.
package enum StoreError: Error, Hashable, Sendable {
  /// Nothing happened; try again later.
  case unavailable(String)
  /// Nothing happened: the database does not let this account in as who it says it is.
  case notAdmitted(String)
  /// It may have happened: read back before anything is repeated that is not safe to repeat.
  case unknown(String)
  /// The store contradicts what the code expects: a bug, or a damaged database.
  case broken(String)
}

/// Whether a guarded write still applied.
package enum GuardedOutcome: Hashable, Sendable {
  case done
  /// The state had changed meanwhile, or it was done before; nothing was written.
  case stale
  /// The store contradicts the code in this one step: a bug. Nothing of it was written, and others
  /// of its group were not held up by it.
  case failed(String)
}

/// A job about to be accepted.
package struct NewJob: Sendable {
  package let request: JobRequest
  package let origin: JobOrigin
  package let payload: JobPayload
  /// Nil for what came through Slurm's plugin.
  package let key: SubmissionKey?
  /// When Slurm took it, of a job that runs there already; limits on what waits don't hold for it.
  package let taken: Instant?

  package init(
    request: JobRequest, origin: JobOrigin, payload: JobPayload, key: SubmissionKey?,
    taken: Instant? = nil
  ) {
    self.taken = taken
    self.request = request
    self.origin = origin
    self.payload = payload
    self.key = key
  }
}

/// What became of a request that was offered for acceptance.
package enum Acceptance: Hashable, Sendable {
  case accepted(JobRecord)
  /// The key was used before for the same content.
  case again(JobRecord)
  /// The key was used before for something else.
  case keyUsedOtherwise(JobID)
  /// As many tasks wait as a limit allows; nothing was written.
  case refused(LimitShortfall)
}

/// What Slurm needs besides the request. Can hold secrets: for the owner and administrators only,
/// never logged. Of a job that came through Slurm only uid and gid are kept.
package struct JobPayload: Hashable, Sendable {
  package let uid: UInt32
  package let gid: UInt32
  package let script: String
  package let environment: [String]
  package let workingDirectory: String
  package let standardOutput: String?
  package let standardError: String?
  package let standardInput: String?
  package let comment: String?
  /// Over all nodes, as Slurm counts tasks.
  package let taskCount: Int
  package let cpusPerTask: Int

  package init(
    uid: UInt32, gid: UInt32, script: String, environment: [String], workingDirectory: String,
    standardOutput: String?, standardError: String?, standardInput: String?, comment: String?,
    taskCount: Int, cpusPerTask: Int
  ) {
    self.uid = uid
    self.gid = gid
    self.script = script
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.standardOutput = standardOutput
    self.standardError = standardError
    self.standardInput = standardInput
    self.comment = comment
    self.taskCount = taskCount
    self.cpusPerTask = cpusPerTask
  }
}

/// What the store holds for one cycle.
package struct Snapshot: Sendable {
  package let now: Instant
  /// Without node states.
  package let state: EngineState
  /// In the order in which they were written.
  package let directives: [Directive]
  /// How far Slurm's own record was read.
  package let recordCursor: String?
  /// When the store was restored from a backup, if Slurm was not looked at in full since: nothing
  /// is to be started.
  package let restored: Instant?

  package init(
    now: Instant, state: EngineState, directives: [Directive], recordCursor: String?,
    restored: Instant? = nil
  ) {
    self.now = now
    self.state = state
    self.directives = directives
    self.recordCursor = recordCursor
    self.restored = restored
  }
}

/// What the bridge has to do, written in the transaction that decided it and performed after.
package enum Directive: Hashable, Sendable {
  case start(RunID)
  /// Cancel a task in Slurm. The id is its Slurm job's (or array's) as known when the snapshot was
  /// taken; nil while a start of it that was written earlier has not been performed yet: directives
  /// are performed in order, so that it is known by then.
  case cancel(TaskID, slurmJobID: Int64?)
  case signal(RunID, JobSignal)
  case end(RunID)
  case limit(RunID, Seconds)

  package var job: JobID {
    switch self {
    case .start(let run), .signal(let run, _), .end(let run), .limit(let run, _): run.task.job
    case .cancel(let task, _): task.job
    }
  }
}

/// What an apply needs to know besides the description.
package struct ApplyContext: Sendable {
  package let now: Instant
  package let centre: Centre
  package let balances: [AllocationID: Balance]
  /// Entries of kind grant and withdrawal so far, for the ids of the next.
  package let grantEntries: [AllocationID: Int]
  /// Projects with jobs that have not ended.
  package let busyProjects: Set<ProjectID>
  /// Nodes that runs occupy.
  package let busyNodes: Set<NodeName>
  /// Runs that are starting or running.
  package let openRuns: [RunRecord]
  /// From when on the books are open; nil if no period was closed.
  package let openFrom: Instant?
  /// Members whose account and name were erased.
  package let erased: Set<MemberID>
  /// When the last entry is effective of allocations whose end would move into the past; of those
  /// whose beginning would come earlier, if that is ahead of now.
  package var lastEntries: [AllocationID: Instant] = [:]
  /// What is taken of the standing caps, asked for where caps would become others.
  package var capUses: [CapID: CapUse] = [:]

  package init(
    now: Instant, centre: Centre, balances: [AllocationID: Balance],
    grantEntries: [AllocationID: Int], busyProjects: Set<ProjectID>, busyNodes: Set<NodeName>,
    openRuns: [RunRecord] = [], openFrom: Instant? = nil, erased: Set<MemberID> = []
  ) {
    self.erased = erased
    self.now = now
    self.centre = centre
    self.balances = balances
    self.grantEntries = grantEntries
    self.busyProjects = busyProjects
    self.busyNodes = busyNodes
    self.openRuns = openRuns
    self.openFrom = openFrom
  }
}
