/// A condition on another job that must hold before a task may start. Slurm's words.
package struct Dependency: Hashable, Sendable {
  package enum Condition: String, Hashable, Sendable, CaseIterable {
    /// Every task ended with exit code 0.
    case afterok
    /// Every task ended, however.
    case afterany
    /// At least one task ended otherwise than with exit code 0.
    case afternotok
    /// Every task has started, for as long as the delay says, or was cancelled before it could.
    case after
    /// Of an array: the task with the index of the task that waits ended with exit code 0. Of the
    /// job as a whole where it, or the job that waits, has no such index.
    case aftercorr
  }

  package let condition: Condition
  package let job: JobID
  /// The one task of the job's array that is meant; nil for all.
  package let index: Int?
  /// Of `after`: from the start of each task on; zero of all others.
  package let delay: Seconds

  package init(
    condition: Condition, job: JobID, index: Int? = nil, delay: Seconds = .zero
  ) {
    self.condition = condition
    self.job = job
    self.index = index
    self.delay = condition == .after ? max(delay, .zero) : .zero
  }
}

extension Dependency: CustomStringConvertible {
  /// As sbatch has it: `afterok:P12`, `afterok:P12_3`, or `after:P12+5` with a delay in minutes.
  package var description: String {
    let minutes = delay > .zero ? "+\(delay.count / 60)" : ""
    return "\(condition.rawValue):\(TaskID(job: job, index: index))\(minutes)"
  }
}

/// How many of a request's conditions must hold.
package enum DependencyRule: String, Hashable, Sendable, CaseIterable {
  /// Each of them; sbatch writes `,` between them.
  case all
  /// One at least; sbatch writes `?`.
  case any
}

extension JobRequest {
  /// The conditions that do not hold yet, as far as they are waited for; empty if it may run.
  package func unmet(_ isMet: (Dependency) -> Bool) -> [Dependency] {
    let unmet = dependencies.filter { !isMet($0) }
    return dependencyRule == .any && unmet.count < dependencies.count ? [] : unmet
  }

  /// A condition by which it can never run, given those that no future can meet: any of them, or the
  /// first of them if one would have done.
  package func hopeless(_ isHopeless: (Dependency) -> Bool) -> Dependency? {
    guard dependencyRule == .any else { return dependencies.first(where: isHopeless) }
    return dependencies.allSatisfy(isHopeless) ? dependencies.first : nil
  }

  /// True if each task of its array waits for one of another's.
  package var hasCorrespondence: Bool {
    dependencies.contains { $0.condition == .aftercorr }
  }
}
