/// An amount of the unit in which everything is granted, held and charged: one GPU-equivalent for
/// one millisecond, in a checked 64-bit integer.
///
/// Amounts that come from outside are bounded by ``largest``, of which 2,500 can be added: no sum of what
/// a machine can deliver comes near. An overflow is a programmer's error and traps.
package struct GPUTime: Hashable, Comparable, Sendable, Codable {
  /// GPU-milliseconds; negative only as a difference.
  package let milliseconds: Int64

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  package static let zero = GPUTime(milliseconds: 0)

  /// The largest amount that one entry may carry: a billion GPU-hours.
  package static let largest = GPUTime.hours(1_000_000_000)

  /// Whole GPU-hours.
  package static func hours(_ count: Int64) -> GPUTime {
    GPUTime(milliseconds: count * 3_600_000)
  }

  package static func < (left: Self, right: Self) -> Bool {
    left.milliseconds < right.milliseconds
  }
  package static func + (left: Self, right: Self) -> Self {
    GPUTime(milliseconds: left.milliseconds + right.milliseconds)
  }
  package static func - (left: Self, right: Self) -> Self {
    GPUTime(milliseconds: left.milliseconds - right.milliseconds)
  }
  /// A part of the amount in hundredths of a per cent, rounded half away from zero. Exact at any
  /// size: forty thousand GPUs over ten years, times ten thousand, are more than 64 bits hold.
  package func portion(basisPoints: Int64) -> GPUTime {
    let product = milliseconds.multipliedFullWidth(by: basisPoints)
    let parts = Int64(10_000).dividingFullWidth(product)
    let rounding: Int64 = parts.remainder >= 5000 ? 1 : parts.remainder <= -5000 ? -1 : 0
    return GPUTime(milliseconds: parts.quotient + rounding)
  }

  package static func += (left: inout Self, right: Self) { left = left + right }
  package static func -= (left: inout Self, right: Self) { left = left - right }
}

extension GPUTime: CustomStringConvertible {
  /// GPU-hours with four decimals and their unit, rounded half away from zero: `1.2500 GPU-h`.
  package var description: String { "\(hoursText()) GPU-h" }

  /// GPU-hours without the unit, rounded half away from zero to a number of decimals (0 to 6).
  package func hoursText(decimals: Int = 4) -> String {
    precondition((0...6).contains(decimals), "GPU-hours are printed with 0 to 6 decimals")
    var scale: Int64 = 1
    for _ in 0..<decimals { scale *= 10 }
    let magnitude = milliseconds.magnitude
    let hours = magnitude / 3_600_000
    let scaled = (magnitude % 3_600_000 * UInt64(scale) + 1_800_000) / 3_600_000
    let whole = hours + scaled / UInt64(scale)
    let fraction = String(scaled % UInt64(scale))
    let sign = milliseconds < 0 && (whole > 0 || scaled > 0) ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(whole)" }
    let zeros = String(repeating: "0", count: decimals - fraction.utf8.count)
    return "\(sign)\(whole).\(zeros)\(fraction)"
  }
}

/// How many GPU-equivalents something occupies, in thousandths.
package struct Weight: Hashable, Comparable, Sendable, Codable {
  package let thousandths: Int64

  package init(thousandths: Int64) { self.thousandths = thousandths }

  package static let zero = Weight(thousandths: 0)

  package static func < (left: Self, right: Self) -> Bool {
    left.thousandths < right.thousandths
  }
  package static func + (left: Self, right: Self) -> Self {
    Weight(thousandths: left.thousandths + right.thousandths)
  }

  /// The price of occupying this weight for a time. Thousandths times whole seconds are
  /// GPU-milliseconds, so the product is exact and nothing is rounded.
  package static func * (left: Self, right: Seconds) -> GPUTime {
    GPUTime(milliseconds: left.thousandths * right.count)
  }
}

extension Weight: CustomStringConvertible {
  /// GPU-equivalents with three decimals: `1.250`.
  package var description: String {
    let fraction = String(thousandths % 1000)
    let zeros = String(repeating: "0", count: 3 - fraction.utf8.count)
    return "\(thousandths / 1000).\(zeros)\(fraction)"
  }
}
