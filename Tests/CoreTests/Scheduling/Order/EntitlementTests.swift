import Domain
import Scheduling
import Testing

/// What funders are behind, with lending.
@Suite("entitlement of funders")
struct EntitlementTests {
  private static let union = SmallSite.name("union", FunderID.self)
  private static let state = SmallSite.name("state", FunderID.self)
  private static let region = SmallSite.name("region", FunderID.self)
  private static let basisPoints: [(FunderID, Int64)] = [
    (union, 3500), (state, 3500), (region, 3000),
  ]

  private func all(
    _ delivered: [Int64], lending: Set<FunderID> = []
  ) -> [FunderID: Entitlement] {
    Entitlement.all(
      zip(Self.basisPoints, delivered).map { funder, hours in
        Entitlement.Standing(
          funder: funder.0, basisPoints: funder.1, delivered: .hours(hours),
          hasDemand: !lending.contains(funder.0))
      })
  }

  @Test("who got less than its share is behind by the difference, who got more is ahead")
  func behind() {
    let all = all([400, 350, 250])
    #expect(all[Self.union]?.behindBasisPoints == -500)
    #expect(all[Self.state]?.behindBasisPoints == 0)
    #expect(all[Self.region]?.behindBasisPoints == 500)
    #expect(all[Self.region]?.factor == 50_000)
  }

  @Test("a funder without demand lends to the others in the ratio of their own entitlements")
  func lending() {
    let all = all([50, 50, 0], lending: [Self.region])
    #expect(all[Self.union]?.effectiveBasisPoints == 5000)
    #expect(all[Self.state]?.behindBasisPoints == 0)
    #expect(all[Self.region]?.effectiveBasisPoints == 0)
    #expect(all[Self.region]?.behindBasisPoints == 0)
    let woken = self.all([50, 50, 0])
    #expect(woken[Self.region]?.behindBasisPoints == 3000)
    #expect(woken[Self.union]?.behindBasisPoints == -1500)
  }

  @Test("where nothing was delivered yet, or nobody has demand, nobody is behind")
  func nothing() {
    #expect(all([0, 0, 0]).values.allSatisfy { $0.behindBasisPoints == 0 })
    let idle = all([1, 2, 3], lending: [Self.union, Self.state, Self.region])
    #expect(idle.values.allSatisfy { $0.behindBasisPoints == 0 })
  }

  @Test("thirty saturated days, run by who is behind, end within a point of 35/35/30")
  func saturated() {
    let used = deliver(hours: 30 * 24) { _ in [] }
    for (funder, points) in Self.basisPoints {
      let part = (used[funder] ?? 0) * 10_000 / used.values.reduce(0, +)
      #expect(abs(part - points) <= 100, "\(funder) got \(part)")
    }
  }

  @Test("a lender that wakes up gets its share of what is delivered from then on, and more")
  func woken() {
    let before = deliver(hours: 10 * 24) { _ in [Self.region] }
    #expect(before[Self.region] == nil)
    #expect(abs((before[Self.union] ?? 0) - (before[Self.state] ?? 0)) <= 200)
    let after = deliver(hours: 20 * 24) { $0 < 10 * 24 ? [Self.region] : [] }
    let region = after[Self.region] ?? 0
    let delivered = Int64(10 * 24 * 100)
    #expect(region * 10_000 >= delivered * 3000, "of \(delivered) it got \(region)")
  }

  /// A machine of 100 GPUs whose every hour goes, GPU by GPU, to whoever is the furthest behind.
  ///
  /// - Parameter lenders: the funders without demand in an hour.
  private func deliver(
    hours: Int, lenders: (Int) -> Set<FunderID>
  ) -> [FunderID: Int64] {
    var usage: [FunderID: DailyUse] = [:]
    var total: [FunderID: Int64] = [:]
    let decay = Decay(halfLife: .hours(30 * 24))
    for hour in 0..<hours {
      let now = Instant(seconds: Int64(hour) * 3600)
      let idle = lenders(hour)
      for _ in 0..<10 {
        let all = Entitlement.all(
          Self.basisPoints.map { funder, points in
            Entitlement.Standing(
              funder: funder, basisPoints: points,
              delivered: usage[funder]?.left(by: decay, at: now) ?? .zero,
              hasDemand: !idle.contains(funder))
          })
        let next = all.values.filter { !idle.contains($0.funder) }
          .max { ($0.behindBasisPoints, $1.funder) < ($1.behindBasisPoints, $0.funder) }
        guard let next else { continue }
        usage[next.funder, default: DailyUse()].add(.hours(10), on: DailyUse.day(of: now))
        total[next.funder, default: 0] += 10
      }
    }
    return total
  }
}
