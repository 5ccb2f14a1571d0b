import Domain
import Reporting
package import Wire

/// Reports over all projects.
extension Front {
  /// A report over UTC days, both included; the current month so far if none is named. Its reading is a
  /// line of the audit log. Administrators and auditors.
  package func report(
    _ kind: ReportKind, from: String?, to: String?, of part: ReportPart = .whole, _ caller: Caller
  ) async throws(Problem) -> ReportView {
    let made = try await madeReport(kind, from: from, to: to, of: part, caller)
    try await record(caller.line(.readReport, made.object))
    return ReportView(made.report, made: made.at)
  }

  /// A report, when it was made, and what the audit log calls it. The line of its reading is the caller's.
  func madeReport(
    _ kind: ReportKind, from: String?, to: String?, of part: ReportPart, _ caller: Caller
  ) async throws(Problem) -> (report: Report, at: Instant, object: String) {
    try await requireOffice(
      caller, to: "read reports over all projects", .readReport, kind.rawValue,
      instead: kind.instead)
    let now = try await asked { () async throws(StoreError) in try await store.now() }
    let period = try period(from: from, to: to, now: now)
    try Self.requireNameable(part, of: kind)
    let made = try await report(kind, period, of: part)
    let days = "\(CivilDate(period.lowerBound)) to \(CivilDate(period.upperBound - Seconds(1)))"
    let named = part.named.compactMap { name, id in id.map { " of \(name) \($0)" } }.joined()
    return (made, now, "\(kind.rawValue) \(days)\(named)")
  }

  func report(
    _ kind: ReportKind, _ period: Range<Instant>, of part: ReportPart
  ) async throws(Problem) -> Report {
    let system = settings.system
    guard kind == .accessTime else {
      return try await asked { () async throws(StoreError) in
        try await wholeReport(kind, period, system)
      }
    }
    let facts = try await asked { () async throws(StoreError) in
      try await store.accessTimeFacts(period: period, system: system)
    }
    return AccessTimeReport(facts, of: try Self.part(part, in: facts.centre)).report
  }

  private func wholeReport(
    _ kind: ReportKind, _ period: Range<Instant>, _ system: String
  ) async throws(StoreError) -> Report {
    switch kind {
    case .accessTime:
      AccessTimeReport(try await store.accessTimeFacts(period: period, system: system)).report
    case .availability:
      AvailabilityReport(try await store.availabilityFacts(period: period, system: system)).report
    case .indicators:
      IndicatorsReport(try await store.indicatorsFacts(period: period, system: system)) {
        .init(
          days: DutchCalendar.days(from: $0, to: $1),
          workingDays: DutchCalendar.workingDays(from: $0, to: $1))
      }.report
    case .projects:
      ProjectsReport(try await store.projectsFacts(period: period, system: system)).report
    case .worth:
      WorthReport(try await store.worthFacts(period: period, system: system)).report
    }
  }

  // MARK: - Parts

  /// - Parameter kind: nil of a statement, which is of a project.
  static func requireNameable(_ part: ReportPart, of kind: ReportKind?) throws(Problem) {
    let names = part.named.filter { $0.value != nil }.map(\.name)
    guard let first = names.first else { return }
    if let kind, kind != .accessTime {
      throw Problem(
        title: "No such part", status: 400, code: "invalid",
        detail: "the report \(kind.rawValue) is of all: it can't be asked for a \(first) alone",
        nextStep: "the report access-time can")
    }
    guard names.count == 1 else {
      throw Problem(
        title: "Whose report?", status: 400, code: "invalid",
        detail: "\(names.joined(separator: " and ")) are named: a report is of one of them",
        nextStep: "name one, or none for all")
    }
  }

  /// - Parameter centre: as the report has it: of a closed month, that of its closing.
  private static func part(
    _ part: ReportPart, in centre: Centre
  ) throws(Problem) -> AccessTimePart {
    if let text = part.funder {
      guard let id = FunderID(text), centre.funders[id] != nil else {
        throw unknown("funder", text, centre.funders.keys.map(\.text))
      }
      return .funder(id)
    }
    if let text = part.programme {
      guard let id = ProgrammeID(text), centre.programmes[id] != nil else {
        throw unknown("programme", text, centre.programmes.keys.map(\.text))
      }
      return .programme(id)
    }
    if let text = part.project {
      guard let id = ProjectID(text), centre.projects[id] != nil else {
        let near = Spelling.nearest(to: text, in: centre.projects.keys.map(\.text).sorted())
        throw Problem(
          title: "No such project", status: 404, code: "unknown-project",
          detail: "there is no project '\(text)' in this period"
            + (near.map { "; do you mean \($0)?" } ?? ""),
          nextStep: "see all projects with `polder report projects`")
      }
      return .project(id)
    }
    return .whole
  }

  /// Days of a report, at most: 30 years.
  private static let mostDays: Int64 = 30 * 366

  /// Whole UTC days, both included; the current month so far if none is named. They have begun, and are not
  /// more than thirty years.
  func period(
    from: String?, to: String?, now: Instant
  ) throws(Problem) -> Range<Instant> {
    let today = CivilDate(now)
    let first =
      from.map { CivilDate($0) } ?? CivilDate(year: today.year, month: today.month, day: 1)
    let last = to.map { CivilDate($0) } ?? today
    guard let first, let last else {
      throw Problem(
        title: "No such day", status: 400, code: "invalid-date",
        detail: "'\(from ?? to ?? "")' is no day; write YYYY-MM-DD")
    }
    guard first <= last else {
      throw Problem(
        title: "Empty period", status: 400, code: "invalid-date",
        detail: "\(first) is after \(last)", nextStep: "name the earlier day first")
    }
    try requireBegun(first.start, now: now)
    guard last.daysSinceEpoch - first.daysSinceEpoch < Self.mostDays else {
      throw Problem(
        title: "Too long", status: 400, code: "invalid-date",
        detail: "\(first) to \(last) are more than thirty years",
        nextStep: "name days from the first that the books have until now")
    }
    return first.start..<last.advanced(days: 1).start
  }
}

extension ReportKind {
  /// What members can do, who may not read it.
  fileprivate var instead: String {
    switch self {
    case .accessTime: "see your own with `polder balance` and `polder ledger`"
    case .availability: "see how nodes are now with `polder node list`"
    case .indicators: "see your own with `polder balance`"
    case .projects: "see your own with `polder balance` and `polder pace`"
    case .worth: "see what your jobs are worth with `polder rate explain`"
    }
  }
}
