import Domain
import Engine
import Lifecycle
import Logging

/// The directives, which are performed after what decided them was committed.
extension Conductor {
  /// Performs them in the order in which they were written, starts in groups.
  func dispatch(
    _ directives: [Directive], _ state: inout EngineState, now: Instant
  ) async throws(StoreError) {
    let dispatcher = Dispatcher(
      store: store, slurm: slurm, grace: cycle.lifecycle.grace)
    // What follows an act of unknown outcome on the same job waits with it; other jobs do not.
    var uncertain: Set<JobID> = []
    var rest = directives[...]
    while !rest.isEmpty {
      let group = Dispatcher.group(rest)
      rest = rest.dropFirst(group.count)
      let result = try await dispatcher.perform(group, &uncertain, &state)
      for transition in result.transitions { logger.info("\(transition)") }
      for (directive, verdict) in result.verdicts {
        switch verdict {
        case .performed: break
        case .refused(let task, let message):
          logger.warning("Slurm refused", metadata: ["task": "\(task)", "why": "\(message)"])
        case .putOff(let task, let message):
          pause(task, message, now: now)
          logger.warning(
            "Slurm does not take it now", metadata: ["task": "\(task)", "why": "\(message)"])
        case .later(let message):
          logger.warning(
            "a directive waits", metadata: ["directive": "\(directive)", "why": "\(message)"])
        case .unavailable(let message):
          logger.warning("the directives wait for Slurm", metadata: ["why": "\(message)"])
          return
        }
      }
    }
  }
}
