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

  @Test("additions in any order come to the same, but for rounding", arguments: 1...50)
  func anyOrder(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    let additions = (0..<20).map { _ in
      (
        GPUTime(milliseconds: Int64(random.pick(1...1 << 40))),
        Instant(milliseconds: Int64(random.pick(0...Int(9 * day))))
      )
    }
    let now = Instant(milliseconds: 10 * day)
    func sum(_ order: [(GPUTime, Instant)]) -> Int64 {
      order.reduce(DecayedUsage(decay: decay)) { $0.adding($1.0, at: $1.1) }
        .value(at: now).milliseconds
    }
    let sorted = sum(additions.sorted { $0.1 < $1.1 })
    #expect(abs(sum(additions.shuffled(using: &random)) - sorted) <= 60, "seed \(seed)")
  }
}
