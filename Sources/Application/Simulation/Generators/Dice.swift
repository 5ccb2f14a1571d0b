/// Seeded chance: equal seeds give equal draws in every process and on every machine.
///
/// The bits are SplitMix64's (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
/// Generators", OOPSLA 2014). Distributions use ``PortableMath``, whose results do not depend on the
/// C library.
struct Dice {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func bits() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// In [0, 1), a multiple of 2⁻⁵³.
  mutating func unit() -> Double { Double(bits() >> 11) * 0x1p-53 }

  /// In [low, high).
  mutating func uniform(_ low: Double, _ high: Double) -> Double { low + unit() * (high - low) }

  mutating func chance(_ thousandths: Int) -> Bool { Int(bits() % 1000) < thousandths }

  /// An index, each as likely as its weight; weights are not negative and not all zero.
  mutating func index(weights: [Int]) -> Int {
    var rest = Int(bits() % UInt64(weights.reduce(0, +)))
    for (index, weight) in weights.enumerated() {
      if rest < weight { return index }
      rest -= weight
    }
    return weights.count - 1
  }

  /// Of mean 0 and variance 1, by Marsaglia's polar method.
  mutating func normal() -> Double {
    while true {
      let (x, y) = (uniform(-1, 1), uniform(-1, 1))
      let square = x * x + y * y
      if square > 0, square < 1 {
        return x * (-2 * PortableMath.logarithm(square) / square).squareRoot()
      }
    }
  }

  /// Gamma with mean `shape` × `scale`; `shape` at least 1. Marsaglia and Tsang, "A Simple Method
  /// for Generating Gamma Variables", ACM TOMS 26 (2000).
  mutating func gamma(_ shape: Double, _ scale: Double) -> Double {
    let d = shape - 1.0 / 3.0
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      let u = unit()
      guard u > 0 else { continue }
      let bound = 0.5 * x * x + d - d * v + d * PortableMath.logarithm(v)
      if PortableMath.logarithm(u) < bound { return d * v * scale }
    }
  }
}
