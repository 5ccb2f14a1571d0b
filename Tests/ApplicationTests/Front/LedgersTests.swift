// Why: funders and auditors follow money over projects; members hear why it was moved by hand.
import Domain
import Doubles
import Ledger
import Services
import Testing
import Wire

@Suite("the ledger over many projects") struct LedgersTests {
  private func all(
    _ town: Town, _ question: Front.LedgersQuestion, _ account: String
  ) async throws -> [EntryView] {
    let caller = try await town.caller(account)
    var entries: [EntryView] = []
    try await town.front.ledgers(question, caller) { page in
      entries += page
      return true
    }
    return entries
  }

  private func status(
    _ town: Town, _ question: Front.LedgersQuestion, _ account: String
  ) async throws -> Int {
    do {
      _ = try await all(town, question, account)
      return 200
    } catch let problem as Problem {
      return problem.status
    }
  }

  @Test("the ledger of all projects has the entries of each in one order, with its project")
  func content() async throws {
    let town = try await Town()
    let entries = try await all(town, .init(all: true), "auditor")
    #expect(
      entries.map(\.id)
        == ["grant:longscan-1", "grant:seals-1", "grant:flood-1", "grant:flood-2"])
    #expect(entries.map(\.project) == ["longscan", "seals", "flood", "flood"])
    let one = try await town.front.ledger(project: "flood", try await town.caller("auditor"))
    var bare = entries.filter { $0.project == "flood" }
    for index in bare.indices { bare[index].project = nil }
    #expect(bare == one)
    #expect(try await all(town, .init(all: true, to: "2026-11-17"), "beheer") == [])
  }

  @Test("that of a programme or a funder has the entries of its allocations alone")
  func parts() async throws {
    let town = try await Town()
    var centre = try Town.centre()
    let (nl, pg, other) = (FunderID("nl"), ProgrammeID("playground"), ProgrammeID("fast"))
    let (funder, playground, fast) = try (#require(nl), #require(pg), #require(other))
    centre.funders[funder] = Funder(
      id: funder, name: "nl", contributions: [], shares: [], commercialCapBasisPoints: nil)
    for id in [playground, fast] {
      centre.programmes[id] = Programme(
        id: id, name: id.text, funder: funder, mode: id.text, amount: .hours(1)...(.hours(100)),
        maximumMonths: 12, demand: .open, accessWorkingDays: 2)
    }
    let seals = try #require(AllocationID("seals-1"))
    let was = try #require(centre.allocations[seals])
    centre.allocations[seals] = Allocation(
      id: seals, project: was.project, programme: fast, granted: was.granted, window: was.window,
      opening: .zero)
    let line = AuditLine(
      actor: "uid-64001", action: .apply, object: "centre", origin: "a test")
    #expect(
      try await town.store.replaceCentre(
        with: centre, postings: [], ifStill: try Town.centre(), audit: line) == .done)
    #expect(
      try await all(town, .init(programme: "fast"), "auditor").map(\.id) == ["grant:seals-1"])
    #expect(
      try await all(town, .init(programme: "playground"), "auditor").map(\.allocation)
        == ["longscan-1", "flood-1", "flood-2"])
    #expect(try await all(town, .init(funder: "nl"), "beheer").count == 4)
    #expect(try await status(town, .init(programme: "fats"), "auditor") == 404)
  }

  @Test(
    "it is for auditors and administrators, and each look is a line of the audit log",
    arguments: [("anouk", 403), ("stranger", 403), ("auditor", 200), ("beheer", 200)])
  func rights(account: String, expected: Int) async throws {
    let town = try await Town()
    #expect(try await status(town, .init(all: true), account) == expected)
    let line = try #require(await town.store.links.last?.line)
    #expect(line.action == .readLedger && line.object == "all projects")
    #expect(line.result == (expected == 200 ? .done : .refused))
  }

  @Test("what is asked for is one thing that there is")
  func questions() async throws {
    let town = try await Town()
    #expect(try await status(town, .init(), "auditor") == 400)
    #expect(try await status(town, .init(programme: "playground", all: true), "auditor") == 400)
    #expect(try await status(town, .init(funder: "nobody"), "auditor") == 404)
  }

  @Test("either side of a transfer sees which allocation it went to or came from, and no more")
  func counterparts() async throws {
    let town = try await Town()
    _ = try await town.front.transfer(
      TransferRequest(
        from: "longscan-1", to: "seals-1", amount: "10 GPU-h", approvedBy: "beheer", note: ""),
      key: "t1", try await town.caller("beheer"))
    for (account, project, other) in [
      ("bram", "longscan", "seals-1"), ("vera", "seals", "longscan-1"),
    ] {
      let entries = try await town.front.ledger(project: project, try await town.caller(account))
      #expect(entries.map(\.counterpart) == [nil, other], "\(account) \(project)")
    }
    let overall = try await all(town, .init(all: true), "auditor")
    #expect(overall.compactMap(\.counterpart) == ["seals-1", "longscan-1"])
  }

  @Test("the note of an act by hand stands with its entries, for those who may see them")
  func notes() async throws {
    let town = try await Town()
    _ = try await town.front.transfer(
      TransferRequest(
        from: "longscan-1", to: "seals-1", amount: "10 GPU-h", approvedBy: "beheer",
        note: "for the\u{7} course"),
      key: "k:in", try await town.caller("beheer"))
    for account in ["anouk", "auditor", "beheer"] {
      for project in ["longscan", "seals"] {
        let entries = try await town.front.ledger(
          project: project, try await town.caller(account))
        #expect(entries.map(\.note) == [nil, "for the  course"], "\(account) \(project)")
      }
    }
    // Of one of the two only: what it says may be of the other.
    for (account, project) in [("bram", "longscan"), ("vera", "seals")] {
      let entries = try await town.front.ledger(project: project, try await town.caller(account))
      #expect(entries.map(\.note) == [nil, nil], "\(account) \(project)")
    }
    let overall = try await all(town, .init(all: true), "auditor")
    #expect(overall.compactMap(\.note).count == 2)
  }
}
