import CLibpq
import CPosix
import Glibc
import Threads

/// One libpq connection: sends, waits with a deadline, receives. Knows nothing of transactions.
///
/// It is used by one thread at a time, that of its owner. libpq is put into non-blocking mode and
/// all waiting is `poll` here, so that a server that keeps silent can't hold the thread for ever.
@safe
final class Link {
  /// Owned: made in `init`, given back in deinit.
  private let connection: OpaquePointer
  private let notices: NoticeSink
  private let statementTimeoutMilliseconds: Int64
  private let graceMilliseconds: Int64
  /// How long the server may keep silent before it is given up; nil for ever.
  private var patienceMilliseconds: Int64?
  /// The connection is of no more use; the reason it was given up for.
  private(set) var failure: String?
  /// The SQLSTATE with which the server announced the end of the connection; nil when it ended
  /// without a word.
  private(set) var announcedState: String?
  /// Ends the statement that runs, from any thread.
  let interrupter: Interrupter

  /// Connects. Throws `unavailable`.
  init(_ configuration: PostgresConfiguration) throws(PostgresError) {
    let deadline = Deadline.milliseconds(configuration.connectTimeoutMilliseconds)
    notices = NoticeSink(configuration.onNotice)
    statementTimeoutMilliseconds = configuration.statementTimeoutMilliseconds
    graceMilliseconds = configuration.graceMilliseconds
    guard let started = unsafe Self.start(configuration) else {
      throw .unavailable(reason: "out of memory")
    }
    unsafe connection = started
    interrupter = Interrupter()
    expect(statementTimeout: nil)
    // `notices` lives as long as self and thus until after PQfinish; libpq keeps its address.
    unsafe PQsetNoticeReceiver(
      connection, NoticeSink.receive, Unmanaged.passUnretained(notices).toOpaque())
    do {
      try connect(before: deadline)
      _ = try run(script: configuration.settings, before: deadline)
      // Owned by the interrupter from here on; null only without memory.
      unsafe interrupter.take(PQgetCancel(connection))
    } catch {
      throw .unavailable(reason: Self.reason(error))
    }
  }

  // The last owner is gone, so nobody is inside a call.
  deinit { unsafe PQfinish(connection) }

  @unsafe
  private static func start(_ configuration: PostgresConfiguration) -> OpaquePointer? {
    // A dbname that is a connection string is expanded; what stands after it overrides it.
    let keywords = ["fallback_application_name", "dbname", "client_encoding"]
    let values = [configuration.applicationName, configuration.conninfo, "UTF8"]
    return unsafe withCStrings(keywords) { keywords in
      unsafe withCStrings(values) { values in
        // Both arrays end with a null and, like their strings, outlive the call, which copies.
        unsafe PQconnectStartParams(keywords, values, 1)
      }
    }
  }

  /// Says how long the server lets a statement run from here on, in milliseconds, 0 for ever; nil as the
  /// connection was configured.
  func expect(statementTimeout: Int64?) {
    let timeout = statementTimeout ?? statementTimeoutMilliseconds
    patienceMilliseconds = timeout > 0 ? timeout + graceMilliseconds : nil
  }

  private func connect(before deadline: Deadline) throws(PostgresError) {
    // `connection` is alive as long as self here and in all the calls below.
    guard unsafe PQstatus(connection) != CONNECTION_BAD else { throw lost() }
    var progress = PGRES_POLLING_WRITING
    while progress != PGRES_POLLING_OK {
      switch progress {
      case PGRES_POLLING_READING: try wait(forWriting: false, before: deadline)
      case PGRES_POLLING_WRITING: try wait(forWriting: true, before: deadline)
      case PGRES_POLLING_FAILED: throw lost()
      default: break
      }
      progress = unsafe PQconnectPoll(connection)
    }
    guard unsafe PQsetnonblocking(connection, 1) == 0 else { throw lost() }
  }

  // MARK: Sending

  /// Runs one or several statements without parameters; the last result.
  func run(
    script: String, before deadline: Deadline? = nil
  ) throws(PostgresError) -> ResultStorage? {
    // The string is zero-terminated for the duration of the call, which copies it.
    try queued(unsafe PQsendQuery(connection, script))
    return try lastResult(before: deadline)
  }

  /// Prepares `sql` under `name`; the description of its parameters and columns.
  func prepare(
    _ sql: String, name: String
  ) throws(PostgresError) -> ResultStorage {
    // The strings are zero-terminated for the duration of the call, which copies them.
    try queued(unsafe PQsendPrepare(connection, name, sql, 0, nil))
    _ = try lastResult()
    // As above.
    try queued(unsafe PQsendDescribePrepared(connection, name))
    guard let description = try lastResult() else {
      throw broken("a statement has no description")
    }
    return description
  }

  /// Queues one execution of a prepared statement.
  func send(_ name: String, _ parameters: Parameters) throws(PostgresError) {
    let places = parameters.places
    let lengths = places.map { Int32($0?.count ?? 0) }
    let formats = places.map { Int32($0?.isBinary == true ? 1 : 0) }
    let status = unsafe parameters.bytes.withUnsafeBytes { bytes in
      // Each pointer is to the first byte of a value within `bytes`, which is alive for the whole
      // closure, holds `lengths` bytes from there, and then a zero.
      let start = unsafe bytes.bindMemory(to: CChar.self).baseAddress
      let values = unsafe places.map { place in
        unsafe place.flatMap { place in unsafe start.map { unsafe $0 + place.offset } }
      }
      // The call copies all it is given; 1 asks for binary results.
      return unsafe PQsendQueryPrepared(
        connection, name, Int32(places.count), values, lengths, formats, 1)
    }
    try queued(status)
  }

  /// Begins pipelining: results come in the order of what was sent, with a mark for each `sync`.
  func enterPipeline() throws(PostgresError) { try queued(unsafe PQenterPipelineMode(connection)) }

  /// Asks the server to answer all that was sent so far.
  func sync() throws(PostgresError) { try queued(unsafe PQpipelineSync(connection)) }

  /// Ends pipelining; all results must have been received.
  func exitPipeline() throws(PostgresError) { try queued(unsafe PQexitPipelineMode(connection)) }

  private func queued(_ status: Int32) throws(PostgresError) {
    guard status == 1 else { throw lost() }
  }

  // MARK: Receiving

  /// The last result of the command; throws the first error among them, after all have come.
  func lastResult(before deadline: Deadline? = nil) throws(PostgresError) -> ResultStorage? {
    var last: ResultStorage?
    var refusal: PostgresError?
    while let result = try nextResult(before: deadline) {
      if let error = try error(in: result) { refusal = refusal ?? error }
      last = result
    }
    if let refusal { throw refusal }
    return last
  }

  /// The next result, or nil at the end of a command. Without a deadline, each result has the time
  /// that one statement has.
  func nextResult(before limit: Deadline? = nil) throws(PostgresError) -> ResultStorage? {
    if let failure { throw .connectionLost(reason: failure) }
    let deadline = limit ?? patienceMilliseconds.map { .milliseconds($0) } ?? .never
    while true {
      // What is queued must leave before an answer can come; libpq may take it piecemeal.
      let unsent = unsafe PQflush(connection)
      if unsent < 0 { throw lost() }
      if unsafe PQisBusy(connection) == 0 { break }
      try wait(forWriting: unsent > 0, before: deadline)
      if unsafe PQconsumeInput(connection) == 0 { throw lost() }
    }
    // A result that is not null is ours to own.
    guard let result = unsafe PQgetResult(connection) else { return nil }
    return unsafe ResultStorage(result)
  }

  /// The server's refusal in a result, or nil when it is none; throws when the connection ended.
  func error(in result: ResultStorage) throws(PostgresError) -> PostgresError? {
    switch result.status {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY, PGRES_PIPELINE_SYNC: return nil
    // The statements after a refused one, of which the refusal has come already.
    case PGRES_PIPELINE_ABORTED: return nil
    case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
      throw broken("COPY is not supported")
    default: break
    }
    let diagnostics = Diagnostics(result)
    // An error without a SQLSTATE is libpq's own: the connection is gone.
    let severity = result.field(clibpq_severity)
    if severity == nil || severity == "FATAL" || severity == "PANIC" {
      if severity != nil { announcedState = announcedState ?? diagnostics.sqlState }
      throw broken(severity == nil ? message : diagnostics.message)
    }
    return diagnostics.sqlState == "57014" ? .timedOut : .server(diagnostics)
  }

  /// Whether a transaction is open and sound.
  var isInTransaction: Bool { unsafe PQtransactionStatus(connection) == PQTRANS_INTRANS }

  /// Whether no transaction is open.
  var isIdle: Bool { unsafe PQtransactionStatus(connection) == PQTRANS_IDLE }

  // MARK: Notifications

  /// Waits for ever; true when notifications may have come, false when `stop` can be read. Throws
  /// `connectionLost`.
  func waitForNotifications(orStop stop: Int32) throws(PostgresError) -> Bool {
    let socket = unsafe PQsocket(connection)
    guard socket >= 0 else { throw lost() }
    let status = cposix_wait_ready(socket, 0, stop, -1)
    guard status > 0 || status == -EINTR else { throw broken("poll failed") }
    if cposix_wait_readable(stop, 0) > 0 { return false }
    if unsafe PQconsumeInput(connection) == 0 { throw lost() }
    return true
  }

  /// The next notification that was received, or nil.
  func nextNotification() -> (channel: String, payload: String)? {
    // A block that is ours to free, with two zero-terminated strings inside; copied here.
    guard let notification = unsafe PQnotifies(connection) else { return nil }
    defer { unsafe PQfreemem(notification) }
    return unsafe (
      String(cString: notification.pointee.relname), String(cString: notification.pointee.extra)
    )
  }

  // MARK: Waiting and losing

  private func wait(forWriting: Bool, before deadline: Deadline) throws(PostgresError) {
    let socket = unsafe PQsocket(connection)
    guard socket >= 0 else { throw lost() }
    while true {
      let status = cposix_wait_ready(socket, forWriting ? 1 : 0, -1, deadline.pollMilliseconds)
      if status > 0 { return }
      if status == 0 { throw broken("the server keeps silent") }
      if status != -EINTR { throw broken("poll failed with errno \(-status)") }
    }
  }

  private func lost() -> PostgresError { broken(message) }

  /// Gives the connection up.
  func broken(_ reason: String) -> PostgresError {
    failure = failure ?? reason
    return .connectionLost(reason: failure ?? reason)
  }

  /// libpq's last message on one line; it never contains the password.
  private var message: String {
    // A zero-terminated string that belongs to `connection`; copied here.
    guard let text = unsafe PQerrorMessage(connection) else { return "no reason known" }
    let lines = unsafe String(cString: text).split(whereSeparator: \.isNewline)
      .map { $0.drop(while: \.isWhitespace) }
    return lines.isEmpty ? "no reason known" : lines.joined(separator: "; ")
  }

  private static func reason(_ error: PostgresError) -> String {
    if case .connectionLost(let reason) = error { reason } else { "\(error)" }
  }
}

/// The strings as a null-terminated array of zero-terminated strings, for the duration of `body`.
@unsafe
private func withCStrings<T>(
  _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> T
) -> T {
  // One buffer for all; the pointers into it are valid within the closure only.
  var bytes: [CChar] = []
  var offsets: [Int] = []
  for string in strings {
    offsets.append(bytes.count)
    bytes.append(contentsOf: string.utf8CString)
  }
  return unsafe bytes.withUnsafeBufferPointer { buffer in
    let pointers = unsafe offsets.map { offset in
      unsafe buffer.baseAddress.map { unsafe $0 + offset }
    }
    return unsafe (pointers + [nil]).withUnsafeBufferPointer { unsafe body($0.baseAddress) }
  }
}
