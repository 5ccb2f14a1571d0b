package import Domain

/// Exponential decay with a half-life, in integers: the same in every process.
///
/// amount · 2^(−elapsed / half-life). The exponent's whole part is a shift; of its fraction 40 binary
/// digits are taken, each of which stands for a factor 2^(−2^−i) from a table of 64-bit fixed-point
/// numbers. A result is off by less than one part in 10^12 and one GPU-millisecond.
package struct Decay: Hashable, Sendable {
  /// Nil for use that never fades.
  package let halfLife: Seconds?

  /// A half-life that is not positive is none; one of more than a century counts as a century.
  package init(halfLife: Seconds?) {
    self.halfLife = halfLife.flatMap { $0 > .zero ? min($0, Decay.longest) : nil }
  }

  private static let longest = Seconds.hours(24 * 36_525)

  /// What is left of an amount after a time in milliseconds; all of it before it.
  package func left(of amount: GPUTime, after milliseconds: Int64) -> GPUTime {
    guard let halfLife, milliseconds > 0, amount != .zero else { return amount }
    let period = UInt64(halfLife.count * 1000)
    let (halvings, rest) = UInt64(milliseconds).quotientAndRemainder(dividingBy: period)
    guard halvings < 63 else { return .zero }
    let fraction = period.dividingFullWidth((rest, 0)).quotient
    var magnitude = amount.milliseconds.magnitude >> halvings
    // Rounded once: the factors are multiplied first.
    var factor: UInt64?
    for digit in 1...Decay.digits where fraction >> UInt64(64 - digit) & 1 == 1 {
      let next = Decay.factors[digit - 1]
      factor = factor.map { $0.multipliedFullWidth(by: next).high } ?? next
    }
    if let factor {
      let shifted = amount.milliseconds.magnitude.multipliedFullWidth(by: factor)
      magnitude = shifted.high >> halvings
    }
    let left = Int64(clamping: magnitude)
    return GPUTime(milliseconds: amount < .zero ? -left : left)
  }

  private static let digits = 40

  /// 2^(−2^−i) for i from 1, as 64-bit fractions: one half, and square roots from there on.
  private static let factors: [UInt64] = {
    var factors: [UInt64] = []
    var last: UInt64 = 1 << 63
    for _ in 1...digits {
      last = squareRoot(UInt128(last) << 64)
      factors.append(last)
    }
    return factors
  }()

  /// Rounded down.
  private static func squareRoot(_ square: UInt128) -> UInt64 {
    var root: UInt128 = 0
    for bit in stride(from: 63, through: 0, by: -1) {
      let candidate = root | (UInt128(1) << UInt128(bit))
      if candidate * candidate <= square { root = candidate }
    }
    return UInt64(root)
  }
}
