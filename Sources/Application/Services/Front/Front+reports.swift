import Domain
import Reporting
package import Wire

/// Reports over all projects.
extension Front {
  /// Access time by share over UTC days, both included; the current month so far if none is named.
  /// Administrators and auditors.
  package func accessTime(
    from: String?, to: String?, _ caller: Caller
  ) async throws(Problem) -> ReportView {
    try await report(
      "access-time", instead: "see your own with `polder balance` and `polder ledger`",
      from, to, caller
    ) { period throws(StoreError) in
      AccessTimeReport(try await store.accessTimeFacts(period: period, system: settings.system))
        .report
    }
  }

  /// What was delivered is worth at the reference rate, over the same days. Administrators and auditors.
  package func worth(
    from: String?, to: String?, _ caller: Caller
  ) async throws(Problem) -> ReportView {
    try await report(
      "worth", instead: "see what your jobs are worth with `polder rate explain`", from, to, caller
    ) { period throws(StoreError) in
      WorthReport(try await store.worthFacts(period: period, system: settings.system)).report
    }
  }

  /// Availability, utilisation, waits and failed nodes, over the same days and by month. Administrators and
  /// auditors.
  package func availability(
    from: String?, to: String?, _ caller: Caller
  ) async throws(Problem) -> ReportView {
    try await report(
      "availability", instead: "see how nodes are now with `polder node list`", from, to, caller
    ) { period throws(StoreError) in
      AvailabilityReport(
        try await store.availabilityFacts(period: period, system: settings.system)
      ).report
    }
  }

  /// Projects with their allocations, over the same days. Administrators and auditors.
  package func projects(
    from: String?, to: String?, _ caller: Caller
  ) async throws(Problem) -> ReportView {
    try await report(
      "projects", instead: "see your own with `polder balance` and `polder pace`", from, to, caller
    ) { period throws(StoreError) in
      ProjectsReport(try await store.projectsFacts(period: period, system: settings.system)).report
    }
  }

  /// A report over all projects, whose reading is a line of the audit log.
  private func report(
    _ name: String, instead: String, _ from: String?, _ to: String?, _ caller: Caller,
    _ report: (Range<Instant>) async throws(StoreError) -> Report
  ) async throws(Problem) -> ReportView {
    try await requireOffice(
      caller, to: "read reports over all projects", .readReport, name, instead: instead)
    let now = try await asked { () async throws(StoreError) in try await store.now() }
    let period = try period(from: from, to: to, now: now)
    let made = try await asked { () async throws(StoreError) in try await report(period) }
    let days = "\(CivilDate(period.lowerBound)) to \(CivilDate(period.upperBound - Seconds(1)))"
    try await record(caller.line(.readReport, "\(name) \(days)"))
    return ReportView(made, made: now)
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
