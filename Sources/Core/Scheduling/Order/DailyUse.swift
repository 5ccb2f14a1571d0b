package import Domain

/// An amount of use that fades, kept by the day (UTC) on which it was made: what was used on a day
/// counts in full until that day is over, and fades from its end on.
///
/// Days and not instants, so that it is exact: the sum of whole numbers is the same in any order, a
/// correction takes back what it names to the last unit, and books, store and memory agree. Nothing
/// sweeps over it, and another half-life needs no counting anew. Within a day it differs from a decay
/// to the second by at most one day of it, alike for all who used something on that day.
package struct DailyUse: Hashable, Sendable {
  /// The use of one day.
  package struct Day: Hashable, Sendable {
    /// Days from 1970-01-01.
    package let number: Int64
    package fileprivate(set) var amount: GPUTime
  }

  /// Ascending; none of nothing.
  package private(set) var days: [Day] = []

  /// What is older than so many half-lives counts no more: a millionth would be left.
  package static let longestHalfLives: Int64 = 20

  package init() {}

  package var isEmpty: Bool { days.isEmpty }

  /// The day to which belongs what ended at an instant: what ends at midnight, to the day before.
  package static func day(of end: Instant) -> Int64 {
    CivilDate(Instant(milliseconds: end.milliseconds - 1)).daysSinceEpoch
  }

  /// Counts an amount; a negative one takes back what was counted on that day.
  ///
  /// - Complexity: constant for the last day, else linear in the days.
  package mutating func add(_ amount: GPUTime, on day: Int64) {
    guard amount != .zero else { return }
    let after = days.lastIndex { $0.number <= day }
    guard let after, days[after].number == day else {
      days.insert(Day(number: day, amount: amount), at: after.map { $0 + 1 } ?? 0)
      return
    }
    days[after].amount += amount
    if days[after].amount == .zero { days.remove(at: after) }
  }

  /// What is left at an instant; never below zero.
  package func left(by decay: Decay, at now: Instant) -> GPUTime {
    let oldest = decay.halfLife.map { now.milliseconds - $0.count * 1000 * Self.longestHalfLives }
    var sum = GPUTime.zero
    for day in days.reversed() {
      let end = (day.number + 1) * 86_400_000
      if let oldest, end < oldest { break }
      sum += decay.left(of: day.amount, after: now.milliseconds - end)
    }
    return max(sum, .zero)
  }
}
