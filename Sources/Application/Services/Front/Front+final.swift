import Domain
import Ledger
import Reporting
package import Wire

/// What a project's final report is written from.
extension Front {
  /// So many entries are in memory at once.
  private static let mostOfAllMonths = 1_000_000

  /// Award, use and refunds of a project's allocations, by month from the first of them until now. Whoever may
  /// see the project's money; a look by office at what is others' is a line of the audit log.
  ///
  /// - Complexity: linear in the project's entries.
  package func finalReport(
    of project: String, _ caller: Caller
  ) async throws(Problem) -> ReportView {
    let centre = try await centre()
    let now = try await now()
    // Also with what has left the description.
    let known = try await asked { () async throws(StoreError) in
      try await store.accessTimeFacts(period: now..<now, system: settings.system).centre
    }
    let inOffice = caller.role == .administrator || caller.role == .auditor
    let id: ProjectID
    if inOffice, let named = ProjectID(project), known.projects[named] != nil {
      id = named
    } else {
      id = try readableProject(project, caller, centre).id
    }
    let windows = known.allocations.values.filter { $0.project == id }.map(\.window.lowerBound)
    guard let first = windows.min(), first <= now else {
      throw Problem(
        title: "Nothing to report", status: 404, code: "no-allocation",
        detail: "no allocation of \(id) has begun", nextStep: "see `polder balance`")
    }
    let period =
      AccountingPeriod(containing: first).start..<CivilDate(now).advanced(days: 1).start
    let facts = try await statementFacts(of: id, period, most: Self.mostOfAllMonths)
    try await record(
      .readReport, "final report of project \(id)", of: [id], caller, centre)
    try Self.requireAgreement(StatementReport(facts))
    return ReportView(FinalReport(facts).report, made: now)
  }
}
