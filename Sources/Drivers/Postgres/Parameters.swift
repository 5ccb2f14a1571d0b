/// A set of parameters as libpq wants it: all bytes in one buffer, each parameter followed by a
/// zero, which libpq asks for after text and ignores after binary.
struct Parameters {
  /// One parameter's place in `bytes`.
  struct Place {
    var offset: Int
    var count: Int
    var isBinary: Bool
  }

  private(set) var bytes: [UInt8] = []
  /// nil for null.
  private(set) var places: [Place?] = []

  /// Encodes `values` for the parameter types `types`, or throws `encoding`.
  init(_ values: [Value], types: [UInt32]) throws(PostgresError) {
    guard values.count == types.count else {
      throw .encoding("the statement wants \(types.count) parameters, got \(values.count)")
    }
    places.reserveCapacity(values.count)
    for (value, type) in zip(values, types) {
      try append(value, type: type)
    }
  }

  private mutating func append(_ value: Value, type: UInt32) throws(PostgresError) {
    switch value {
    case .null: places.append(nil)
    case .text(let text):
      try checkText(text)
      appendText(text)
    case .int64(let number) where type == TypeOID.int8: appendBinary { $0.appendBigEndian(number) }
    case .int64(let number): appendText(String(number))
    case .bool(let flag): appendText(flag ? "t" : "f")
    case .bytes(let content):
      try require(type, TypeOID.bytea, "bytes")
      appendBinary { $0.append(contentsOf: content) }
    case .timestamp(let milliseconds):
      try require(type, TypeOID.timestamptz, "a timestamp")
      let microseconds = try self.microseconds(milliseconds)
      appendBinary { $0.appendBigEndian(microseconds) }
    case .date(let days):
      try require(type, TypeOID.date, "a date")
      let (shifted, overflow) = days.subtractingReportingOverflow(PostgresEpoch.daysAfter1970)
      guard !overflow, let day = Int32(exactly: shifted) else {
        throw .encoding("parameter \(ordinal) is out of the range of a date")
      }
      appendBinary { $0.appendBigEndian(day) }
    case .int64Array(let numbers) where type == TypeOID.int8Array:
      appendArray(of: TypeOID.int8, numbers) { bytes, number in
        bytes.appendBigEndian(Int32(8))
        bytes.appendBigEndian(number)
      }
    case .int64Array(let numbers): appendText(Self.literal(numbers) { String($0) })
    case .boolArray(let flags): appendText(Self.literal(flags) { $0 ? "t" : "f" })
    case .textArray(let texts):
      for text in texts { if let text { try checkText(text) } }
      appendTextArray(texts, type: type)
    case .timestampArray(let instants):
      try require(type, TypeOID.timestamptzArray, "timestamps")
      var converted: [Int64?] = []
      converted.reserveCapacity(instants.count)
      for instant in instants {
        guard let instant else {
          converted.append(nil)
          continue
        }
        converted.append(try microseconds(instant))
      }
      appendArray(of: TypeOID.timestamptz, converted) { bytes, number in
        bytes.appendBigEndian(Int32(8))
        bytes.appendBigEndian(number)
      }
    }
  }

  /// `$1`, `$2`, …: the parameter that is being appended.
  private var ordinal: String { "$\(places.count + 1)" }

  private func require(
    _ type: UInt32, _ wanted: UInt32, _ what: String
  ) throws(PostgresError) {
    guard type == wanted else {
      throw .encoding("parameter \(ordinal) is \(what), the statement wants type \(type)")
    }
  }

  private func checkText(_ text: String) throws(PostgresError) {
    guard !text.utf8.contains(0) else {
      throw .encoding("parameter \(ordinal) contains a NUL, which Postgres can't store")
    }
  }

  private func microseconds(_ milliseconds: Int64) throws(PostgresError) -> Int64 {
    guard let microseconds = PostgresEpoch.microseconds(milliseconds: milliseconds) else {
      throw .encoding("parameter \(ordinal) is out of the range of a timestamp")
    }
    return microseconds
  }

  private mutating func appendText(_ text: String) {
    append(isBinary: false) { $0.append(contentsOf: text.utf8) }
  }

  private mutating func appendBinary(_ write: (inout [UInt8]) -> Void) {
    append(isBinary: true, write)
  }

  private mutating func append(isBinary: Bool, _ write: (inout [UInt8]) -> Void) {
    let offset = bytes.count
    write(&bytes)
    places.append(Place(offset: offset, count: bytes.count - offset, isBinary: isBinary))
    bytes.append(0)
  }

  private mutating func appendTextArray(_ texts: [String?], type: UInt32) {
    guard type == TypeOID.textArray else {
      return appendText(Self.literal(texts, Self.quoted))
    }
    appendArray(of: TypeOID.text, texts) { bytes, text in
      bytes.appendBigEndian(Int32(text.utf8.count))
      bytes.append(contentsOf: text.utf8)
    }
  }

  /// The binary form of an array of one dimension (`array_send` in Postgres's arrayfuncs.c).
  private mutating func appendArray<Element>(
    of element: UInt32, _ elements: [Element?], _ write: (inout [UInt8], Element) -> Void
  ) {
    appendBinary { bytes in
      bytes.appendBigEndian(Int32(elements.isEmpty ? 0 : 1))
      bytes.appendBigEndian(Int32(elements.contains { $0 == nil } ? 1 : 0))
      bytes.appendBigEndian(element)
      guard !elements.isEmpty else { return }
      bytes.appendBigEndian(Int32(elements.count))
      bytes.appendBigEndian(Int32(1))
      for one in elements {
        if let one { write(&bytes, one) } else { bytes.appendBigEndian(Int32(-1)) }
      }
    }
  }

  /// The text form of an array, for types of which the binary form isn't known here.
  private static func literal<Element>(
    _ elements: [Element?], _ write: (Element) -> String
  ) -> String {
    "{" + elements.map { $0.map(write) ?? "NULL" }.joined(separator: ",") + "}"
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { quoted.append("\\") }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}

extension [UInt8] {
  mutating func appendBigEndian<Number: FixedWidthInteger>(_ number: Number) {
    var shift = Number.bitWidth
    while shift > 0 {
      shift -= 8
      append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }
}
