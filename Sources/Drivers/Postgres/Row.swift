/// One row. Each accessor throws `decoding` when the column is missing or of another type; those
/// that are not optional also when it is null.
package struct Row: Sendable {
  let storage: ResultStorage
  let columns: Columns
  let number: Int

  /// int2, int4, int8 or oid.
  package func int64(_ column: Column) throws(PostgresError) -> Int64 {
    try unwrap(optionalInt64(column), column)
  }

  /// int2, int4, int8 or oid; nil for null.
  package func optionalInt64(_ column: Column) throws(PostgresError) -> Int64? {
    let field = try field(column)
    guard let count = field.count else { return nil }
    guard [TypeOID.int2, TypeOID.int4, TypeOID.int8, TypeOID.oid].contains(field.type),
      let number = storage.integer(row: number, column: field.index, count: count)
    else { throw field.mismatch("an integer") }
    return field.type == TypeOID.oid ? number & 0xFFFF_FFFF : number
  }

  package func bool(_ column: Column) throws(PostgresError) -> Bool {
    try unwrap(optionalBool(column), column)
  }

  /// nil for null.
  package func optionalBool(_ column: Column) throws(PostgresError) -> Bool? {
    let field = try field(column)
    guard field.count != nil else { return nil }
    guard field.type == TypeOID.bool,
      let flag = storage.integer(row: number, column: field.index, count: 1)
    else { throw field.mismatch("a bool") }
    return flag != 0
  }

  /// text, varchar, name, json, jsonb or an enum.
  package func text(_ column: Column) throws(PostgresError) -> String {
    try unwrap(optionalText(column), column)
  }

  /// text, varchar, name, json, jsonb or an enum; nil for null.
  package func optionalText(_ column: Column) throws(PostgresError) -> String? {
    let field = try field(column)
    guard let count = field.count else { return nil }
    // jsonb is its text after one byte for the version of the format.
    let skipped = field.type == TypeOID.jsonb ? 1 : 0
    guard field.type == TypeOID.jsonb || TypeOID.isText(field.type),
      let text = storage.text(
        row: number, column: field.index, offset: skipped, count: count - skipped)
    else { throw field.mismatch("text") }
    return text
  }

  /// bytea.
  package func bytes(_ column: Column) throws(PostgresError) -> [UInt8] {
    try unwrap(optionalBytes(column), column)
  }

  /// bytea; nil for null.
  package func optionalBytes(_ column: Column) throws(PostgresError) -> [UInt8]? {
    let field = try field(column)
    guard let count = field.count else { return nil }
    guard field.type == TypeOID.bytea,
      let bytes = storage.bytes(row: number, column: field.index, count: count)
    else { throw field.mismatch("bytea") }
    return bytes
  }

  /// timestamptz, in milliseconds since 1970-01-01T00:00:00Z, rounded down; infinity is refused.
  package func timestampMilliseconds(_ column: Column) throws(PostgresError) -> Int64 {
    try unwrap(optionalTimestampMilliseconds(column), column)
  }

  /// timestamptz, in milliseconds since 1970-01-01T00:00:00Z, rounded down; nil for null, infinity
  /// is refused.
  package func optionalTimestampMilliseconds(_ column: Column) throws(PostgresError) -> Int64? {
    let field = try field(column)
    guard field.count != nil else { return nil }
    guard field.type == TypeOID.timestamptz,
      let microseconds = storage.integer(row: number, column: field.index, count: 8),
      let milliseconds = PostgresEpoch.milliseconds(microseconds: microseconds)
    else { throw field.mismatch("a finite timestamptz") }
    return milliseconds
  }

  /// date, in days since 1970-01-01; infinity is refused.
  package func daysSince1970(_ column: Column) throws(PostgresError) -> Int64 {
    try unwrap(optionalDaysSince1970(column), column)
  }

  /// date, in days since 1970-01-01; nil for null, infinity is refused.
  package func optionalDaysSince1970(_ column: Column) throws(PostgresError) -> Int64? {
    let field = try field(column)
    guard field.count != nil else { return nil }
    guard field.type == TypeOID.date,
      let days = storage.integer(row: number, column: field.index, count: 4),
      days != Int64(Int32.min), days != Int64(Int32.max)
    else { throw field.mismatch("a finite date") }
    return days + PostgresEpoch.daysAfter1970
  }

  /// int2[], int4[] or int8[] of one dimension without nulls.
  package func int64Array(_ column: Column) throws(PostgresError) -> [Int64] {
    let field = try field(column)
    guard [TypeOID.int2Array, TypeOID.int4Array, TypeOID.int8Array].contains(field.type)
    else { throw field.mismatch("an array of integers") }
    return try elements(of: field) { offset, count in
      storage.integer(row: number, column: field.index, offset: offset, count: count)
    }
  }

  /// text[], varchar[] or an enum's array of one dimension without nulls.
  package func textArray(_ column: Column) throws(PostgresError) -> [String] {
    let field = try field(column)
    let isText =
      field.type == TypeOID.textArray || field.type == TypeOID.varcharArray
      || field.type >= TypeOID.firstOfUser
    guard isText else { throw field.mismatch("an array of texts") }
    return try elements(of: field) { offset, count in
      storage.text(row: number, column: field.index, offset: offset, count: count)
    }
  }

  /// timestamptz[] of one dimension without nulls, as `timestampMilliseconds`.
  package func timestampMillisecondsArray(_ column: Column) throws(PostgresError) -> [Int64] {
    let field = try field(column)
    guard field.type == TypeOID.timestamptzArray
    else { throw field.mismatch("an array of timestamptz") }
    return try elements(of: field) { offset, count in
      storage.integer(row: number, column: field.index, offset: offset, count: count)
        .flatMap { PostgresEpoch.milliseconds(microseconds: $0) }
    }
  }

  // MARK: The bytes of a column

  private struct Field {
    let index: Int
    let type: UInt32
    let name: String
    /// nil for null.
    let count: Int?

    func mismatch(_ wanted: String) -> PostgresError {
      .decoding("column \(name) is not \(wanted) (type \(type))")
    }
  }

  private func field(_ column: Column) throws(PostgresError) -> Field {
    let index = try columns.index(of: column)
    return Field(
      index: index, type: columns.types[index], name: Self.name(column),
      count: storage.byteCount(row: number, column: index))
  }

  private static func name(_ column: Column) -> String {
    switch column {
    case .name(let name): name
    case .index(let index): String(index)
    }
  }

  private func unwrap<T>(_ value: T?, _ column: Column) throws(PostgresError) -> T {
    guard let value else { throw .decoding("column \(Self.name(column)) is null") }
    return value
  }

  /// The elements of an array in its binary form: dimensions, whether nulls are among them, type
  /// of element; size and lower bound of each dimension; then length and bytes of each element.
  private func elements<Element>(
    of field: Field, _ read: (_ offset: Int, _ count: Int) -> Element?
  ) throws(PostgresError) -> [Element] {
    func word(_ offset: Int) throws(PostgresError) -> Int {
      guard let word = storage.integer(row: number, column: field.index, offset: offset, count: 4)
      else { throw field.mismatch("a complete array without nulls") }
      return Int(word)
    }
    let dimensions = try word(0)
    if dimensions == 0 { return [] }
    guard dimensions == 1 else { throw field.mismatch("an array of one dimension") }
    let count = try word(12)
    guard count >= 0 else { throw field.mismatch("a complete array") }
    var elements: [Element] = []
    elements.reserveCapacity(min(count, field.count ?? 0))
    var offset = 20
    for _ in 0..<count {
      let length = try word(offset)
      guard let element = read(offset + 4, length) else {
        throw field.mismatch("an array without nulls")
      }
      elements.append(element)
      offset += 4 + length
    }
    return elements
  }
}

extension TypeOID {
  /// Whether the binary form of the type is its text in UTF-8.
  static func isText(_ type: UInt32) -> Bool {
    [text, varchar, name, bpchar, char, json].contains(type) || type >= firstOfUser
  }
}
