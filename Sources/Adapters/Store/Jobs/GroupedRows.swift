import Domain
import Ledger
import Lifecycle
import Postgres

/// What a group of steps writes, gathered so that many rows of one kind are one statement: each
/// execution costs Postgres more than the row does.
///
/// The meaning is that of writing each at once, in order. Runs are made, started and ended in this
/// order, then come entries, tasks and directives; what would break it is written before
/// (``mustPrecede(_:)``).
struct GroupedRows {
  private var made: [[Value]] = []
  private var started: [[Value]] = []
  private var ended: [[Value]] = []
  private var entries: [[Value]] = []
  /// The last state of each.
  private var tasks: [TaskID: (record: TaskRecord, cause: String?)] = [:]
  private var directives: [[Value]] = []
  private var finished: [[Value]] = []
  private var jobs: Set<JobID> = []

  /// Something about the job waits to be written, and whoever reads or writes of it out of order
  /// has to have it written first.
  func mustPrecede(_ job: JobID) -> Bool { jobs.contains(job) }

  mutating func make(
    _ run: RunRecord, state: String, slurmJobID: Int64?,
    allocated: [NodeName: NodeResources] = [:]
  ) {
    jobs.insert(run.id.task.job)
    let perNode = run.placement.perNode
    made.append(
      run.id.key + [
        .id(run.allocation), .text(run.placement.nodes.map(\.text).joined(separator: ",")),
        .integer(perNode.gpus), .integer(perNode.cpus), .integer(perNode.memoryMiB),
        .int64(run.weight.thousandths), .integer(run.rateVersion),
        .optionalInt64(run.hold?.milliseconds), .seconds(run.reach), .text(state),
        .instant(run.committed), .optionalInstant(run.started), .optionalInt64(slurmJobID),
        .text(Self.text(allocated)), .optionalText(run.placement.partition?.text),
        .integer(perNode.gpuThousandths),
      ])
  }

  mutating func start(
    _ run: RunID, at start: Instant, _ weight: Weight, slurmJobID: Int64, _ devices: [String],
    allocated: [NodeName: NodeResources]
  ) {
    jobs.insert(run.task.job)
    started.append(
      run.key + [
        .instant(start), .int64(weight.thousandths), .int64(slurmJobID),
        .text(devices.joined(separator: " ")), .text(Self.text(allocated)),
      ])
  }

  private static func text(_ allocated: [NodeName: NodeResources]) -> String {
    allocated.sorted { $0.key < $1.key }.map { node, share in
      "\(node.text):\(share.gpus):\(share.cpus):\(share.memoryMiB)"
        + (share.sharedThousandths.map { ":\($0)" } ?? "")
    }.joined(separator: " ")
  }

  /// - Parameter state: `ended`, or `returned` for a run that never was.
  mutating func end(_ run: RunID, as state: String, _ end: RunEnd, requeued: Bool) {
    jobs.insert(run.task.job)
    ended.append(
      run.key + [
        .text(state), .optionalInstant(end.start), .instant(end.end), .text(end.outcome.rawValue),
        .integer(end.exitCode), .integer(end.signal), .amount(end.used),
        .optionalText(end.refund?.rawValue), .bool(requeued), .amount(end.pastEnd),
      ])
  }

  /// Entries about a run that the caller has found to be allowed, booked in the month of the run.
  mutating func post(_ new: [Entry], of run: RunRecord, _ books: OpenBooks) {
    entries += new.map { $0.admitted(openFrom: books.openFrom).columns(booked: run.committed) }
  }

  /// Takes a run's hold; of a run that costs nothing there is none.
  mutating func postHold(_ run: RunRecord, _ books: OpenBooks) throws(PostgresError) {
    guard let hold = run.hold, hold > .zero else { return }
    let draft = Entry.draft(
      .hold(run.id), .hold, run.allocation, hold, run: run.id, effective: run.committed,
      now: books.now)
    guard let entry = draft.entry else { throw .encoding("the hold of \(run.id) is too large") }
    post([entry], of: run, books)
  }

  mutating func save(_ task: TaskRecord, cause: String? = nil) {
    jobs.insert(task.id.job)
    tasks[task.id] = (task, cause ?? tasks[task.id]?.cause)
  }

  /// Has the bridge start a run.
  mutating func direct(start run: RunID) {
    directives.append([.text("start")] + run.key + [.null, .null])
  }

  /// All directives about a task are over; about one run of it, if `attempt` is not nil.
  mutating func finishDirectives(of task: TaskID, attempt: Int? = nil) {
    finished.append([.null] + task.key + [.optionalInt64(attempt.map { Int64($0) }), .null])
  }

  /// Has all of it written, and is empty then.
  mutating func write(_ tx: borrowing Transaction) throws(PostgresError) {
    try tx.later(.addRuns, rows: made)
    try tx.later(.startRuns, rows: started)
    try tx.later(.endRuns, rows: ended)
    try tx.later(.postEntries, rows: entries)
    try tx.later(
      .setTasks,
      rows: tasks.values.sorted { $0.record.id < $1.record.id }
        .map { $0.record.columns(cause: $0.cause) })
    try tx.later(.addDirectives, rows: directives)
    try tx.later(.finishDirectives, rows: finished)
    self = GroupedRows()
  }
}
