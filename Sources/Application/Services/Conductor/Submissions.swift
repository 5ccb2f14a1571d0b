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
      guard let job = state.jobs[task.id.job], task.slurmJobID(in: job) == submissionID else {
        return false
      }
      // Slurm counts its ids anew when it loses its state: the line must be of this very job.
      guard line.account == job.request.project.text,
        Int64(line.times.submit) >= job.submitted.wholeSeconds - 2
      else { return false }
      return line.arrayTask == nil || task.id.index == line.arrayTask
    }
    guard let task = candidates.max(by: { $0.id < $1.id }), let end = line.times.end else {
      return nil
    }
    return (
      task.id,
      .ended(
        Observation.EndedFacts(
          slurmJobID: Int64(line.jobID), submissionID: submissionID,
          start: line.nodes.isEmpty ? nil : line.times.start.map { Instant(seconds: Int64($0)) },
          end: Instant(seconds: Int64(end)), outcome: line.state.outcome,
          exitCode: line.exit.code, signal: line.exit.signal))
    )
  }
}
