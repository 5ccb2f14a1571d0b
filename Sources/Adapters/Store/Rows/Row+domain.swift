import Domain
import Ledger
import Postgres

/// Columns as values of the domain. What is not one is a `decoding` error: a damaged database.
extension Row {
  func identifier<Kind>(_ column: String) throws(PostgresError) -> Identifier<Kind> {
    guard let identifier = Identifier<Kind>(try text(.name(column))) else {
      throw .decoding("column \(column) is no identifier")
    }
    return identifier
  }

  func optionalIdentifier<Kind>(_ column: String) throws(PostgresError) -> Identifier<Kind>? {
    guard let text = try optionalText(.name(column)) else { return nil }
    guard let identifier = Identifier<Kind>(text) else {
      throw .decoding("column \(column) is no identifier")
    }
    return identifier
  }

  func choice<Choice: RawRepresentable<String>>(
    _ column: String
  ) throws(PostgresError) -> Choice {
    guard let choice = Choice(rawValue: try text(.name(column))) else {
      throw .decoding("column \(column) is no \(Choice.self)")
    }
    return choice
  }

  func optionalChoice<Choice: RawRepresentable<String>>(
    _ column: String
  ) throws(PostgresError) -> Choice? {
    guard let text = try optionalText(.name(column)) else { return nil }
    guard let choice = Choice(rawValue: text) else {
      throw .decoding("column \(column) is no \(Choice.self)")
    }
    return choice
  }

  func integer(_ column: String) throws(PostgresError) -> Int {
    Int(try int64(.name(column)))
  }

  func amount(_ column: String) throws(PostgresError) -> GPUTime {
    GPUTime(milliseconds: try int64(.name(column)))
  }

  func optionalAmount(_ column: String) throws(PostgresError) -> GPUTime? {
    try optionalInt64(.name(column)).map { GPUTime(milliseconds: $0) }
  }

  func seconds(_ column: String) throws(PostgresError) -> Seconds {
    Seconds(try int64(.name(column)))
  }

  func instant(_ column: String) throws(PostgresError) -> Instant {
    Instant(milliseconds: try timestampMilliseconds(.name(column)))
  }

  func optionalInstant(_ column: String) throws(PostgresError) -> Instant? {
    try optionalTimestampMilliseconds(.name(column)).map { Instant(milliseconds: $0) }
  }

  func day(_ column: String) throws(PostgresError) -> CivilDate {
    CivilDate(Instant(milliseconds: try daysSince1970(.name(column)) * 86_400_000))
  }

  /// Of a column that holds a month's first day.
  func month(_ column: String) throws(PostgresError) -> AccountingPeriod {
    AccountingPeriod(containing: try day(column).start)
  }

  func optionalMonth(_ column: String) throws(PostgresError) -> AccountingPeriod? {
    try optionalDaysSince1970(.name(column)).map {
      AccountingPeriod(containing: Instant(milliseconds: $0 * 86_400_000))
    }
  }

  func resources(_ gpus: String, _ cpus: String, _ memory: String) throws(PostgresError)
    -> NodeResources
  {
    NodeResources(
      gpus: try integer(gpus), cpus: try integer(cpus), memoryMiB: try integer(memory))
  }

  /// What a job or a run has of each node.
  func perNode() throws(PostgresError) -> NodeResources {
    var share = try resources("gpus_per_node", "cpus_per_node", "memory_mib_per_node")
    share.gpuThousandths = try integer("gpu_thousandths_per_node")
    return share
  }

  /// Of the columns `job` and `task_index`.
  func taskID() throws(PostgresError) -> TaskID {
    let index = try integer("task_index")
    return TaskID(job: JobID(number: try int64("job")), index: index < 0 ? nil : index)
  }

  /// Of the columns `job`, `task_index` and `attempt`.
  func runID() throws(PostgresError) -> RunID {
    RunID(task: try taskID(), attempt: try integer("attempt"))
  }

  func balance() throws(PostgresError) -> Balance {
    Balance(
      granted: try amount("granted_gpu_ms"),
      transferredIn: try amount("transferred_in_gpu_ms"),
      transferredOut: try amount("transferred_out_gpu_ms"),
      charged: try amount("charged_gpu_ms"), refunded: try amount("refunded_gpu_ms"),
      expired: try amount("expired_gpu_ms"), held: try amount("held_gpu_ms"),
      deferred: try amount("deferred_gpu_ms"), overrun: try amount("overrun_gpu_ms"))
  }
}

/// Values of the domain as parameters.
extension Value {
  static func id<Kind>(_ id: Identifier<Kind>) -> Value { .text(id.text) }
  static func integer(_ number: Int) -> Value { .int64(Int64(number)) }
  static func amount(_ amount: GPUTime) -> Value { .int64(amount.milliseconds) }
  static func instant(_ instant: Instant) -> Value {
    .timestamp(milliseconds: instant.milliseconds)
  }
  static func optionalInstant(_ instant: Instant?) -> Value {
    .optionalTimestamp(milliseconds: instant?.milliseconds)
  }
  static func seconds(_ seconds: Seconds) -> Value { .int64(seconds.count) }
  static func day(_ day: CivilDate) -> Value { .date(daysSince1970: day.daysSinceEpoch) }
  static func optionalID<Kind>(_ id: Identifier<Kind>?) -> Value { .optionalText(id?.text) }
  /// Its first day.
  static func month(_ period: AccountingPeriod) -> Value { .day(CivilDate(period.start)) }
  static func jobs(_ jobs: some Sequence<JobID>) -> Value { .int64Array(jobs.map(\.number)) }
}

extension TaskID {
  /// The column `task_index`.
  var indexColumn: Int64 { Int64(index ?? -1) }
  /// The columns `job` and `task_index`.
  var key: [Value] { [.int64(job.number), .int64(indexColumn)] }
}

extension RunID {
  /// The columns `job`, `task_index` and `attempt`.
  var key: [Value] { task.key + [.integer(attempt)] }
}

extension Transaction {
  /// The store's clock, in whole milliseconds.
  borrowing func now() throws(PostgresError) -> Instant {
    try query(.now).only().instant("now")
  }
}
