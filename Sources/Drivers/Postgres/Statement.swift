/// One SQL statement with `$1`, `$2`, … for its parameters.
///
/// Each connection prepares it at its first use there and knows it by its text; so make it once,
/// from constant text, and never build values into it.
package struct Statement: Sendable, Equatable {
  package let sql: String

  package init(_ sql: String) { self.sql = sql }
}

/// A parameter. Its encoding follows the type that the prepared statement wants at that place.
package enum Value: Sendable, Equatable {
  case null
  /// Any type that Postgres reads from text: text, enums, json, numeric, uuid, …; without NUL.
  case text(String)
  /// Any integer type; the server checks the range.
  case int64(Int64)
  case bool(Bool)
  /// bytea.
  case bytes([UInt8])
  /// timestamptz, in milliseconds since 1970-01-01T00:00:00Z.
  case timestamp(milliseconds: Int64)
  /// date, in days since 1970-01-01.
  case date(daysSince1970: Int64)
  case int64Array([Int64?])
  case textArray([String?])
  case boolArray([Bool?])
  /// timestamptz[], in milliseconds since 1970-01-01T00:00:00Z.
  case timestampArray(milliseconds: [Int64?])
}

extension Value {
  /// `text`, or null for nil.
  package static func optionalText(_ text: String?) -> Value { text.map(Value.text) ?? .null }
  /// `int64`, or null for nil.
  package static func optionalInt64(_ number: Int64?) -> Value { number.map(Value.int64) ?? .null }
  /// `bool`, or null for nil.
  package static func optionalBool(_ flag: Bool?) -> Value { flag.map(Value.bool) ?? .null }
  /// `bytes`, or null for nil.
  package static func optionalBytes(_ bytes: [UInt8]?) -> Value { bytes.map(Value.bytes) ?? .null }
  /// `timestamp`, or null for nil.
  package static func optionalTimestamp(milliseconds: Int64?) -> Value {
    milliseconds.map { .timestamp(milliseconds: $0) } ?? .null
  }
  /// `date`, or null for nil.
  package static func optionalDate(daysSince1970: Int64?) -> Value {
    daysSince1970.map { .date(daysSince1970: $0) } ?? .null
  }
}
