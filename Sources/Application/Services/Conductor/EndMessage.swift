import BridgeProtocol
import Domain
import Engine
import Lifecycle

/// What a run's script is told on its standard error, beside the warning ahead of its end or, where there
/// was none, at its end: when, and why. Each is one line of at most 200 characters.
enum EndMessage {
  /// Nil if nothing ends it any more.
  static func warning(of run: RunID, _ state: EngineState) -> String? {
    guard let record = state.runs[run] else { return nil }
    return next(of: record, in: state.centre).map { next in
      "Polder ends job \(run.task) at \(next.at): \(next.cause.words(ending: record.allocation))"
    }
  }

  /// The earliest of what ends a run before its limit; nil if nothing does.
  static func next(of run: RunRecord, in centre: Centre) -> (at: Instant, cause: EndCause)? {
    let deadline = Cycle.deadline(of: run, in: centre)
    guard let end = run.closing.evictedAt, deadline.map({ end < $0.at }) ?? true else {
      return deadline
    }
    return (end, .preempted)
  }

  /// Nil for what was warned, since nothing is to stand before its end, and for what an owner or an
  /// administrator cancelled.
  static func end(of run: RunID, _ state: EngineState) -> String? {
    guard let record = state.runs[run], !record.closing.signalled,
      let cause = record.closing.cause, cause != .administrator
    else { return nil }
    return "Polder ends job \(run.task): \(cause.words(ending: record.allocation))"
  }
}

extension Dispatcher {
  /// Tells a run's script, as far as Slurm takes it: what becomes of the run does not hang on it.
  func notify(_ target: SlurmTarget, _ text: String?) async {
    guard let text else { return }
    _ = await slurm.notify(target, text: text)
  }
}
