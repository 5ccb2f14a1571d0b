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
      return Self.isAbout(task, line)
    }
    guard let task = Self.meant(line, of: candidates, state), line.times.end != nil,
      let job = state.jobs[task.id.job]
    else { return nil }
    let run = task.state.run.flatMap { state.runs[$0] }
    return (task.id, .ended(Self.facts(of: Self.read(line, of: job, run))))
  }

  /// False for a line of another task. One without a task is, of an array, about what waits of it: it is
  /// no end of a run that is to start, which Slurm has by its index.
  private static func isAbout(_ task: TaskRecord, _ line: EndedRun) -> Bool {
    guard line.arrayTask == nil else { return task.id.index == line.arrayTask }
    return task.id.index == nil || task.state.run == nil
  }

  /// What is released begins within so many seconds, or is taken back long before.
  private static let longestStart: Int64 = 600

  /// A line by the reading of its times that agrees best with what is known of the run.
  ///
  /// - Parameter run: the one that it ends; nil if Polder knows of none.
  static func read(_ line: EndedRun, of job: JobRecord, _ run: RunRecord? = nil) -> EndedRun {
    let line = line.preferring { isSubmitted($0, as: job) }
    guard let run else { return line }
    guard let started = run.started?.wholeSeconds else {
      let committed = run.committed.wholeSeconds
      return line.preferring { times in
        let start = Int64(times.start ?? times.end ?? times.submit)
        return start >= committed - 2 && start <= committed + longestStart
      }
    }
    // Half of what the two readings differ by.
    return line.preferring { times in times.start.map { abs(Int64($0) - started) < 1800 } ?? false }
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
    let starts = Set(line.starts)
    let seen = candidates.first { task in
      run(task)?.started.map { starts.contains($0.wholeSeconds) } ?? false
    }
    if let seen { return seen }
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
    job.origin == .slurm
      && line.readings.contains { abs(Int64($0.submit) - job.submitted.wholeSeconds) <= 2 }
  }

  /// False for a line of what stood in Slurm before the job was accepted; clocks may differ a little.
  static func isSubmitted(_ line: EndedRun, as job: JobRecord) -> Bool {
    line.readings.contains { isSubmitted($0, as: job) }
  }

  private static func isSubmitted(_ times: JobTimes, as job: JobRecord) -> Bool {
    Int64(times.submit) >= job.submitted.wholeSeconds - 2
  }

  /// What a line says of the task that it is about, by the likeliest of its readings. It has an end.
  static func facts(of line: EndedRun) -> Observation.EndedFacts {
    let starts = line.nodes.isEmpty ? [] : line.starts.map { Instant(seconds: $0) }
    return Observation.EndedFacts(
      slurmJobID: Int64(line.jobID), submissionID: Int64(line.arrayJobID ?? line.jobID),
      start: starts.first, otherStarts: starts.filter { $0 != starts[0] },
      end: Instant(seconds: Int64(line.times.end ?? line.times.submit)),
      outcome: line.state.outcome, exitCode: line.exit.code, signal: line.exit.signal)
  }
}

extension EndedRun {
  /// All that its start can mean, in seconds since 1970, the likeliest first.
  var starts: [Int64] { readings.compactMap { $0.start.map { Int64($0) } } }
}
