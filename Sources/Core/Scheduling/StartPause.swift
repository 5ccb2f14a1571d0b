package import Domain

/// A task that was given to Slurm in vain is not planned for a while: longer each time, so that what
/// goes on failing costs little, and no hold is taken for it all the time.
package struct StartPause: Hashable, Sendable {
  /// No pause is longer.
  package static let longest = Seconds.minutes(15)

  package let until: Instant
  /// Why Slurm did not start it.
  package let cause: String
  /// How often in a row, from 1.
  package let count: Int

  package init(until: Instant, cause: String, count: Int = 1) {
    self.until = until
    self.cause = cause
    self.count = count
  }

  /// The pause after one more failure: twice as long as the last.
  ///
  /// - Parameter first: how long the first is.
  package static func after(
    _ last: StartPause?, first: Seconds, cause: String, now: Instant
  ) -> StartPause {
    let count = (last?.count ?? 0) + 1
    let doublings = min(count - 1, 20)
    let length = min(Seconds(first.count << Int64(doublings)), longest)
    return StartPause(until: now + length, cause: cause, count: count)
  }

  /// The same, over now: what was in the way may be gone.
  package func lifted(at now: Instant) -> StartPause {
    StartPause(until: min(until, now), cause: cause, count: count)
  }
}
