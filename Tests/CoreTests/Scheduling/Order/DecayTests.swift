import Domain
import Foundation
import Scheduling
import Testing

/// Use that fades, in integers.
@Suite("decay")
struct DecayTests {
  private let day: Int64 = 86_400_000
  private let decay = Decay(halfLife: .hours(24))

  private func left(_ amount: Int64, _ milliseconds: Int64) -> Int64 {
    decay.left(of: GPUTime(milliseconds: amount), after: milliseconds).milliseconds
  }

  @Test("an amount halves with each half-life, and is gone after sixty-three of them")
  func halves() {
    #expect(left(1_000_000, 0) == 1_000_000)
    #expect(left(1_000_000, day) == 500_000)
    #expect(left(1_000_000, 3 * day) == 125_000)
    #expect(left(GPUTime.largest.milliseconds, 63 * day) == 0)
    #expect(left(-1_000_000, day) == -500_000)
    #expect(left(1_000_000, -5) == 1_000_000)
  }

  @Test("between half-lives it follows the power of two")
  func between() {
    // 2^(-1/2), 2^(-1/4), 2^(-3/2) and 2^(-1/3).
    #expect(left(1_000_000_000, day / 2) == 707_106_781)
    #expect(left(1_000_000_000, day / 4) == 840_896_415)
    #expect(left(1_000_000_000, 3 * day / 2) == 353_553_390)
    #expect(left(1_000_000_000, day / 3) == 793_700_525)
  }

  @Test("without a half-life nothing fades")
  func never() {
    let amount = GPUTime.hours(5)
    #expect(Decay(halfLife: nil).left(of: amount, after: 1000 * day) == amount)
    #expect(Decay(halfLife: .zero).left(of: amount, after: 1000 * day) == amount)
  }

  @Test("the error is below one part in 10^12 and one unit", arguments: 1...300)
  func error(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    let amount = Int64(random.pick(1...1 << 46))
    let elapsed = Int64(random.pick(0...Int(20 * day)))
    let exact = Double(amount) * exp2(-Double(elapsed) / Double(day))
    // A double itself is good for about one part in 10^15.
    #expect(
      abs(Double(left(amount, elapsed)) - exact) <= 1 + exact * 1e-12 + 0.001, "seed \(seed)")
  }

  @Test("what is asked for lazily is what a sweep at every step would leave, but for rounding")
  func lazy() {
    var swept = GPUTime.hours(1000)
    for _ in 0..<240 { swept = decay.left(of: swept, after: day / 24) }
    let lazy = decay.left(of: .hours(1000), after: 10 * day)
    #expect(lazy >= swept && (lazy - swept).milliseconds <= 240)
  }

  // MARK: Use by day

  @Test("additions in any order, and taken back, come to exactly the same", arguments: 1...50)
  func anyOrder(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    let additions = (0..<20).map { _ in
      (
        GPUTime(milliseconds: Int64(random.pick(1...1 << 40))), Int64(random.pick(0...9))
      )
    }
    func record(_ order: [(GPUTime, Int64)]) -> DailyUse {
      order.reduce(into: DailyUse()) { $0.add($1.0, on: $1.1) }
    }
    let sorted = record(additions.sorted { $0.1 < $1.1 })
    let twice = additions.map { (GPUTime(milliseconds: -$0.0.milliseconds), $0.1) } + additions
    #expect(record(additions.shuffled(using: &random)) == sorted, "seed \(seed)")
    #expect(record((twice + additions).shuffled(using: &random)) == sorted, "seed \(seed)")
    #expect(record(twice).isEmpty, "seed \(seed)")
  }

  @Test("what was used on a day counts in full until it is over, and fades from its end on")
  func wholeDays() {
    var use = DailyUse()
    use.add(.hours(8), on: DailyUse.day(of: Instant(milliseconds: 3 * day + 5)))
    func left(at time: Int64) -> GPUTime { use.left(by: decay, at: Instant(milliseconds: time)) }
    #expect(left(at: 3 * day + 6) == .hours(8) && left(at: 4 * day) == .hours(8))
    #expect(left(at: 5 * day) == .hours(4) && left(at: 6 * day) == .hours(2))
    #expect(DailyUse.day(of: Instant(milliseconds: 4 * day)) == 3, "midnight is of the day before")
  }

  @Test("what is older than twenty half-lives counts no more, and what never fades always")
  func horizon() {
    var use = DailyUse()
    use.add(.largest, on: 0)
    let after = Instant(milliseconds: 22 * day)
    #expect(use.left(by: decay, at: Instant(milliseconds: 21 * day)) > .zero)
    #expect(use.left(by: decay, at: after) == .zero)
    #expect(use.left(by: Decay(halfLife: nil), at: after) == .largest)
  }
}
