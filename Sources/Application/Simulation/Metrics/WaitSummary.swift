/// The waits of some jobs.
package struct WaitSummary: Hashable, Sendable, Codable {
  package let jobs: Int
  /// Thousandths of a second, rounded half up.
  package let meanThousandths: Int64
  /// Seconds: the least that half of the jobs do not wait longer than (nearest rank).
  package let medianSeconds: Int64
  /// Seconds: the same for 95 of a hundred.
  package let p95Seconds: Int64
  package let maxSeconds: Int64

  /// - Parameter waits: in seconds, in any order.
  package init(_ waits: [Int64]) {
    let sorted = waits.sorted()
    let count = sorted.count
    jobs = count
    let sum = sorted.reduce(Int128(0)) { $0 + Int128($1) }
    meanThousandths = count == 0 ? 0 : rounded(sum * 1000, by: Int128(count))
    func rank(_ hundredths: Int) -> Int64 {
      count == 0 ? 0 : sorted[max((count * hundredths + 99) / 100, 1) - 1]
    }
    medianSeconds = rank(50)
    p95Seconds = rank(95)
    maxSeconds = sorted.last ?? 0
  }
}

/// A quotient of numbers that are not negative, rounded half up.
func rounded(_ part: Int128, by whole: Int128) -> Int64 {
  whole == 0 ? 0 : Int64((part + whole / 2) / whole)
}
