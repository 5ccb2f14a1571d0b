import CLibpq

/// Owns one `PGresult` and copies out of it; every read is checked against the value's length.
///
/// libpq never changes a result after it has handed it out, and reading one from several threads
/// is allowed (manual, 34.20); so it may be shared.
@safe
final class ResultStorage: @unchecked Sendable {
  // Owned: made by libpq, given back in deinit. Pointers into it never leave this file.
  private let result: OpaquePointer

  /// Takes `result` over.
  @unsafe
  init(_ result: OpaquePointer) {
    unsafe self.result = result
  }

  // Nobody else holds a reference, and no pointer into the result has left this file.
  deinit { unsafe PQclear(result) }

  // `result` is alive as long as self in all the calls below; row and column numbers beyond its
  // size make libpq answer null or zero.
  var status: ExecStatusType { unsafe PQresultStatus(result) }
  var rowCount: Int { Int(unsafe PQntuples(result)) }
  var columnCount: Int { Int(unsafe PQnfields(result)) }
  var parameterTypes: [UInt32] {
    // `result` is alive as long as self.
    let count = unsafe PQnparams(result)
    return (0..<count).map { unsafe PQparamtype(result, $0) }
  }

  func columnType(_ column: Int) -> UInt32 { unsafe PQftype(result, Int32(column)) }

  func columnName(_ column: Int) -> String {
    // A zero-terminated string inside `result`, or null; copied here.
    guard let name = unsafe PQfname(result, Int32(column)) else { return "" }
    return unsafe String(cString: name)
  }

  /// Rows that the command changed; 0 for commands that change none.
  var affectedRows: Int {
    // A zero-terminated string inside `result`, empty where there is no count.
    guard let digits = unsafe PQcmdTuples(result) else { return 0 }
    return Int(unsafe String(cString: digits)) ?? 0
  }

  /// The command's name, such as `COMMIT` or `ROLLBACK`.
  var commandTag: String {
    // A zero-terminated string inside `result`.
    guard let tag = unsafe PQcmdStatus(result) else { return "" }
    return unsafe String(cString: tag)
  }

  /// One field of an error or a notice.
  func field(_ field: clibpq_field) -> String? {
    // A zero-terminated string inside `result`, or null; copied here.
    guard let text = unsafe clibpq_error_field(result, field) else { return nil }
    return unsafe String(cString: text)
  }

  /// nil for null.
  func byteCount(row: Int, column: Int) -> Int? {
    // As above.
    guard unsafe PQgetisnull(result, Int32(row), Int32(column)) == 0 else { return nil }
    return Int(unsafe PQgetlength(result, Int32(row), Int32(column)))
  }

  /// The big-endian signed integer of `count` (1, 2, 4 or 8) bytes at `offset`, or nil when the
  /// value is null or shorter.
  func integer(row: Int, column: Int, offset: Int = 0, count: Int) -> Int64? {
    unsafe withBytes(row: row, column: column, offset: offset, count: count) { bytes in
      // `bytes` holds exactly `count` bytes for the duration of this closure.
      let first = Int64(Int8(truncatingIfNeeded: unsafe bytes.first ?? 0))
      return unsafe bytes.dropFirst().reduce(first) { $0 << 8 | Int64($1) }
    }
  }

  /// `count` bytes at `offset`, or nil when the value is null or shorter.
  func bytes(row: Int, column: Int, offset: Int = 0, count: Int) -> [UInt8]? {
    // Copied before the closure returns.
    unsafe withBytes(row: row, column: column, offset: offset, count: count) { unsafe [UInt8]($0) }
  }

  /// `count` bytes at `offset` as text, or nil when the value is null, shorter or not UTF-8.
  func text(row: Int, column: Int, offset: Int = 0, count: Int) -> String? {
    unsafe withBytes(row: row, column: column, offset: offset, count: count) { bytes in
      // Copied before the closure returns.
      unsafe String(validating: bytes, as: UTF8.self)
    } ?? nil
  }

  private func withBytes<T>(
    row: Int, column: Int, offset: Int, count: Int, _ read: (UnsafeRawBufferPointer) -> T
  ) -> T? {
    guard let length = byteCount(row: row, column: column), offset >= 0, count >= 0,
      offset <= length, count <= length - offset
    else { return nil }
    // The value's `length` bytes belong to `result`, which lives as long as self; the range was
    // checked above and the pointer is not kept by any `read` in this file.
    guard let start = unsafe PQgetvalue(result, Int32(row), Int32(column)) else { return nil }
    return unsafe read(UnsafeRawBufferPointer(start: start + offset, count: count))
  }
}
