import ArgumentParser
import Client
import Domain
import Wire

/// `polder report explain`.
struct ReportExplain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "The entries that a figure of a report is the sum of.",
    discussion: """
      For auditors and administrators. The cell is named as spreadsheets do, in the report's CSV: G3 is in \
      the seventh column, in the second row below the header. The period, and of access-time the part, are \
      given as to the report itself. What the entries sum to is held against what the report tells, to the \
      millisecond. A percentage of two amounts has the entries of both; where one of them is capacity or an entitlement, \
      those of the other. GPU-h without a rate (worth) can't be listed.

      Examples:

        polder report access-time --month 2026-11 --format csv
        polder report explain access-time G3 --month 2026-11
        polder report explain projects J2 --month 2026-11 --format csv > delivered.csv
      """)

  @Argument(help: "The report: access-time, availability, indicators, projects or worth.")
  var report: ReportKind

  @Argument(help: ArgumentHelp("The cell: G3.", valueName: "cell"))
  var cell: String

  @OptionGroup var days: PeriodOptions

  @Option(help: ArgumentHelp("Of the report of this funder.", valueName: "id"))
  var funder: String?

  @Option(help: ArgumentHelp("Of the report of this programme.", valueName: "id"))
  var programme: String?

  @Option(help: ArgumentHelp("Of the report of this project.", valueName: "id"))
  var project: String?

  @Option(help: "table, csv or json.")
  var format: FigureFormat = .table

  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let period = try days.period()
    let part = ReportPart(funder: funder, programme: programme, project: project)
    let (report, cell, format) = (report, cell, format)
    var printer = FigurePrinter(format: format)
    try await connection.client { client in
      try await client.figure(cell, in: report, from: period.from, to: period.to, of: part) {
        try printer.take($0)
      }
    }
    try printer.end()
  }
}

extension ReportKind: ExpressibleByArgument {}

/// CSV and JSON are printed as they come, a table once its widths are known.
private struct FigurePrinter {
  let format: FigureFormat
  private var figure: FigureView?
  private var gathered: [FigureEntry] = []
  private var sums: [Int64] = []
  private var count = 0

  init(format: FigureFormat) { self.format = format }

  mutating func take(_ lines: [FigureLine]) throws {
    for line in lines {
      if let figure = line.figure {
        self.figure = figure
        sums = figure.sums.map { _ in 0 }
        switch format {
        case .table: break
        case .csv: Terminal.say(FigureText.csvHeader(figure))
        case .json:
          Terminal.say("{\"figure\":")
          try printJSON(figure)
          Terminal.say(",\"entries\":[")
        }
      }
      guard let entry = line.entry else { continue }
      count += 1
      for (place, amount) in entry.amounts.enumerated() where sums.indices.contains(place) {
        sums[place] += amount ?? 0
      }
      switch format {
      case .table: gathered.append(entry)
      case .csv: Terminal.say(FigureText.csvLine(entry))
      case .json:
        if count > 1 { Terminal.say(",") }
        try printJSON(entry)
      }
    }
  }

  /// Holds the sums against the report's.
  func end() throws {
    guard let figure else { throw Failure(.unavailable, "the answer has no figure") }
    switch format {
    case .table: FigureText.table(figure, gathered).forEach(Terminal.say)
    case .csv: break
    case .json: Terminal.say("]}")
    }
    guard sums == figure.sums.map(\.amount) else {
      throw Failure(
        .unavailable,
        "the entries sum to \(sums.map(Amount.withUnit).joined(separator: " and ")), and the report "
          + "tells \(figure.sums.map { Amount.withUnit($0.amount) }.joined(separator: " and ")): "
          + "entries were booked meanwhile",
        next: "ask again; where nothing is booked, `polder admin verify`")
    }
  }
}
