import Domain
import Reporting
package import Wire

/// Reports over all projects.
extension Front {
  /// A report over UTC days, both included; the current month so far if none is named. Its reading is a
  /// line of the audit log. Administrators and auditors.
  package func report(
    _ kind: ReportKind, from: String?, to: String?, _ caller: Caller
  ) async throws(Problem) -> ReportView {
    try await requireOffice(
      caller, to: "read reports over all projects", .readReport, kind.rawValue,
      instead: kind.instead)
    let now = try await asked { () async throws(StoreError) in try await store.now() }
    let period = try period(from: from, to: to, now: now)
    let made = try await asked { () async throws(StoreError) in try await report(kind, period) }
    let days = "\(CivilDate(period.lowerBound)) to \(CivilDate(period.upperBound - Seconds(1)))"
    try await record(caller.line(.readReport, "\(kind.rawValue) \(days)"))
    return ReportView(made, made: now)
  }

  private func report(
    _ kind: ReportKind, _ period: Range<Instant>
  ) async throws(StoreError) -> Report {
    let system = settings.system
    switch kind {
    case .accessTime:
      return AccessTimeReport(try await store.accessTimeFacts(period: period, system: system))
        .report
    case .availability:
      return AvailabilityReport(
        try await store.availabilityFacts(period: period, system: system)
      ).report
    case .projects:
      return ProjectsReport(try await store.projectsFacts(period: period, system: system)).report
    case .worth:
      return WorthReport(try await store.worthFacts(period: period, system: system)).report
    }
  }

  /// Whole UTC days, both included; the current month so far if none is named.
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
    return first.start..<last.advanced(days: 1).start
  }
}

extension ReportKind {
  /// What members can do, who may not read it.
  fileprivate var instead: String {
    switch self {
    case .accessTime: "see your own with `polder balance` and `polder ledger`"
    case .availability: "see how nodes are now with `polder node list`"
    case .projects: "see your own with `polder balance` and `polder pace`"
    case .worth: "see what your jobs are worth with `polder rate explain`"
    }
  }
}
