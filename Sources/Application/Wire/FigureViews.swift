/// What a figure of a report is made of. `GET /v1/reports/KIND/figures/CELL` answers lines of JSON: the
/// first has the figure, each other one an entry.
package struct FigureLine: Codable, Equatable, Sendable {
  package var figure: FigureView?
  package var entry: FigureEntry?

  package init(figure: FigureView? = nil, entry: FigureEntry? = nil) {
    self.figure = figure
    self.entry = entry
  }
}

/// A cell of a report, and the sums of entries behind it.
package struct FigureView: Codable, Equatable, Sendable {
  /// The report's name.
  package var report: String
  /// As spreadsheets name it, in the CSV: `G3`.
  package var cell: String
  /// Its column's header.
  package var column: String
  /// As the report tells it.
  package var text: String
  /// The other cells of its row that are not empty, before the first figure: header and text.
  package var row: [Label]
  /// Half-open, milliseconds since 1970.
  package var from: Int64
  package var to: Int64
  package var asOf: Int64
  /// One for an amount, two for a percentage of two amounts; none if it is no sum of entries.
  package var sums: [Sum]

  package struct Label: Codable, Equatable, Sendable {
    package var name: String
    package var text: String

    package init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  package struct Sum: Codable, Equatable, Sendable {
    /// `awarded`, `used`, `delivered` or `refunded`.
    package var measure: String
    /// How many allocations it is of.
    package var allocations: Int
    /// Entries count that are effective from then on, milliseconds since 1970; nil for all before `to`.
    package var from: Int64?
    package var to: Int64
    /// GPU-milliseconds, before it is rounded.
    package var amount: Int64

    package init(measure: String, allocations: Int, from: Int64?, to: Int64, amount: Int64) {
      self.measure = measure
      self.allocations = allocations
      self.from = from
      self.to = to
      self.amount = amount
    }
  }

  package init(
    report: String, cell: String, column: String, text: String, row: [Label], from: Int64,
    to: Int64, asOf: Int64, sums: [Sum]
  ) {
    self.report = report
    self.cell = cell
    self.column = column
    self.text = text
    self.row = row
    self.from = from
    self.to = to
    self.asOf = asOf
    self.sums = sums
  }
}

/// An entry behind a figure.
package struct FigureEntry: Codable, Equatable, Sendable {
  package var id: String
  package var kind: String
  package var allocation: String
  package var project: String?
  package var run: String?
  /// Milliseconds since 1970.
  package var effective: Int64
  package var recorded: Int64
  /// What it has of each of the figure's sums, in GPU-milliseconds with its sign; nil of those that it is no
  /// part of.
  package var amounts: [Int64?]

  package init(
    id: String, kind: String, allocation: String, project: String?, run: String?,
    effective: Int64, recorded: Int64, amounts: [Int64?]
  ) {
    self.id = id
    self.kind = kind
    self.allocation = allocation
    self.project = project
    self.run = run
    self.effective = effective
    self.recorded = recorded
    self.amounts = amounts
  }
}
