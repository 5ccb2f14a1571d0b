/// An amount of money in whole cents. Nothing is paid in it: it says what GPU time is worth at a
/// reference rate.
package struct Euros: Hashable, Comparable, Sendable {
  package let cents: Int64

  package init(cents: Int64) { self.cents = cents }

  /// The worth of an amount of GPU time, rounded half up (half away from zero below it) to a whole
  /// cent, once: sums are made of GPU time and not of rounded euros. Exact at any size of
  /// ``GPUTime/largest`` and below for rates up to a million euros.
  package init(worthOf amount: GPUTime, centsPerGPUHour: Int64) {
    let hour: Int64 = 3_600_000
    let parts = hour.dividingFullWidth(
      amount.milliseconds.multipliedFullWidth(by: centsPerGPUHour))
    let rounding: Int64 =
      parts.remainder >= hour / 2 ? 1 : parts.remainder <= -(hour / 2) ? -1 : 0
    cents = parts.quotient + rounding
  }

  /// The worth of amounts at several rates, rounded half away from zero to a whole cent, once and at
  /// the end. Exact at any size and number of them.
  package init(worthOf amounts: some Sequence<(GPUTime, centsPerGPUHour: Int64)>) {
    let hour: Int128 = 3_600_000
    let exact = amounts.reduce(Int128(0)) {
      $0 + Int128($1.0.milliseconds) * Int128($1.centsPerGPUHour)
    }
    let (whole, rest) = exact.quotientAndRemainder(dividingBy: hour)
    let rounding: Int128 = rest * 2 >= hour ? 1 : rest * 2 <= -hour ? -1 : 0
    cents = Int64(whole + rounding)
  }

  package static func < (left: Self, right: Self) -> Bool { left.cents < right.cents }
  package static func + (left: Self, right: Self) -> Self {
    Euros(cents: left.cents + right.cents)
  }
}

extension Euros {
  /// `1234.50`, for files.
  package var text: String {
    let (whole, part) = cents.magnitude.quotientAndRemainder(dividingBy: 100)
    return "\(cents < 0 ? "-" : "")\(whole).\(part < 10 ? "0" : "")\(part)"
  }
}

extension Euros: CustomStringConvertible {
  /// `€ 1,234.50`; `-€ 0.05`.
  package var description: String {
    let (whole, part) = cents.magnitude.quotientAndRemainder(dividingBy: 100)
    var digits = String(whole)
    var groups: [String] = []
    while digits.utf8.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits = String(digits.dropLast(3))
    }
    let number = ([digits] + groups).joined(separator: ",")
    return "\(cents < 0 ? "-" : "")€ \(number).\(part < 10 ? "0" : "")\(part)"
  }
}
