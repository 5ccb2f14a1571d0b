import CPosix

/// An instant of the monotonic clock by which a blocking call must be over.
///
/// One deadline is shared by all the steps of an exchange (connect, write, read), so that the
/// steps together and not each of them stay within the time.
package struct Deadline: Sendable, Equatable {
  /// Milliseconds of the monotonic clock, or nil for no limit.
  private let milliseconds: Int64?

  /// No limit.
  package static let never = Deadline(milliseconds: nil)

  /// The instant `milliseconds` from now; zero or less has passed already.
  package static func milliseconds(_ milliseconds: Int64) -> Deadline {
    let (sum, overflow) = cposix_monotonic_ms().addingReportingOverflow(milliseconds)
    return overflow ? .never : Deadline(milliseconds: sum)
  }

  private init(milliseconds: Int64?) { self.milliseconds = milliseconds }

  /// Milliseconds that are left, not below zero, or nil for no limit.
  package var remainingMilliseconds: Int64? {
    milliseconds.map { max(0, $0 - cposix_monotonic_ms()) }
  }

  /// What `poll` wants: the milliseconds left, or -1 for no limit.
  package var pollMilliseconds: Int32 {
    remainingMilliseconds.map { Int32(clamping: $0) } ?? -1
  }
}
