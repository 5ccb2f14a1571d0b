import BridgeProtocol
import Domain
import Engine
import Lifecycle

/// What a run's script is told on its standard error, beside the warning ahead of its end or, where there
/// was none, at its end: when, and why. Each is one line of at most 200 characters.
enum Notices {
  /// Nil if nothing ends it any more.
  static func warning(of run: RunID, _ state: EngineState) -> String? {
    guard let record = state.runs[run] else { return nil }
    var next = Cycle.deadline(of: record, in: state.centre)
    if let end = record.closing.evictedAt, next.map({ end < $0.at }) ?? true {
      next = (end, .preempted)
    }
    return next.map { next in
      "Polder ends job \(run.task) at \(next.at): \(why(next.cause, record.allocation))"
    }
  }

  /// Nil for what was warned, since nothing is to stand before its end, and for what an owner or an
  /// administrator cancelled.
  static func end(of run: RunID, _ state: EngineState) -> String? {
    guard let record = state.runs[run], !record.closing.signalled,
      let cause = record.closing.cause, cause != .administrator
    else { return nil }
    return "Polder ends job \(run.task): \(why(cause, record.allocation))"
  }

  private static func why(_ cause: EndCause, _ allocation: AllocationID) -> String {
    switch cause {
    case .windowEnded: "the window of allocation \(allocation) ends"
    case .suspended: "allocation \(allocation) is suspended"
    case .exhausted: "allocation \(allocation) can't pay for it"
    case .overrunCap: "allocation \(allocation) went on past its end as far as is allowed"
    case .preempted: "another job needs its nodes"
    case .administrator: "an administrator cancelled it"
    }
  }
}

extension Dispatcher {
  /// Tells a run's script, as far as Slurm takes it: what becomes of the run does not hang on it.
  func notify(_ target: SlurmTarget, _ text: String?) async {
    guard let text else { return }
    _ = await slurm.notify(target, text: text)
  }
}
