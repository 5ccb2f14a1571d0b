// Why: who reads the books must see what is late and who approved, and the part that is asked for.
import Domain
import Doubles
import Ledger
import Services
import Testing
import Wire

@Suite("reading the books") struct LedgerTests {
  private static let longscan = "longscan"

  /// A town in which October is closed and an allocation was described late, that begins in it.
  private func lateTown() async throws -> Town {
    let town = try await Town()
    _ = try await town.front.close(period: "2026-10", try await town.caller("beheer"))
    var next = try Town.centre()
    let late = try #require(AllocationID("longscan-late"))
    let first = try #require(AllocationID("longscan-1"))
    let standing = try #require(next.allocations[first])
    next.allocations[late] = Allocation(
      id: late, project: standing.project, programme: standing.programme, granted: .hours(20),
      window: standing.window, opening: .zero)
    let line = AuditLine(
      actor: "uid-64001", action: .apply, object: "centre", origin: "a test")
    let outcome = try await town.store.replaceCentre(
      with: next,
      postings: [
        .grant(
          EntryID("grant:longscan-late:1"), late, .hours(20),
          effective: standing.window.lowerBound)
      ], ifStill: try Town.centre(), audit: line)
    #expect(outcome == .done)
    return town
  }

  @Test("a late award names its month, in the ledger and in the balance")
  func late() async throws {
    let town = try await lateTown()
    let anouk = try await town.caller("anouk")
    let entries = try await town.front.ledger(project: Self.longscan, anouk)
    #expect(entries.map(\.belated) == [nil, "2026-10"])
    let balances = try await town.front.balances(project: Self.longscan, anouk)
    #expect(balances.map(\.belated) == [nil, "2026-10"])
    #expect(balances.map(\.allocation) == ["longscan-1", "longscan-late"])
  }

  @Test("before its award was known an allocation is not yet awarded, and not exhausted")
  func notYetAwarded() async throws {
    let town = try await lateTown()
    let anouk = try await town.caller("anouk")
    func states(_ moments: Front.BalanceMoments) async throws -> [String] {
      try await town.front.balances(project: Self.longscan, at: moments, anouk).map(\.state)
    }
    let now = try await states(.init())
    #expect(now == ["active", "active"])
    let recorded = try #require(
      try await town.store.entries(EntryFilter(allocation: AllocationID("longscan-late")))
        .entries.first?.recorded)
    #expect(
      try await states(.init(knownAt: "\(recorded)")) == ["not yet awarded", "not yet awarded"])
  }

  @Test("what was done by hand names who asked and who approved, as opaque subjects")
  func approved() async throws {
    let town = try await Town()
    let beheer = try await town.caller("beheer")
    _ = try await town.front.transfer(
      TransferRequest(
        from: "longscan-1", to: "seals-1", amount: "10 GPU-h", approvedBy: "beheer", note: ""),
      key: "k", beheer)
    let entries = try await town.front.ledger(
      project: Self.longscan, try await town.caller("anouk"))
    #expect(entries.map(\.requestedBy) == [nil, "uid-64001"])
    #expect(entries.map(\.approvedBy) == [nil, "uid-64001"])
    #expect(entries.map(\.selfApproved) == [nil, true], "who asked approved it as well")
  }

  @Test("a suspended allocation is suspended in balance and pace, from its moment on")
  func suspended() async throws {
    let town = try await Town()
    var centre = try Town.centre()
    let id = try #require(AllocationID("longscan-1"))
    let open = try #require(centre.allocations[id])
    let since = Town.now - .hours(1)
    centre.allocations[id] = Allocation(
      id: id, project: open.project, programme: open.programme, granted: open.granted,
      window: open.window, opening: .zero, suspended: since)
    let line = AuditLine(
      actor: "uid-64001", action: .apply, object: "centre", origin: "a test")
    #expect(
      try await town.store.replaceCentre(
        with: centre, postings: [], ifStill: try Town.centre(), audit: line) == .done)
    let anouk = try await town.caller("anouk")
    let balance = try await town.front.balances(project: Self.longscan, anouk)
    #expect(balance.map(\.state) == ["suspended"])
    #expect(balance.map(\.suspendedSince) == [since.milliseconds])
    let paces = try await town.front.pace(project: Self.longscan, onlyUnderUse: false, anouk)
    #expect(paces.map(\.suspendedSince) == [since.milliseconds])
    #expect(paces.map(\.recently.runsOut) == [nil] && paces.map(\.throughout.runsOut) == [nil])
    #expect(paces.map(\.recently.left) == paces.map(\.left), "nothing of it is used meanwhile")
    let before = try await town.front.balances(
      project: Self.longscan, at: .init(asOf: "\(since - .hours(1))"), anouk)
    #expect(before.map(\.suspendedSince) == [nil])
    await town.store.set(clock: open.window.upperBound)
    let after = try await town.front.balances(project: Self.longscan, anouk)
    #expect(after.map(\.state) == ["expired"] && after.map(\.suspendedSince) == [nil])
  }

  @Test("days to come are refused and not answered with nothing; a last day may lie ahead")
  func future() async throws {
    let town = try await Town()
    let auditor = try await town.caller("auditor")
    let front = town.front
    let ahead = "2026-12-01"
    let last = "2026-12-31"
    var refused: [Problem] = []
    for kind in ReportKind.allCases {
      refused.append(
        try await refusal { _ = try await front.report(kind, from: ahead, to: last, auditor) })
    }
    for problem in refused + [
      try await refusal {
        _ = try await front.ledger(
          project: Self.longscan, part: .init(from: ahead, to: last), auditor)
      },
      try await refusal {
        try await front.ledgers(.init(all: true, from: ahead), auditor) {
          (_: [EntryView]) throws(Problem) in true
        }
      },
    ] {
      #expect(problem.code == "invalid-date")
      #expect(problem.detail.hasPrefix("2026-12-01 lies ahead (it is 2026-11-18T11:06:40Z)"))
    }
    #expect(
      try await front.ledger(
        project: Self.longscan, part: .init(from: "2026-11-01", to: "2026-11-30"), auditor
      ).count == 1)
    #expect(
      try await front.report(.worth, from: "2026-11-01", to: "2026-11-30", auditor).rows.count == 3)
  }

  @Test("a balance tells both of its moments, and there is none of the future")
  func moments() async throws {
    let town = try await Town()
    let anouk = try await town.caller("anouk")
    func moments(_ asked: Front.BalanceMoments) async throws -> [Int64?] {
      let view = try await town.front.balances(project: Self.longscan, at: asked, anouk).first
      return [view?.asOf, view?.knownAt]
    }
    let now = Town.now.milliseconds
    let early = Town.now - .hours(2)
    #expect(try await moments(.init()) == [now, now])
    #expect(try await moments(.init(asOf: "\(early)")) == [early.milliseconds, now])
    #expect(
      try await moments(.init(knownAt: "\(early)")) == [early.milliseconds, early.milliseconds])
    let both = Front.BalanceMoments(asOf: "\(Town.now)", knownAt: "\(early)")
    #expect(try await moments(both) == [now, early.milliseconds])
    for asked in [
      Front.BalanceMoments(asOf: "2026-11-19"), Front.BalanceMoments(knownAt: "2026-11-19"),
    ] {
      let problem = try await refusal { _ = try await moments(asked) }
      #expect(problem.status == 400 && problem.detail.contains("lies ahead"), "\(problem)")
    }
  }

  @Test("a part has the entries of an allocation or of days, with what was available after all")
  func part() async throws {
    let town = try await lateTown()
    let anouk = try await town.caller("anouk")
    func ids(_ allocation: String?, _ from: String?, _ to: String?) async throws -> [String] {
      try await town.front.ledger(
        project: Self.longscan,
        part: Front.LedgerPart(allocation: allocation, from: from, to: to), anouk
      ).map(\.id)
    }
    #expect(try await ids("longscan-1", nil, nil) == ["grant:longscan-1"])
    #expect(try await ids("longscan-late", nil, nil) == ["grant:longscan-late:1"])
    // The one is effective today, the late one where the books open.
    #expect(try await ids(nil, "2026-11-18", "2026-11-18") == ["grant:longscan-1"])
    #expect(try await ids(nil, nil, "2026-11-01") == ["grant:longscan-late:1"])
    #expect(try await ids(nil, "2026-11-02", "2026-11-17") == [])
    let all = try await town.front.ledger(project: Self.longscan, anouk)
    let one = try await town.front.ledger(
      project: Self.longscan, part: Front.LedgerPart(from: "2026-11-18"), anouk)
    #expect(one == all.filter { $0.id == "grant:longscan-1" })
    for (part, code) in [
      (Front.LedgerPart(allocation: "longscan-2"), "unknown-allocation"),
      (Front.LedgerPart(allocation: "seals-1"), "unknown-allocation"),
      (Front.LedgerPart(from: "yesterday"), "invalid-date"),
      (Front.LedgerPart(from: "2026-11-19", to: "2026-11-18"), "invalid-date"),
    ] {
      let problem = try await refusal {
        _ = try await town.front.ledger(project: Self.longscan, part: part, anouk)
      }
      #expect(problem.code == code, "\(part)")
    }
  }
}
