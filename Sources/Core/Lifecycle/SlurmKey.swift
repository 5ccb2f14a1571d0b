package import Domain

/// Our id inside a Slurm job, in its admin comment after `polder:`. A job's first submission is
/// `P1042`; a task that Polder submits anew after a site failure is `P1042_3+2`.
package struct SlurmKey: Hashable, Sendable {
  package let job: JobID
  /// The one task that was submitted anew; nil for a job's first submission.
  package let task: TaskID?
  /// From 1.
  package let generation: Int

  package init(job: JobRecord, task: TaskRecord) {
    self.job = job.id
    self.generation = task.generation
    self.task = task.generation == 1 ? nil : task.id
  }

  /// Parses what ``description`` prints; nil for anything else.
  package init?(_ text: String) {
    let parts = text.split(separator: "+", omittingEmptySubsequences: false)
    switch parts.count {
    case 1:
      guard let job = JobID(parts[0]) else { return nil }
      (self.job, task, generation) = (job, nil, 1)
    case 2:
      guard let task = TaskID(parts[0]), let generation = Int(parts[1]), generation > 1 else {
        return nil
      }
      (job, self.task, self.generation) = (task.job, task, generation)
    default: return nil
    }
  }
}

extension SlurmKey: CustomStringConvertible {
  package var description: String { task.map { "\($0)+\(generation)" } ?? "\(job)" }
}
