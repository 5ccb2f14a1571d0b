/// The object ids of built-in types (`pg_type.dat`), which never change.
enum TypeOID {
  static let bool: UInt32 = 16
  static let bytea: UInt32 = 17
  static let char: UInt32 = 18
  static let name: UInt32 = 19
  static let int8: UInt32 = 20
  static let int2: UInt32 = 21
  static let int4: UInt32 = 23
  static let text: UInt32 = 25
  static let oid: UInt32 = 26
  static let json: UInt32 = 114
  static let int2Array: UInt32 = 1005
  static let int4Array: UInt32 = 1007
  static let textArray: UInt32 = 1009
  static let varcharArray: UInt32 = 1015
  static let int8Array: UInt32 = 1016
  static let bpchar: UInt32 = 1042
  static let varchar: UInt32 = 1043
  static let date: UInt32 = 1082
  static let timestamptz: UInt32 = 1184
  static let timestamptzArray: UInt32 = 1185
  static let jsonb: UInt32 = 3802
  /// From here on types belong to the user: enums among them, which are text on the wire.
  static let firstOfUser: UInt32 = 16384
}

/// Postgres counts its days and microseconds from 2000-01-01.
enum PostgresEpoch {
  static let daysAfter1970: Int64 = 10_957
  static let millisecondsAfter1970: Int64 = 946_684_800_000

  /// Microseconds since 2000 as Postgres keeps them, or nil when they don't fit 64 bits.
  static func microseconds(milliseconds: Int64) -> Int64? {
    let (shifted, underflow) = milliseconds.subtractingReportingOverflow(millisecondsAfter1970)
    let (scaled, overflow) = shifted.multipliedReportingOverflow(by: 1000)
    // The two ends stand for the infinities.
    return underflow || overflow || scaled == .min || scaled == .max ? nil : scaled
  }

  /// Milliseconds since 1970, rounded down, or nil for the infinities.
  static func milliseconds(microseconds: Int64) -> Int64? {
    guard microseconds != .min, microseconds != .max else { return nil }
    let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 1000)
    return quotient - (remainder < 0 ? 1 : 0) + millisecondsAfter1970
  }
}
