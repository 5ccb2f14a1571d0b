import Domain
import Engine
import Ledger
import Testing

/// What of a grant is released for use, month by month.
@Suite("release")
struct ReleaseTests {
  private func window(_ from: String, _ to: String) throws -> Range<Instant> {
    let (from, to): (Instant, Instant) = (
      try #require(Instant(from)), try #require(Instant(to))
    )
    return from..<to
  }

  @Test(
    "a twelfth more each month, rounded down, and all of it in the last",
    arguments: [
      ("2025-12-31T23:59", 0), ("2026-01-01", 10), ("2026-01-31T23:59", 10), ("2026-02-01", 20),
      ("2026-11-30", 114), ("2026-12-01", 125), ("2026-12-31", 125), ("2027-01-01", 125),
    ] as [(String, Int64)])
  func monthly(_ moment: String, _ expected: Int64) throws {
    let amount = GPUTime(milliseconds: 125)
    let now: Instant = try #require(Instant(moment))
    let released = Release.monthly(burstBasisPoints: 0).released(
      of: amount, in: try window("2026-01-01", "2027-01-01"), at: now)
    #expect(released == GPUTime(milliseconds: expected))
  }

  @Test("a burst credit is released ahead, and never more than the whole")
  func burst() throws {
    let window = try window("2026-01-01", "2026-04-01")
    let release = Release.monthly(burstBasisPoints: 5000)
    let amounts = try ["2026-01-01", "2026-02-01", "2026-03-01"].map { moment in
      let now: Instant = try #require(Instant(moment))
      return release.released(of: .hours(300), in: window, at: now)
    }
    #expect(amounts == [.hours(250), .hours(300), .hours(300)])
  }

  @Test("it never goes back, wherever the window begins", arguments: 1...40 as ClosedRange<UInt64>)
  func monotonic(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let from = Instant(seconds: Int64(random.pick(1_700_000_000...1_800_000_000)))
    let window = from..<(from + .hours(Int64(random.pick(1...12_000))))
    let release = Release.monthly(burstBasisPoints: random.pick(0...3000))
    let amount = GPUTime(milliseconds: Int64(random.pick(1...1_000_000_000)))
    var last = GPUTime.zero
    var now = from - .hours(30)
    while now < window.upperBound + .hours(48) {
      let released = release.released(of: amount, in: window, at: now)
      #expect(released >= last && released <= amount, "seed \(seed) at \(now)")
      if let next = release.next(in: window, after: now) {
        #expect(next > now && next < window.upperBound, "seed \(seed)")
      }
      (last, now) = (released, now + .hours(Int64(random.pick(1...200))))
    }
    let end = release.released(of: amount, in: window, at: window.upperBound)
    #expect(end == amount, "seed \(seed)")
  }

  @Test("the cycle releases what is due, once")
  func instalments() throws {
    let site = SmallSite.self
    let state = site.releasedMonthly(.hours(100), deferred: .hours(50))
    #expect(!site.cycle.run(state, now: site.at(5)).decisions.contains { isInstalment($0) })
    let later = site.at(86_400 * 31)
    let decision = try #require(
      site.cycle.run(state, now: later).decisions.first { isInstalment($0) })
    #expect(decision == .instalment(site.large, .hours(50)))
    let after = try #require(state.after(decision))
    #expect(!site.cycle.run(after, now: later).decisions.contains { isInstalment($0) })
  }

  private func isInstalment(_ decision: Decision) -> Bool {
    if case .instalment = decision { true } else { false }
  }
}
