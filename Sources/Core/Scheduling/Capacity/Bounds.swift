/// What searches in one lane have found so far, as lower bounds for those to come.
///
/// As long as a lane only shrinks, a task that wants as much or more for as long or longer can't
/// start before one that was searched for earlier: the start found for (a′ ≤ a, s′ ≤ s) is an exact
/// lower bound for (a, s). Equal questions are remembered as they are; others by a table over the
/// logarithms of amount and span that is asked for the greatest bound of all that are smaller
/// (a Fenwick tree of maxima). Both may forget, and never exaggerate.
struct Bounds: Sendable {
  /// Buckets in each doubling.
  private static let steps = 4
  private static let amounts = 24 * steps
  private static let spans = 44 * steps
  private static let remembered = 1024

  private struct Known {
    var amount: Int64 = -1
    var span: Int64 = -1
    var start: Int64 = .min
  }

  private var known = ContiguousArray(repeating: Known(), count: Self.remembered)
  private var tree = ContiguousArray(repeating: Int64.min, count: Self.amounts * Self.spans)

  /// The greatest bound that holds for an amount over a span; `Int64.min` if none is known.
  func bound(_ amount: Int64, span: Int64) -> Int64 {
    let entry = known[Self.place(amount, span)]
    if entry.amount == amount, entry.span == span { return entry.start }
    var greatest = Int64.min
    var row = min(Self.floorBucket(amount), Self.amounts - 1) + 1
    let column = min(Self.floorBucket(span), Self.spans - 1) + 1
    while row > 0 {
      var at = column
      while at > 0 {
        greatest = max(greatest, tree[(row - 1) * Self.spans + at - 1])
        at &= at - 1
      }
      row &= row - 1
    }
    return greatest
  }

  /// Remembers that an amount is free for a span from `start` on, and not before.
  mutating func note(_ amount: Int64, span: Int64, start: Int64) {
    known[Self.place(amount, span)] = Known(amount: amount, span: span, start: start)
    var row = Self.ceilingBucket(amount) + 1
    let column = Self.ceilingBucket(span) + 1
    while row <= Self.amounts {
      var at = column
      while at <= Self.spans {
        let place = (row - 1) * Self.spans + at - 1
        if tree[place] < start { tree[place] = start }
        at += at & -at
      }
      row += row & -row
    }
  }

  private static func place(_ amount: Int64, _ span: Int64) -> Int {
    let mixed =
      UInt64(bitPattern: amount) &* 0x9E37_79B9_7F4A_7C15
      ^ UInt64(bitPattern: span) &* 0xBF58_476D_1CE4_E5B9
    return Int(truncatingIfNeeded: mixed >> 54) & (remembered - 1)
  }

  /// The bucket whose lower edge is the greatest that does not exceed a value.
  private static func floorBucket(_ value: Int64) -> Int {
    guard value > 0 else { return 0 }
    let exponent = 63 - value.leadingZeroBitCount
    let fraction =
      exponent >= 2
      ? Int(truncatingIfNeeded: value >> Int64(exponent - 2)) & 3
      : Int(truncatingIfNeeded: value << Int64(2 - exponent)) & 3
    return exponent * steps + fraction
  }

  /// The bucket whose lower edge is the least that is not below a value.
  private static func ceilingBucket(_ value: Int64) -> Int {
    guard value > 1 else { return 0 }
    return floorBucket(value - 1) + 1
  }
}

/// The ``Bounds`` of each lane of each pool.
struct PoolBounds: Sendable {
  private var lanes: ContiguousArray<Bounds>
  /// Of each pool.
  private let first: [Int]

  /// - Parameter laneCounts: of each pool.
  init(laneCounts: [Int]) {
    first = laneCounts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    lanes = ContiguousArray(repeating: Bounds(), count: laneCounts.reduce(0, +))
  }

  func bound(_ amount: Int64, span: Int64, pool: Int, lane: Int) -> Int64 {
    lanes[first[pool] + lane].bound(amount, span: span)
  }

  mutating func note(_ amount: Int64, span: Int64, start: Int64, pool: Int, lane: Int) {
    lanes[first[pool] + lane].note(amount, span: span, start: start)
  }
}
