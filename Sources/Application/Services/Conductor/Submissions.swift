package import BridgeProtocol
package import Domain
package import Engine
package import Lifecycle

/// The tasks of a state by the Slurm job that they were submitted as, so that a line of Slurm's record
/// is not held against all that waits.
package struct Submissions: Sendable {
  private let tasks: [Int64: [TaskID]]

  package init(_ state: EngineState) {
    var tasks: [Int64: [TaskID]] = [:]
    for task in state.tasks.values {
      guard let job = state.jobs[task.id.job], let id = task.slurmJobID(in: job) else { continue }
      tasks[id, default: []].append(task.id)
    }
    self.tasks = tasks
  }

  /// The task that a line of Slurm's own record is about, and what the line says of it; nil if no
  /// open task of ours is meant.
  ///
  /// - Parameter state: the one that this was made of, or one that follows from it by such lines.
  package func match(
    _ line: EndedRun, _ state: EngineState
  ) -> (task: TaskID, observation: Observation)? {
    let submissionID = Int64(line.arrayJobID ?? line.jobID)
    let candidates = (tasks[submissionID] ?? []).compactMap { state.tasks[$0] }.filter { task in
      // What has ended, or waits for one more run, is told by all its runs.
      guard let job = state.jobs[task.id.job], task.slurmJobID(in: job) == submissionID,
        !task.isEnded, task.state != .waiting || task.attempts == 0
      else { return false }
      guard Self.isCharged(line, to: job), Self.isSubmitted(line, as: job) else { return false }
      return line.arrayTask == nil || task.id.index == line.arrayTask
    }
    guard let task = Self.meant(line, of: candidates, state), line.times.end != nil else {
      return nil
    }
    return (task.id, Self.observation(of: line))
  }

  /// Slurm counts its ids anew when it loses its state, so that more than one of our tasks can have
  /// been given the id of a line.
  ///
  /// A run whose start was seen is told by that; else the line must bear the job's name, unless it
  /// came through Slurm in the very second. Of several it is the one that was submitted last.
  private static func meant(
    _ line: EndedRun, of candidates: [TaskRecord], _ state: EngineState
  ) -> TaskRecord? {
    let run = { (task: TaskRecord) in task.state.run.flatMap { state.runs[$0] } }
    if let start = line.times.start,
      let seen = candidates.first(where: { run($0)?.started?.wholeSeconds == Int64(start) })
    {
      return seen
    }
    let named = candidates.filter { task in
      guard let job = state.jobs[task.id.job] else { return false }
      return isOf(line, job)
    }
    return named.max { first, second in
      (run(first)?.committed.milliseconds ?? 0, first.id)
        < (run(second)?.committed.milliseconds ?? 0, second.id)
    }
  }

  /// True if a line can be of a job by the job's name, or by the second of its submission.
  static func isOf(_ line: EndedRun, _ job: JobRecord) -> Bool {
    isAtOnce(line, job) || job.request.name == line.name
  }

  /// True if a line names the project of a job; what Polder adopted may have named none.
  private static func isCharged(_ line: EndedRun, to job: JobRecord) -> Bool {
    line.account == job.request.project.text
      || job.origin == .adopted && ["", "(null)"].contains(line.account)
  }

  /// True if a line is of what came through Slurm in the very second in which the job was accepted.
  static func isAtOnce(_ line: EndedRun, _ job: JobRecord) -> Bool {
    job.origin == .slurm && abs(Int64(line.times.submit) - job.submitted.wholeSeconds) <= 2
  }

  /// False for a line of what stood in Slurm before the job was accepted; clocks may differ a little.
  static func isSubmitted(_ line: EndedRun, as job: JobRecord) -> Bool {
    Int64(line.times.submit) >= job.submitted.wholeSeconds - 2
  }

  /// What a line says of the task that it is about. It has an end.
  static func observation(of line: EndedRun) -> Observation {
    .ended(facts(of: line))
  }

  static func facts(of line: EndedRun) -> Observation.EndedFacts {
    Observation.EndedFacts(
      slurmJobID: Int64(line.jobID), submissionID: Int64(line.arrayJobID ?? line.jobID),
      start: line.nodes.isEmpty ? nil : line.times.start.map { Instant(seconds: Int64($0)) },
      end: Instant(seconds: Int64(line.times.end ?? line.times.submit)),
      outcome: line.state.outcome, exitCode: line.exit.code, signal: line.exit.signal)
  }
}
