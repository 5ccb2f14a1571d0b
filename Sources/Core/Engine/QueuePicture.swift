package import Domain
package import Lifecycle
package import Scheduling

/// The jobs that wait, in the order in which they are planned, and why each has its place.
package struct QueuePicture: Hashable, Sendable {
  /// A job with a task that waits.
  package struct Job: Hashable, Sendable {
    package let record: JobRecord
    /// Nil without a policy: then ids are the order.
    package let explanation: PriorityExplanation?

    package init(record: JobRecord, explanation: PriorityExplanation?) {
      self.record = record
      self.explanation = explanation
    }
  }

  /// Of an array, where its first waiting task stands.
  package let jobs: [Job]
  package let now: Instant

  package init(jobs: [Job], now: Instant) {
    self.jobs = jobs
    self.now = now
  }
}

extension Cycle {
  /// The waiting jobs in order, each with its priority.
  package func queuePicture(_ state: EngineState, now: Instant) -> QueuePicture {
    var seen: Set<JobID> = []
    var payers = Payers(state, now: now)
    let tasks = state.tasks.values.filter { $0.state == .waiting }
    let waiting = ordered(tasks, state, &payers, now: now)
      .map(\.id.job).filter { seen.insert($0).inserted }
    let explanations = Self.explanations(
      of: waiting, state, grace: lifecycle.grace, now: now)
    let jobs = waiting.compactMap { id in
      state.jobs[id].map { QueuePicture.Job(record: $0, explanation: explanations[id]) }
    }
    return QueuePicture(jobs: jobs, now: now)
  }
}
