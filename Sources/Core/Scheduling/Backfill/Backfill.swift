/// A queue on a count of processors: which tasks start when, event by event, under one policy.
///
/// The simple semantics, in which public logs are replayed and independent simulators agree:
/// * *FCFS*: tasks start in order of arrival, each once it fits for its whole span.
/// * *EASY*: tasks start in order while they fit; the first that does not gets the earliest slot;
///   every task behind it that fits now, for its whole span and beside that slot, starts.
/// * *Conservative*: a task gets the earliest slot when it arrives. Whenever a task ends, all that
///   wait are lifted out and put back at their earliest slot, one by one, in order of arrival.
///
/// A task occupies its span, which is its time limit; when it ends earlier the rest is given back.
/// One that has reached its limit counts as gone even before its end is told.
///
/// What is done for speed is said at ``HeadBackfill`` (FCFS and EASY) and ``ConservativeBackfill``;
/// `PlainBackfill` of the tests is these rules as they stand.
///
/// A value without a clock: whoever drives it tells what happens and when, in ascending order of
/// time, and calls ``step(at:)`` after each event.
package protocol Backfill: Sendable {
  /// How many wait.
  var waitingCount: Int { get }

  /// What started in the last step, in order of the queue.
  var started: ContiguousArray<Int> { get }

  /// When a task that waits is to start if nothing happens before; `Int64.max` if none is.
  var nextStart: Int64 { get }

  /// A task arrives; its number, counting up from 0. One that asks for more than there is never
  /// starts, and holds nobody up.
  ///
  /// - Parameters:
  ///   - amount: processors; not negative.
  ///   - span: how long it occupies them at most; positive.
  mutating func submit(_ amount: Int64, span: Int64, at now: Int64) -> Int

  /// A task that runs ends.
  mutating func end(_ task: Int, at now: Int64)

  /// Starts what is to start now.
  mutating func step(at now: Int64)
}
