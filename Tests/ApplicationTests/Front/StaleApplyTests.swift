// Why: between the look of an apply and its write the books go on.
import Domain
import Doubles
import Ledger
import Services
import Testing

@Suite("an apply whose books went on meanwhile") struct StaleApplyTests {
  private let line = AuditLine(actor: "m-1", action: .apply, object: "centre", origin: "a test")

  private func changed(
    _ town: Town, granted: GPUTime? = nil, until: Instant? = nil
  ) async throws -> (Centre, Centre) {
    let standing = try await town.store.centre()
    let id = try #require(AllocationID("longscan-1"))
    let old = try #require(standing.allocations[id])
    var next = standing
    next.allocations[id] = Allocation(
      id: id, project: old.project, programme: old.programme, granted: granted ?? old.granted,
      window: old.window.lowerBound..<(until ?? old.window.upperBound), opening: old.opening)
    return (standing, next)
  }

  @Test("is stale if an entry lies behind an end in the past")
  func behind() async throws {
    let town = try await Town()
    // Its grant is effective at the town's moment.
    await town.store.set(clock: Town.now + .hours(2))
    let (standing, early) = try await changed(town, until: Town.now - .hours(1))
    let (_, late) = try await changed(town, until: Town.now)
    for (next, outcome) in [(early, .stale), (late, .done)] as [(Centre, GuardedOutcome)] {
      #expect(
        try await town.store.replaceCentre(
          with: next, postings: [], ifStill: standing, audit: line) == outcome)
    }
  }

  @Test("is stale if what it posts stands already, since two others came and undid each other")
  func undone() async throws {
    let town = try await Town()
    let (standing, next) = try await changed(town, granted: .hours(110))
    let id = try #require(AllocationID("longscan-1"))
    let more = Posting.grant(EntryID("grant:more"), id, .hours(10), effective: Town.now)
    await town.store.post(more)
    #expect(
      try await town.store.replaceCentre(
        with: next, postings: [more], ifStill: standing, audit: line) == .stale)
    #expect(try await town.store.centre() == standing)
  }

  @Test("is stale if more was moved in than the raised grant leaves of what may be awarded")
  func movedIn() async throws {
    let town = try await Town()
    var (standing, next) = try await changed(town, granted: .hours(150))
    let programme: ProgrammeID = try #require(ProgrammeID("playground"))
    let rule = Programme(
      id: programme, name: "Playground", funder: try #require(FunderID("state")),
      mode: "Playground", amount: .hours(1)...(.hours(200)), maximumMonths: 3, demand: .open,
      accessWorkingDays: 2)
    next.programmes[programme] = rule
    let ids = (
      from: try #require(AllocationID("seals-1")), to: try #require(AllocationID("longscan-1"))
    )
    await town.store.post(.grant(EntryID("grant:more"), ids.from, .hours(90), effective: Town.now))
    await town.store.post(
      .transfer(
        Transfer(
          id: EntryID("transfer:x"), from: ids.from, to: ids.to, amount: .hours(51),
          approval: Approval(requestedBy: "m-1", approvedBy: "m-2"), effective: Town.now)))
    func outcome(_ granted: Int64) async throws -> GuardedOutcome {
      try await town.store.replaceCentre(
        with: next,
        postings: [
          .grant(EntryID("grant:\(granted)"), ids.to, .hours(granted - 100), effective: Town.now)
        ], ifStill: standing, audit: line)
    }
    #expect(try await outcome(150) == .stale)
    (standing, next) = try await changed(town, granted: .hours(149))
    next.programmes[programme] = rule
    #expect(try await outcome(149) == .done)
  }
}
