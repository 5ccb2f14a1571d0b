/// Logarithm and exponential out of additions, multiplications and divisions alone.
///
/// IEEE 754 rounds those in one way, so that results are the same on every machine; those of a C
/// library differ in the last bit from version to version, and a workload's digest with them.
enum PortableMath {
  private static let ln2 = 0.693147180559945309417232

  /// The natural logarithm of a positive, finite number, to about 15 digits.
  static func logarithm(_ x: Double) -> Double {
    var mantissa = x.significand
    var exponent = Double(x.exponent)
    if mantissa > 1.4142135623730951 {
      mantissa /= 2
      exponent += 1
    }
    // ln m = 2 artanh s; |s| < 0.172, so that s²¹ is below the last digit.
    let s = (mantissa - 1) / (mantissa + 1)
    let square = s * s
    var sum = 0.0
    var odd = 21.0
    while odd >= 1 {
      sum = sum * square + 1 / odd
      odd -= 2
    }
    return 2 * s * sum + exponent * ln2
  }

  /// e to the power of a number between −700 and 700.
  static func exponential(_ x: Double) -> Double {
    let whole = (x / ln2).rounded()
    let rest = x - whole * ln2
    var sum = 1.0
    var term = 16.0
    while term >= 1 {
      sum = 1 + sum * rest / term
      term -= 1
    }
    return Double(sign: .plus, exponent: Int(whole), significand: sum)
  }

  static func powerOfTwo(_ x: Double) -> Double { exponential(x * ln2) }
}
