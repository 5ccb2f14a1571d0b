import Domain
import Scheduling

extension Plan {
  /// A due start that is this much late is one: rounds follow each other by less.
  static let punctual = Seconds(60)

  /// Which promises of the plan before are not kept, in order of the queue, each with its cause.
  func late(_ promises: [PlannedReservation], keeping: Bool, now: Instant) -> [LateStart] {
    guard !promises.isEmpty else { return [] }
    let byTask = Dictionary(promises.map { ($0.task, $0) }) { first, _ in first }
    return decisions.compactMap { decision in
      guard let promise = byTask[decision.task] else { return nil }
      let (expected, otherwise): (Instant?, LateCause.Kind) =
        switch decision.outcome {
        case .start: (now <= promise.start + Self.punctual ? promise.start : now, .away)
        case .wait(_, let start): (start, keeping ? .unknown : .policy)
        }
      guard expected.map({ $0 > promise.start }) ?? true else { return nil }
      return LateStart(
        task: decision.task, promised: promise.start, expected: expected,
        cause: broken[decision.task] ?? LateCause(otherwise), at: now)
    }
  }
}
