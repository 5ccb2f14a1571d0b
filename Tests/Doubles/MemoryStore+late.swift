import Domain
import Ledger
import Lifecycle

/// What is recorded of runs when their month is closed, as Postgres keeps it: run by run.
extension MemoryStore.History {
  /// What Slurm told last.
  var start: Instant? { end?.start ?? run.started }

  /// When reports count that it began.
  var begunCounted: Instant { max(run.committed, begunLate ?? run.committed) }
}

extension MemoryStore {
  /// After a transition of these runs.
  func noteWhatIsLate(of transition: Transition) {
    let run: RunID
    switch transition {
    case .started(let id, _, _, _, _, _), .ended(let id, _): run = id
    case .adopted(_, let record, _, _), .repeated(_, let record, _, _): run = record.id
    case .bound, .returned, .dropped: return
    }
    guard var history = histories[run] else { return }
    let opening = books.closed?.end
    if history.firstStart == nil, let start = history.start {
      history.firstStart = start
      history.begunLate = opening.flatMap { history.run.committed < $0 ? $0 : nil }
    }
    if let end = history.end, history.endCounted == nil {
      history.endCounted = max(end.end, history.run.committed, opening ?? end.end)
    }
    histories[run] = history
  }
}
