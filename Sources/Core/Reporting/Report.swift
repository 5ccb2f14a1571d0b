package import Domain

/// A report as typed rows have become printed cells: the same facts give the same bytes.
package struct Report: Hashable, Sendable {
  package let title: String
  package let period: Range<Instant>
  package let asOf: Instant
  /// Headers with their units.
  package let columns: [String]
  package let rows: [[String]]
  /// Definitions and denominators, one sentence each.
  package let notes: [String]
  /// Of the period, in order of time.
  package let months: [MonthStanding]
  /// What the amounts of each row are made of, by column; nothing of a cell that is no sum of entries.
  private let bases: [[Int: [FigureBasis]]]

  init(
    title: String, period: Range<Instant>, asOf: Instant, columns: [String], lines: [ReportLine],
    notes: [String], months: [MonthStanding] = []
  ) {
    bases = lines.map(\.bases)
    rows = lines.map(\.cells)
    self.months = months
    self.title = title
    self.period = period
    self.asOf = asOf
    self.columns = columns
    self.notes = notes
  }

  package init(
    title: String, period: Range<Instant>, asOf: Instant, columns: [String], rows: [[String]],
    notes: [String], months: [MonthStanding] = []
  ) {
    self.init(
      title: title, period: period, asOf: asOf, columns: columns,
      lines: rows.map { ReportLine($0, [:]) }, notes: notes, months: months)
  }

  /// What a cell is made of; nothing if it is no sum of entries.
  package func bases(row: Int, column: Int) -> [FigureBasis] {
    bases.indices.contains(row) ? bases[row][column] ?? [] : []
  }

  /// `2026-11-01/2026-11-30`: both days are in it.
  static func text(of period: Range<Instant>) -> String {
    "\(CivilDate(period.lowerBound))/\(CivilDate(period.upperBound - Seconds(1)))"
  }

  /// Canonical CSV (RFC 4180, but lines end in a single LF): a header, then the rows. A cell is
  /// quoted only where it must be.
  package var csv: String {
    ([columns] + rows).map { $0.map(Self.field).joined(separator: ",") + "\n" }.joined()
  }

  private static func field(_ text: String) -> String {
    // By bytes, since CR LF is one character and equals neither.
    guard text.utf8.contains(where: { ",\"\n\r".utf8.contains($0) }) else { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}

/// A part of a whole, printed once: per cent with two decimals, rounded half away from zero.
package struct Percentage: Hashable, Sendable {
  /// Hundredths of a per cent; nil where the whole is zero and nothing can be said.
  package let basisPoints: Int64?

  package init(basisPoints: Int64?) { self.basisPoints = basisPoints }

  /// `part` of `whole`, rounded half away from zero; nil of nothing.
  package init(_ part: GPUTime, of whole: GPUTime) {
    self.init(milliseconds: part.milliseconds, of: whole.milliseconds)
  }

  /// As `init(_:of:)` of GPU time.
  package init(_ part: NodeTime, of whole: NodeTime) {
    self.init(milliseconds: part.milliseconds, of: whole.milliseconds)
  }

  private init(milliseconds part: Int64, of whole: Int64) {
    guard whole > 0 else {
      basisPoints = nil
      return
    }
    let (high, low) = part.magnitude.multipliedFullWidth(by: 20_000)
    let divisor = whole.magnitude * 2
    guard high < divisor else {
      basisPoints = nil
      return
    }
    let doubled = divisor.dividingFullWidth((high, low))
    let rounded = Int64(doubled.quotient) + (doubled.remainder >= divisor / 2 ? 1 : 0)
    basisPoints = part < 0 ? -rounded : rounded
  }

  /// `12.34`, or nothing where nothing can be said.
  package var text: String {
    guard let basisPoints else { return "" }
    let magnitude = basisPoints.magnitude
    let fraction = magnitude % 100
    return (basisPoints < 0 ? "-" : "")
      + "\(magnitude / 100).\(fraction < 10 ? "0" : "")\(fraction)"
  }
}
