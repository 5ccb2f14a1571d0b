/// Where, since those that wait were looked at the last time, room opened for whom.
///
/// Who found no earlier slot then can find one now only if, before the slot that he has, an amount
/// as large as his became free at some instant at which it was not. What was given back at an
/// instant raised what is free from one level to another, and opened it for the amounts between
/// these two alone. That is kept by buckets of amounts, several in each doubling: of each, the
/// stretch that all that was opened lies in, and for whom it was. Both may say too much, never too
/// little.
struct Openings: Sendable {
  /// Buckets in each doubling, as a power of two.
  private static let fineness = 3
  private static let buckets = 64 << fineness

  /// For whom room has opened that he has not looked at: those before a task, or everybody.
  private struct Opening {
    var from = Int64.max
    var until = Int64.min
    var before = Int.min

    mutating func note(_ part: Range<Int64>, before task: Int) {
      from = min(from, part.lowerBound)
      until = max(until, part.upperBound)
      before = max(before, task)
    }
  }

  /// Since all were looked at.
  private var open = ContiguousArray(repeating: Opening(), count: buckets)
  /// While they are being looked at: those that come after who made the room see it still; those
  /// before him only the next time.
  private var coming = ContiguousArray(repeating: Opening(), count: buckets)
  /// The buckets that anything was noted in.
  private var openRange = 0..<0
  private var comingRange = 0..<0

  /// The bucket of an amount; ascending.
  static func bucket(_ amount: Int64) -> Int {
    guard amount >= 1 << Int64(fineness) else { return Int(max(amount, 0)) }
    let shift = 63 - amount.leadingZeroBitCount - fineness
    return shift << fineness + Int(amount >> Int64(shift))
  }

  /// A stretch that lies before an instant, and outside of which no room opened for a task before
  /// that; nil if none did.
  func opened(for task: Int, bucket: Int, before begin: Int64) -> Range<Int64>? {
    let (old, new) = (open[bucket], coming[bucket])
    let counts = task < old.before
    let from = min(counts ? old.from : .max, new.from)
    guard from < begin else { return nil }
    return from..<min(max(counts ? old.until : .min, new.until), begin)
  }

  /// Over a stretch, what is free went up from one level to another because a task ended.
  mutating func note(_ part: Range<Int64>, from low: Int64, to high: Int64) {
    let range = Self.bucket(low + 1)..<Self.bucket(high) + 1
    for bucket in range { open[bucket].note(part, before: .max) }
    openRange = Self.hull(openRange, range)
  }

  /// The same because a task that waits was moved.
  mutating func note(_ part: Range<Int64>, from low: Int64, to high: Int64, by task: Int) {
    let range = Self.bucket(low + 1)..<Self.bucket(high) + 1
    for bucket in range { coming[bucket].note(part, before: task) }
    comingRange = Self.hull(comingRange, range)
  }

  /// All were looked at.
  mutating func turn() {
    for bucket in openRange { open[bucket] = Opening() }
    swap(&open, &coming)
    openRange = comingRange
    comingRange = 0..<0
  }

  private static func hull(_ one: Range<Int>, _ other: Range<Int>) -> Range<Int> {
    one.isEmpty
      ? other
      : min(one.lowerBound, other.lowerBound)..<max(one.upperBound, other.upperBound)
  }
}
