import Domain
import Ledger
import Reporting
package import Wire

/// What figures of reports are made of.
extension Front {
  /// So many entries are in memory at once.
  private static let figurePage = 5_000

  /// The entries behind a figure of a report, in order of posting: a line with the figure, then one for
  /// each entry. Administrators and auditors; a line of the audit log.
  ///
  /// - Parameters:
  ///   - cell: as spreadsheets name it, in the report's CSV: `G3`.
  ///   - take: gets the lines page by page; false ends it.
  /// - Complexity: linear in all entries of the ledger. Memory is that of a page.
  package func figure(
    _ cell: String, in kind: ReportKind, from: String?, to: String?, of part: ReportPart = .whole,
    _ caller: Caller, take: ([FigureLine]) throws(Problem) -> Bool
  ) async throws(Problem) {
    let made = try await madeReport(kind, from: from, to: to, of: part, caller)
    let place = try Self.place(cell, in: made.report)
    let bases = made.report.bases(row: place.row, column: place.column)
    try await record(
      caller.line(.readReport, made.object, detail: "the entries behind cell \(place)"))
    guard try take([FigureLine(figure: FigureView(made.report, kind, place, bases))]),
      let end = bases.map(\.to).max()
    else { return }
    let isOfPeriod = bases.allSatisfy { $0.from != nil }
    let centre = try await asked { () async throws(StoreError) in
      // It knows what has left the description as well.
      try await store.accessTimeFacts(period: made.at..<made.at, system: settings.system).centre
    }
    var filter = EntryFilter(
      allocations: bases.reduce(into: []) { $0.formUnion($1.allocations) },
      effectiveFrom: isOfPeriod ? bases.compactMap(\.from).min() : nil, effectiveTo: end,
      // What was booked since the report was made is in none of its figures.
      recordedBefore: Instant(milliseconds: made.at.milliseconds + 1), limit: Self.figurePage)
    while true {
      let asked = filter
      let page = try await self.asked { () async throws(StoreError) in
        try await store.entries(asked)
      }
      guard try take(page.entries.compactMap({ FigureLine(entry: $0, bases, centre) })),
        let next = page.next
      else { return }
      filter.after = next
    }
  }

  private static func place(
    _ text: String, in report: Report
  ) throws(Problem) -> CellReference {
    let last = CellReference(row: report.rows.count - 1, column: report.columns.count - 1)
    guard let place = CellReference(text) else {
      throw Problem(
        title: "No such cell", status: 400, code: "invalid",
        detail:
          "'\(text)' is no cell: write its column and its row as spreadsheets do, G3; the header "
          + "is row 1")
    }
    guard report.rows.indices.contains(place.row), report.columns.indices.contains(place.column)
    else {
      throw Problem(
        title: "No such cell", status: 404, code: "unknown-cell",
        detail: report.rows.isEmpty
          ? "the report has no rows"
          : "the report has no cell \(place): it goes from A2 to \(last)",
        nextStep: "see its CSV: `polder report … --format csv`")
    }
    return place
  }
}

extension FigureView {
  fileprivate init(
    _ report: Report, _ kind: ReportKind, _ place: CellReference, _ bases: [FigureBasis]
  ) {
    let cells = zip(report.columns, report.rows[place.row])
    self.init(
      report: kind.rawValue, cell: "\(place)", column: report.columns[place.column],
      text: report.rows[place.row][place.column],
      row: cells.prefix { !$0.0.contains("GPU-h") && $0.0 != report.columns[place.column] }
        .filter { !$0.1.isEmpty }.map { Label(name: $0.0, text: $0.1) },
      from: report.period.lowerBound.milliseconds, to: report.period.upperBound.milliseconds,
      asOf: report.asOf.milliseconds,
      sums: bases.map {
        Sum(
          measure: $0.measure.rawValue, allocations: $0.allocations.count,
          from: $0.from?.milliseconds, to: $0.to.milliseconds, amount: $0.sum.milliseconds)
      })
  }
}

extension FigureLine {
  /// Nil for what is part of none.
  fileprivate init?(entry: Entry, _ bases: [FigureBasis], _ centre: Centre) {
    let amounts = bases.map { $0.part(of: entry)?.milliseconds }
    guard amounts.contains(where: { $0 != nil }) else { return nil }
    self.init(
      entry: FigureEntry(
        id: entry.id.text, kind: entry.kind.rawValue, allocation: entry.allocation.text,
        project: centre.allocations[entry.allocation]?.project.text,
        run: entry.run.map { "\($0)" }, effective: entry.effective.milliseconds,
        recorded: entry.recorded.milliseconds, amounts: amounts))
  }
}
