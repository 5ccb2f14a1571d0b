/// The jobs of a trace or of a generator.
package struct Workload: Hashable, Sendable {
  /// A job's index is its place among those submitted at one second.
  package private(set) var jobs: [WorkloadJob]
  /// What could not be used, and how often.
  package let skipped: [SkippedJobs]
  /// What the file says of itself, line by line.
  package let header: [String]

  /// Jobs are put in order of their submission; those of one second stay in the order given.
  package init(jobs: [WorkloadJob], skipped: [SkippedJobs] = [], header: [String] = []) {
    let isOrdered = zip(jobs, jobs.dropFirst()).allSatisfy { $0.submit <= $1.submit }
    self.jobs =
      isOrdered
      ? jobs
      : jobs.enumerated()
        .sorted { ($0.element.submit, $0.offset) < ($1.element.submit, $1.offset) }
        .map(\.element)
    self.skipped = skipped.filter { $0.count > 0 }
    self.header = header
  }
}

/// Jobs of a trace that can't be replayed, by reason.
package struct SkippedJobs: Hashable, Sendable {
  package enum Reason: String, CaseIterable, Sendable {
    case noProcessors = "no processors or GPUs asked for or allocated"
    case noRunTime = "no run time"
    case noSubmission = "no time of submission"
    case noGPU = "no GPU asked for, on a machine that counts GPUs"
  }

  package let reason: Reason
  package let count: Int

  package init(reason: Reason, count: Int) {
    self.reason = reason
    self.count = count
  }
}
