// Why: who waits for an instalment was told to wait for running jobs, of which there were none.
import Domain
import Engine
import Ledger
import Scheduling
import Testing

@Suite("what an allocation may come to have")
struct BudgetProspectTests {
  /// 1,200 GPU-h over a year, 100 a month and a tenth ahead: on the first day 220 are there.
  private func prospect(deferred: Int64, held: Int64 = 0) throws -> BudgetProspect {
    let (from, to): (Instant, Instant) = (
      try #require(Instant("2026-11-30")), try #require(Instant("2027-11-30"))
    )
    return BudgetProspect(
      Balance(granted: .hours(1200), held: .hours(held), deferred: .hours(deferred)),
      window: from..<to, release: .monthly(burstBasisPoints: 1000))
  }

  @Test(
    "enough is there with the first instalment that brings it, and never more than is deferred",
    arguments: [
      (1, "2026-12-30"), (100, "2026-12-30"), (101, "2027-01-30"), (980, "2027-09-30"),
      (981, nil), (0, nil),
    ] as [(Int64, String?)])
  func enough(missing: Int64, day: String?) throws {
    let from = try prospect(deferred: 980).released(.hours(missing))
    #expect(from == day.flatMap { Instant($0) })
  }

  @Test("what was released by now is not counted again")
  func later() throws {
    let prospect = try prospect(deferred: 880)
    #expect(prospect.released(.hours(100)) == Instant("2027-01-30"))
    #expect(try self.prospect(deferred: 0).released(.hours(1)) == nil)
  }

  @Test("a task that waits for money knows what is released later; nothing is planned on it")
  func shortfall() throws {
    let site = SmallSite.self
    let state = site.releasedMonthly(.hours(2), deferred: .hours(1))
    let job = site.job(1, site.request(limit: 5400))
    let decisions = site.cycle.run(state.with(job), now: site.at(5)).decisions
    let shortfall = decisions.compactMap { decision -> BudgetShortfall? in
      if case .wait(_, .budget(let shortfall), nil) = decision { shortfall } else { nil }
    }.first
    #expect(shortfall?.available == .hours(1))
    #expect(shortfall?.prospect?.deferred == .hours(1))
    #expect(shortfall?.enoughFrom == site.at(0).advanced(months: 1))
  }
}
