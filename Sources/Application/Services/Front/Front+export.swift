import Domain
import Ledger
import Reporting
package import Wire

extension Front {
  // MARK: Export

  /// Which books, for which program, over which days.
  package struct JournalQuestion: Sendable {
    /// `hledger`, `ledger` or `beancount`.
    package var format: String?
    /// One project; nil for all.
    package var project: String?
    /// Days in UTC, `YYYY-MM-DD`, both included; nil for no bound.
    package var from: String?
    package var to: String?

    package init(
      format: String? = nil, project: String? = nil, from: String? = nil, to: String? = nil
    ) {
      self.format = format
      self.project = project
      self.from = from
      self.to = to
    }
  }

  /// The books as a plain-text journal. One project: whoever may see its money. All: auditors and
  /// administrators.
  package func journal(
    _ question: JournalQuestion, _ caller: Caller
  ) async throws(Problem) -> String {
    guard let dialect = question.format.flatMap({ JournalDialect(rawValue: $0) }) else {
      let accepted = JournalDialect.allCases.map(\.rawValue).joined(separator: ", ")
      throw Problem(
        title: "No such format", status: 400, code: "invalid",
        detail: "format=\(question.format ?? ""): accepted are \(accepted)")
    }
    let first = try day(question.from)
    let last = try day(question.to)
    if let first, let last, first > last {
      throw Problem(
        title: "Empty period", status: 400, code: "invalid-date",
        detail: "\(first) is after \(last)", nextStep: "name the earlier day first")
    }
    let (scope, projects, centre) = try await journalScope(question.project, caller)
    let entries = try await asked { () async throws(StoreError) in
      try await store.entries(of: projects)
    }
    return Journal(
      dialect, of: scope, entries, centre: centre, from: first?.start,
      to: last?.advanced(days: 1).start
    ).text
  }

  private func journalScope(
    _ project: String?, _ caller: Caller
  ) async throws(Problem) -> (scope: String, projects: [ProjectID], centre: Centre) {
    if let project {
      let centre = try await centre()
      let id = try readableProject(project, caller, centre).id
      try await record(.readLedger, "journal of project \(id)", of: [id], caller, centre)
      return ("project \(id)", [id], centre)
    }
    let all = "journal of all projects"
    try await requireOffice(
      caller, to: "export the books of all projects", .readLedger, all,
      instead: "name one of your projects: `polder export journal --project ID`")
    try await record(caller.line(.readLedger, all))
    // The facts of a report know what has left the description as well: its entries stand for ever.
    let facts = try await asked { () async throws(StoreError) in
      let now = try await store.now()
      return try await store.accessTimeFacts(period: now..<now, system: settings.system)
    }
    return ("all projects", facts.centre.projects.keys.sorted(), facts.centre)
  }
}
