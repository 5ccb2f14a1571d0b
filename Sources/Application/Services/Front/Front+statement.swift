import Domain
import Ledger
import Reporting
package import Wire

/// The statement of a project.
extension Front {
  /// What the allocations of a project had when a period of UTC days began, every entry in it, and what they
  /// had at the end; the current month so far if no day is named. Whoever may see the project's money, and
  /// notes as the ledger shows them. A look by office at what is others' is a line of the audit log.
  ///
  /// Refused, with the allocations, if the entries do not sum to the balances that the books keep.
  package func statement(
    of project: String, from: String?, to: String?, _ caller: Caller
  ) async throws(Problem) -> ReportView {
    let centre = try await centre()
    let now = try await now()
    let period = try period(from: from, to: to, now: now)
    let facts = try await statementFacts(of: project, period, caller, centre)
    let days = "\(CivilDate(period.lowerBound)) to \(CivilDate(period.upperBound - Seconds(1)))"
    try await record(
      .readReport, "statement \(days) of project \(facts.project)", of: [facts.project], caller,
      centre)
    let remarks = try await remarks(on: facts, for: caller, centre)
    return ReportView(try Self.agreeing(StatementReport(facts, remarks: remarks)), made: now)
  }

  /// What stands beside the entries, as the ledger shows it to the caller.
  func remarks(
    on facts: StatementFacts, for caller: Caller, _ centre: Centre
  ) async throws(Problem) -> EntryRemarks {
    var statement = EntryStatement()
    let views = try await annotated(
      facts.entries.map { ($0, statement.view(of: $0)) }, for: caller, centre)
    var remarks = EntryRemarks()
    for view in views {
      remarks.notes[EntryID(view.id)] = view.note
      remarks.counterparts[EntryID(view.id)] = view.counterpart
    }
    return remarks
  }

  /// Those in office see projects that have left the description as well.
  func statementFacts(
    of project: String, _ period: Range<Instant>, _ caller: Caller, _ centre: Centre
  ) async throws(Problem) -> StatementFacts {
    let inOffice = caller.role == .administrator || caller.role == .auditor
    let id: ProjectID
    if inOffice, let named = ProjectID(project) {
      id = named
    } else {
      id = try readableProject(project, caller, centre).id
    }
    let facts = try await statementFacts(of: id, period)
    if facts.centre.projects[id] == nil { _ = try readableProject(project, caller, centre) }
    return facts
  }

  /// As many entries fit into one answer, also sealed in three formats.
  package static let mostEntries = 50_000

  func statementFacts(
    of project: ProjectID, _ period: Range<Instant>, most: Int = mostEntries
  ) async throws(Problem) -> StatementFacts {
    let facts = try await asked { () async throws(StoreError) in
      try await store.statementFacts(
        of: project, period: period, most: most, system: settings.system)
    }
    guard facts.entries.count <= most else {
      throw Problem(
        title: "Too long", status: 422, code: "too-long",
        detail: "\(project) has more than \(most) entries in these days",
        nextStep: "name fewer days; `polder export journal` has all of them")
    }
    return facts
  }

  /// The report, if its sums are those of the books.
  static func agreeing(_ statement: StatementReport) throws(Problem) -> Report {
    try requireAgreement(statement)
    return statement.report
  }

  static func requireAgreement(_ statement: StatementReport) throws(Problem) {
    let others = statement.disagreeing
    guard others.isEmpty else {
      throw Problem(
        title: "The books do not agree", status: 500, code: "books",
        detail: "the entries of \(others.map(\.text).joined(separator: ", ")) do not sum to the "
          + "balances that the books keep: no statement is made of them",
        nextStep: "have an administrator run `polder admin verify`")
    }
  }
}
