/// A moment, in whole milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// Core never reads a clock: instants are arguments. Intervals between instants are half-open.
package struct Instant: Hashable, Comparable, Sendable, Codable {
  /// Milliseconds since the epoch; negative before 1970.
  package let milliseconds: Int64

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// An instant on a whole second, as Slurm reports it.
  package init(seconds: Int64) { self.milliseconds = seconds * 1000 }

  package static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }

  /// The whole second that contains this instant (rounded towards the past).
  package var wholeSeconds: Int64 {
    milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000
  }

  package static func + (left: Self, right: Seconds) -> Self {
    Instant(milliseconds: left.milliseconds + right.count * 1000)
  }

  package static func - (left: Self, right: Seconds) -> Self {
    Instant(milliseconds: left.milliseconds - right.count * 1000)
  }

  /// Whole seconds from `earlier` to this instant, rounded up, so that a limit is never short.
  package func seconds(since earlier: Instant) -> Seconds {
    let difference = milliseconds - earlier.milliseconds
    return Seconds(difference >= 0 ? (difference + 999) / 1000 : -(-difference / 1000))
  }
}

/// A length of time in whole seconds, the grain in which Slurm measures runs.
package struct Seconds: Hashable, Comparable, Sendable, Codable {
  package let count: Int64

  package init(_ count: Int64) { self.count = count }

  package static let zero = Seconds(0)
  package static func minutes(_ count: Int64) -> Seconds { Seconds(count * 60) }
  package static func hours(_ count: Int64) -> Seconds { Seconds(count * 3600) }

  package static func < (left: Self, right: Self) -> Bool { left.count < right.count }
  package static func + (left: Self, right: Self) -> Self { Seconds(left.count + right.count) }
  package static func - (left: Self, right: Self) -> Self { Seconds(left.count - right.count) }
}

extension Seconds: CustomStringConvertible {
  /// `1-02:03:04` or `02:03:04`, as Slurm prints time limits.
  package var description: String {
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let (days, rest) = count.quotientAndRemainder(dividingBy: 86400)
    let clock = "\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))"
    return days > 0 ? "\(days)-\(clock)" : clock
  }
}
