// Why: a member holds a statement against what was promised, an auditor against the books: it must tell all
// of the project, nothing of others, and sum up.
import Domain
import Doubles
import Ledger
import Testing
import Wire

@testable import Services

@Suite("the statement of a project") struct StatementTests {
  private static let month = ("2026-11-01", "2026-11-30")

  private func statement(
    _ town: Town, _ project: String, _ account: String
  ) async throws -> ReportView {
    try await town.front.statement(
      of: project, from: Self.month.0, to: Self.month.1, try await town.caller(account))
  }

  private func column(_ name: String, _ report: ReportView) throws -> [String] {
    let place = try #require(report.columns.firstIndex(of: name))
    return report.rows.map { $0[place] }
  }

  @Test("has the balance before, each entry with its kind and amount, and the balance after")
  func content() async throws {
    let town = try await Town()
    await town.store.set(clock: Town.now + Seconds(60))
    let report = try await statement(town, "flood", "ivo")
    #expect(report.title == "Statement of project flood")
    #expect(report.rows.allSatisfy { $0.count == report.columns.count })
    func first(_ name: String) throws -> [String] { Array(try column(name, report).prefix(3)) }
    #expect(
      try column("allocation", report)
        == Array(repeating: "flood-1", count: 3) + Array(repeating: "flood-2", count: 3)
        + ["all", "all"])
    #expect(try first("line") == ["opening balance", "grant", "closing balance"])
    #expect(try first("awarded GPU-h") == ["0.0000", "10.0000", "10.0000"])
    #expect(try first("available after GPU-ms") == ["0", "36000000", "36000000"])
    #expect(try first("amount GPU-ms") == ["", "36000000", ""])
    #expect(try first("entry") == ["", "grant:flood-1", ""])
    #expect(try column("effective", report)[2] == "\(Town.now + Seconds(60))")
    #expect(try column("awarded GPU-h", report).suffix(2) == ["0.0000", "20.0000"])
    // Nothing is told of what a month has nothing of.
    await town.store.set(clock: Town.now + .hours(24 * 60))
    let later = try await town.front.statement(
      of: "flood", from: "2027-01-01", to: "2027-01-10", try await town.caller("ivo"))
    #expect(try column("awarded GPU-h", later).allSatisfy { $0 == "10.0000" || $0 == "20.0000" })
  }

  @Test("is for members, auditors and administrators; a look at what is others' is told")
  func rights() async throws {
    let town = try await Town()
    for account in ["ivo", "anouk", "vera"] { _ = try await statement(town, "seals", account) }
    #expect(await town.store.links.isEmpty)
    for account in ["bram", "stranger"] {
      let problem = try await refusal { _ = try await statement(town, "seals", account) }
      #expect(problem.status == 404 && problem.code == "unknown-project", "\(account)")
      let other = try await refusal { _ = try await statement(town, "nothing", account) }
      #expect(other.title == problem.title, "\(account)")
    }
    for account in ["auditor", "beheer"] {
      _ = try await statement(town, "seals", account)
      let line = try #require(await town.store.links.last?.line)
      #expect(line.action == .readReport && line.result == .done)
      #expect(line.object == "statement 2026-11-01 to 2026-11-30 of project seals")
      let problem = try await refusal { _ = try await statement(town, "seels", account) }
      #expect(problem.status == 404 && problem.detail.contains("seals"))
    }
  }

  @Test("tells a note of an act to whoever sees all of it, and where an amount went to both sides")
  func notes() async throws {
    let town = try await Town()
    await town.store.set(clock: Town.now + Seconds(60))
    let admin = try await town.caller("beheer")
    _ = try await town.front.transfer(
      TransferRequest(
        from: "longscan-1", to: "seals-1", amount: "1 GPU-h", approvedBy: "beheer",
        note: "for the reruns"), key: "t-1", admin)
    await town.store.set(clock: Town.now + Seconds(120))
    func told(_ project: String, _ account: String) async throws -> [String] {
      let report = try await statement(town, project, account)
      let place = try #require(try column("line", report).firstIndex { $0.contains("transfer") })
      return [
        try column("awarded GPU-h", report)[place], try column("counterpart", report)[place],
        try column("note", report)[place],
      ]
    }
    #expect(try await told("longscan", "bram") == ["-1.0000", "seals-1", ""])
    #expect(try await told("longscan", "anouk") == ["-1.0000", "seals-1", "for the reruns"])
    #expect(try await told("seals", "auditor") == ["1.0000", "longscan-1", "for the reruns"])
  }

  @Test("days to come are refused")
  func future() async throws {
    let town = try await Town()
    let caller = try await town.caller("anouk")
    let problem = try await refusal {
      _ = try await town.front.statement(
        of: "longscan", from: "2026-12-01", to: "2026-12-31", caller)
    }
    #expect(problem.code == "invalid-date")
  }

  @Test("more than thirty years are refused, and what lies ahead of a month that has begun is not")
  func endless() async throws {
    let town = try await Town()
    let (caller, admin) = (try await town.caller("anouk"), try await town.caller("beheer"))
    for (from, to) in [
      ("2026-11-01", "9999-12-31"), ("0001-01-01", "2026-11-20"), ("1996-01-01", "2026-11-20"),
    ] {
      var problem = try await refusal {
        _ = try await town.front.statement(of: "longscan", from: from, to: to, caller)
      }
      #expect(problem.code == "invalid-date" && problem.detail.contains("thirty years"), "\(from)")
      problem = try await refusal {
        _ = try await town.front.report(.projects, from: from, to: to, admin)
      }
      #expect(problem.code == "invalid-date", "\(from)")
    }
    let ahead = try await town.front.statement(
      of: "longscan", from: "2026-11-01", to: "2031-12-31", caller)
    #expect(ahead.months.count == 62)
  }

  // MARK: Final reports

  @Test("a final report is for members and those in office, and is told of what has begun")
  func final() async throws {
    let town = try await Town()
    await town.store.set(clock: Town.now + Seconds(60))
    let report = try await town.front.finalReport(of: "longscan", try await town.caller("bram"))
    #expect(report.rows.allSatisfy { $0.count == report.columns.count })
    #expect(try column("month", report) == ["2026-10", "2026-11", "all"])
    #expect(try column("awarded GPU-h", report) == ["0.0000", "100.0000", "100.0000"])
    #expect(try column("unused GPU-h", report).last == "100.0000")
    #expect(await town.store.links.isEmpty)
    _ = try await town.front.finalReport(of: "longscan", try await town.caller("auditor"))
    let line = try #require(await town.store.links.last?.line)
    #expect(line.action == .readReport && line.object == "final report of project longscan")
    let bram = try await town.caller("bram")
    let refused = try await refusal { _ = try await town.front.finalReport(of: "seals", bram) }
    #expect(refused.code == "unknown-project")
  }

  @Test("days with more entries than fit into an answer are refused with what to do")
  func tooLong() async throws {
    let town = try await Town()
    await town.store.set(clock: Town.now + Seconds(60))
    let id = try #require(ProjectID("longscan"))
    let problem = try await refusal {
      _ = try await town.front.statementFacts(
        of: id, Town.now - .hours(1)..<Town.now + .hours(1), most: 0)
    }
    #expect(problem.code == "too-long" && problem.nextStep.contains("fewer days"))
  }
}
