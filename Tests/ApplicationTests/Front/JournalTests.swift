// Why: an export is the whole of a project's books in one answer.
import Doubles
import Services
import Testing
import Wire

@Suite("exporting the books") struct JournalTests {
  @Test(
    "a journal of a project is for those who may see its money, one of all for those in office",
    arguments: [
      ("anouk", "longscan", 200), ("anouk", nil, 403), ("bram", "seals", 404),
      ("stranger", "longscan", 404), ("auditor", "seals", 200), ("auditor", nil, 200),
      ("beheer", nil, 200), ("vera", nil, 403),
    ])
  func rights(account: String, project: String?, status: Int) async throws {
    let town = try await Town()
    let caller = try await town.caller(account)
    let question = Front.JournalQuestion(format: "hledger", project: project)
    #expect(try await outcome(town, question, caller).status == status)
  }

  @Test("a journal holds the entries of its project and of no other")
  func content() async throws {
    let town = try await Town()
    let caller = try await town.caller("anouk")
    let (_, text) = try await outcome(
      town, Front.JournalQuestion(format: "beancount", project: "longscan"), caller)
    #expect(text.contains("id: \"grant:longscan-1\""))
    #expect(text.contains("Allocation-longscan-1:Available 360000000 GPUMS\n"))
    #expect(!text.contains("seals"))
    let all = try await outcome(
      town, Front.JournalQuestion(format: "ledger"), try await town.caller("auditor"))
    for id in ["longscan-1", "seals-1", "flood-1", "flood-2"] {
      #expect(all.text.contains("(grant:\(id)) grant"), "\(id)")
    }
  }

  @Test("a transfer names the allocation of the other side, also in the journal of one")
  func counterparts() async throws {
    let town = try await Town()
    _ = try await town.front.transfer(
      TransferRequest(
        from: "longscan-1", to: "seals-1", amount: "10 GPU-h", approvedBy: "beheer", note: ""),
      key: "t1", try await town.caller("beheer"))
    let caller = try await town.caller("bram")
    for (format, line) in [
      ("hledger", "  ; counterpart: seals-1\n"), ("beancount", "  counterpart: \"seals-1\"\n"),
    ] {
      let (_, text) = try await outcome(
        town, Front.JournalQuestion(format: format, project: "longscan"), caller)
      #expect(text.contains(line), "\(text)")
    }
  }

  @Test(
    "an unknown format, a day that is none and an empty period are refused",
    arguments: [
      ("gnucash", nil, nil), ("ledger", "soon", nil), ("ledger", "2026-02-02", "2026-02-01"),
    ]
      as [(String, String?, String?)])
  func questions(format: String, from: String?, to: String?) async throws {
    let town = try await Town()
    let question = Front.JournalQuestion(format: format, project: "longscan", from: from, to: to)
    #expect(try await outcome(town, question, try await town.caller("anouk")).status == 400)
  }

  private func outcome(
    _ town: Town, _ question: Front.JournalQuestion, _ caller: Caller
  ) async throws -> (status: Int, text: String) {
    do {
      let text = CollectedText()
      try await town.front.journal(question, caller, to: text)
      return (200, text.text)
    } catch {
      return (error.status, error.detail)
    }
  }
}
