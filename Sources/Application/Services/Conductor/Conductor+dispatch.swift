import Domain
import Engine
import Lifecycle
import Logging

/// The directives, which are performed after what decided them was committed.
extension Conductor {
  /// Performs them in the order in which they were written.
  func dispatch(
    _ directives: [Directive], _ state: inout EngineState
  ) async throws(StoreError) {
    let dispatcher = Dispatcher(store: store, slurm: slurm)
    // What follows an act of unknown outcome on the same job waits with it; other jobs do not.
    var uncertain: Set<JobID> = []
    for directive in directives where !uncertain.contains(directive.job) {
      let result = try await dispatcher.perform(directive, state)
      for transition in result.transitions {
        logger.info("\(transition)")
        state.apply(transition)
      }
      switch result.verdict {
      case .performed: try await store.finish(directive)
      case .refused(let task, let message):
        logger.warning("Slurm refused", metadata: ["task": "\(task)", "why": "\(message)"])
        try await store.finish(directive)
      case .later(let message):
        uncertain.insert(directive.job)
        logger.warning(
          "a directive waits", metadata: ["directive": "\(directive)", "why": "\(message)"])
      case .unavailable(let message):
        logger.warning("the directives wait for Slurm", metadata: ["why": "\(message)"])
        return
      }
    }
  }
}
