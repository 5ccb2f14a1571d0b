/// How much of an amount an access mode expects to be used by a part of its time.
///
/// A mode that begins slowly says so with points; a straight line is what it is otherwise.
package struct PaceCurve: Hashable, Sendable {
  /// By that part of the time, that part of the amount; both in hundredths of a per cent.
  package struct Point: Hashable, Sendable {
    package let time: Int
    package let amount: Int

    package init(time: Int, amount: Int) {
      self.time = time
      self.amount = amount
    }
  }

  /// Between the beginning and the end, which are not among them.
  package let points: [Point]

  /// As much of the amount as of the time.
  package static let linear = PaceCurve()

  private init() { points = [] }

  /// Straight between the points, from nothing at the beginning to everything at the end. Nil
  /// unless times ascend between 1 and 9,999 and amounts never descend, from 0 to 10,000.
  package init?(_ points: [Point]) {
    guard points.allSatisfy({ (1...9_999).contains($0.time) && (0...10_000).contains($0.amount) }),
      zip(points, points.dropFirst()).allSatisfy({ $0.time < $1.time && $0.amount <= $1.amount })
    else { return nil }
    self.points = points
  }

  /// What of an amount is expected to be used at an instant; rounded towards zero, nothing before
  /// the interval and everything after it. Exact up to ten years.
  package func expected(
    of amount: GPUTime, over interval: Range<Instant>, at now: Instant
  ) -> GPUTime {
    guard now > interval.lowerBound else { return .zero }
    guard now < interval.upperBound else { return amount }
    let length = Int128(interval.upperBound.milliseconds - interval.lowerBound.milliseconds)
    let elapsed = Int128(now.milliseconds - interval.lowerBound.milliseconds)
    let all = [Point(time: 0, amount: 0)] + points + [Point(time: 10_000, amount: 10_000)]
    // The part of the curve that `now` is on: elapsed / length lies in time / 10,000.
    let next = all.dropFirst().first { elapsed * 10_000 < Int128($0.time) * length } ?? all[0]
    let last = all.last { Int128($0.time) * length <= elapsed * 10_000 } ?? all[0]
    let rise = Int128(next.amount - last.amount)
    let run = Int128(next.time - last.time)
    // last + rise × (elapsed / length × 10,000 − last) / run, times the amount over 10,000, as one
    // fraction. The largest grant has 52 bits, ten years 39, a part 14: 119 of 127 bits in all.
    let numerator =
      Int128(last.amount) * run * length
      + rise * (elapsed * 10_000 - Int128(last.time) * length)
    let denominator = run * length * 10_000
    return GPUTime(
      milliseconds: Int64(Int128(amount.milliseconds) * numerator / denominator))
  }
}
