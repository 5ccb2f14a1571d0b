import ArgumentParser
import Client
import Documents
import Domain
import Wire

struct Report: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Reports for funders and administrators, and statements of projects.",
    subcommands: [
      AccessTime.self, Availability.self, Indicators.self, Projects.self, Worth.self,
      ReportStatement.self, ReportFinal.self, ReportSeal.self, ReportVerify.self,
      ReportExplain.self,
    ])
}

struct AccessTime: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "access-time",
    abstract: "Access time by funder and access mode over a period.",
    discussion: """
      For auditors and administrators. The period is the current month so far, a month (--month), \
      or whole days in UTC, --from and --to included. Of one funder, programme or project it has the \
      rows of the whole that are about it.

      Examples:

        polder report access-time
        polder report access-time --month 2026-11 --format csv > november.csv
        polder report access-time --from 2026-10-01 --to 2026-12-31
        polder report access-time --month 2026-11 --funder ezk
      """)

  @Option(help: ArgumentHelp("Only this funder, with the whole machine below.", valueName: "id"))
  var funder: String?

  @Option(help: ArgumentHelp("Only this programme.", valueName: "id"))
  var programme: String?

  @Option(help: ArgumentHelp("Only this project.", valueName: "id"))
  var project: String?

  @OptionGroup var options: ReportOptions

  mutating func run() async throws {
    try await options.run(
      .accessTime, of: ReportPart(funder: funder, programme: programme, project: project))
  }
}

struct Availability: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "availability",
    abstract: "How far the machine was there and was used, and how long tasks waited.",
    discussion: """
      For auditors and administrators: nodes, capacity, downtime, availability and utilisation, waits \
      (half of the tasks, and 95 of 100, waited no longer) by access mode, and runs that a failed node \
      ended; by month, and over the period if it meets several. On large books it may take minutes.

      Examples:

        polder report availability --month 2026-11
        polder report availability --from 2026-10-01 --to 2026-12-31 --format csv > quarter.csv
      """)

  @OptionGroup var options: ReportOptions

  mutating func run() async throws {
    try await options.run(.availability)
  }
}

struct Indicators: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "indicators",
    abstract: "Who uses the AI factory, by sector and type of organisation.",
    discussion: """
      For auditors and administrators: organisations that are new and that came back, what they were \
      awarded and used, how soon they began, and who moved on to a larger access mode. On large books it \
      may take minutes.

      Example:

        polder report indicators --from 2026-10-01 --to 2026-12-31 --format csv > quarter.csv
      """)

  @OptionGroup var options: ReportOptions

  mutating func run() async throws {
    try await options.run(.indicators)
  }
}

struct Projects: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "projects",
    abstract: "Projects with their allocations: awards, use, pace, and final reports due.",
    discussion: """
      For auditors and administrators: one row for each allocation, sums by funder and of all. On large \
      books it may take minutes.

      Example:

        polder report projects --month 2026-11 --format csv > projects.csv
      """)

  @OptionGroup var options: ReportOptions

  mutating func run() async throws {
    try await options.run(.projects)
  }
}

struct Worth: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worth",
    abstract: "What was delivered is worth in euros, at the reference rate.",
    discussion: """
      For auditors and administrators: figures for pay-per-use and for aid in kind, one row for each \
      allocation that something was delivered to, by the rate card that priced each run. Nothing is \
      owed by it, and the books are in GPU time alone.

      Example:

        polder report worth --month 2026-11 --format csv > worth.csv
      """)

  @OptionGroup var options: ReportOptions

  mutating func run() async throws {
    try await options.run(.worth)
  }
}

/// The days that a report is of.
struct PeriodOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A whole month.", valueName: "YYYY-MM"))
  var month: String?

  @Option(help: ArgumentHelp("The first day.", valueName: "YYYY-MM-DD"))
  var from: String?

  @Option(help: ArgumentHelp("The last day.", valueName: "YYYY-MM-DD"))
  var to: String?

  func period() throws(Failure) -> Period {
    try Period(month: month, from: from, to: to, now: Clock.current().now)
  }
}

/// What every report over days takes.
struct ReportOptions: ParsableArguments {
  @OptionGroup var days: PeriodOptions

  @Option(
    help: "table, csv (the canonical bytes), json, or html (one page, for reading and printing).")
  var format: ReportFormat = .table

  @OptionGroup var connection: Connection

  func run(_ kind: ReportKind, of part: ReportPart = .whole) async throws {
    let period = try days.period()
    let report = try await connection.client { client in
      try await client.report(kind, from: period.from, to: period.to, of: part)
    }
    try format.print(report, of: kind)
  }
}

extension ReportFormat {
  /// - Parameter kind: nil of a statement.
  func print(_ report: ReportView, of kind: ReportKind?) throws {
    switch self {
    case .json: try printJSON(report)
    case .csv: Terminal.say(report.csv.hasSuffix("\n") ? String(report.csv.dropLast()) : report.csv)
    case .html: Terminal.say(String(ReportPage(report, of: kind).html.dropLast()))
    case .table: ReportText(report, .current()).lines.forEach(Terminal.say)
    }
  }
}

/// Whole days in UTC, the last included.
struct Period: Equatable {
  let from: String
  let to: String

  /// Without a word the current month so far.
  init(month: String?, from: String?, to: String?, now: Int64) throws(Failure) {
    let first: CivilDate
    let last: CivilDate
    if let month {
      guard from == nil, to == nil else {
        throw Failure(.usage, "--month stands alone; or give --from and --to")
      }
      guard let day = CivilDate("\(month)-01") else {
        throw Failure(.usage, "--month \(month) is no month: write it like 2026-11")
      }
      first = day
      last = Self.lastDay(ofMonth: day)
    } else {
      let today = CivilDate(Instant(milliseconds: now))
      first = try Self.day(from) ?? today.advanced(days: Int64(1 - today.day))
      last = try Self.day(to) ?? today
    }
    guard first <= last else {
      throw Failure(
        .usage, "the period from \(first) to \(last) is empty",
        next: "give the earlier day to --from and the later to --to, or a month to --month")
    }
    self.from = first.description
    self.to = last.description
  }

  private static func day(_ text: String?) throws(Failure) -> CivilDate? {
    guard let text else { return nil }
    guard let day = CivilDate(text) else {
      throw Failure(.usage, "\(text) is no day: write it like 2026-11-24")
    }
    return day
  }

  private static func lastDay(ofMonth first: CivilDate) -> CivilDate {
    first.advanced(days: Int64(CivilDate.days(inMonth: first.month, ofYear: first.year) - 1))
  }
}
