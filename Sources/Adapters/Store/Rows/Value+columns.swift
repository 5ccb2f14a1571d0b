import Postgres

extension Value {
  /// Rows of single values as arrays, one for each column: the parameters of a statement that
  /// writes many rows. All rows have the same columns; of a column all values are of one kind, or
  /// null. Throws `encoding` for what is not.
  static func columns(of rows: [[Value]]) throws(PostgresError) -> [Value] {
    var columns: [Value] = []
    for index in (rows.first ?? []).indices {
      columns.append(try column(rows.map { $0[index] }))
    }
    return columns
  }

  private static func column(_ values: [Value]) throws(PostgresError) -> Value {
    var texts: [String?] = []
    var numbers: [Int64?] = []
    var flags: [Bool?] = []
    var instants: [Int64?] = []
    for value in values {
      switch value {
      case .null: break
      case .text(let text): texts.append(text)
      case .int64(let number): numbers.append(number)
      case .bool(let flag): flags.append(flag)
      case .timestamp(let milliseconds): instants.append(milliseconds)
      default: throw .encoding("an array can't have \(value) in it")
      }
    }
    let present = values.count { $0 != .null }
    func spread<Element>(_ elements: [Element?]) -> [Element?] {
      var rest = elements[...]
      return values.map { $0 == .null ? nil : rest.removeFirst() }
    }
    switch present {
    // Of nulls alone: Postgres reads them as of whatever type it wants.
    case texts.count: return .textArray(spread(texts))
    case numbers.count: return .int64Array(spread(numbers))
    case flags.count: return .boolArray(spread(flags))
    case instants.count: return .timestampArray(milliseconds: spread(instants))
    default: throw .encoding("the values of a column are of several kinds")
    }
  }
}
