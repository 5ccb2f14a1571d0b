/// The rows that a statement returned; they are independent of their connection.
package struct Rows: Sendable, RandomAccessCollection {
  private let storage: ResultStorage
  private let columns: Columns
  /// Rows that the statement inserted, updated, deleted or selected.
  package let affectedRows: Int

  init(_ storage: ResultStorage, columns: Columns) {
    self.storage = storage
    self.columns = columns
    affectedRows = storage.affectedRows
    endIndex = storage.rowCount
  }

  package let startIndex = 0
  package let endIndex: Int

  package subscript(position: Int) -> Row {
    precondition(position >= 0 && position < endIndex, "row \(position) of \(endIndex)")
    return Row(storage: storage, columns: columns, number: position)
  }

  /// The only row. Throws `decoding` when there is none or more than one.
  package func only() throws(PostgresError) -> Row {
    guard let first, count == 1 else { throw .decoding("one row was expected, got \(count)") }
    return first
  }

  /// The only row or nil. Throws `decoding` when there is more than one.
  package func onlyOrNone() throws(PostgresError) -> Row? {
    guard count <= 1 else { throw .decoding("at most one row was expected, got \(count)") }
    return first
  }
}

/// A column of a row, by its name or its place from zero.
package enum Column: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  case name(String)
  case index(Int)

  package init(stringLiteral name: String) { self = .name(name) }
  package init(integerLiteral index: Int) { self = .index(index) }
}

/// Names and types of the columns of a prepared statement.
struct Columns: Sendable {
  let types: [UInt32]
  private let indexes: [String: Int]

  init(_ description: ResultStorage) {
    let all = 0..<description.columnCount
    types = all.map { description.columnType($0) }
    // Of columns that share a name, the first is meant.
    indexes = Dictionary(
      all.map { (description.columnName($0), $0) }, uniquingKeysWith: { first, _ in first })
  }

  func index(of column: Column) throws(PostgresError) -> Int {
    switch column {
    case .name(let name):
      guard let index = indexes[name] else { throw .decoding("there is no column \(name)") }
      return index
    case .index(let index):
      guard types.indices.contains(index) else {
        throw .decoding("there is no column \(index), the row has \(types.count)")
      }
      return index
    }
  }
}
