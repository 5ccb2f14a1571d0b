/// One accepted request, printed and typed as `P1042`.
package struct JobID: Hashable, Comparable, Sendable {
  /// Counts up from 1; unique for ever.
  package let number: Int64

  package init(number: Int64) { self.number = number }

  /// Parses `P1042` or `p1042`; nil for anything else.
  package init?(_ text: some StringProtocol) {
    guard let first = text.first, first == "P" || first == "p",
      let number = Digits.number(text.dropFirst()), number > 0
    else { return nil }
    self.number = number
  }

  package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

extension JobID: CustomStringConvertible {
  package var description: String { "P\(number)" }
}

/// The smallest thing that waits and runs: a job without an array, or one task of its array.
/// Printed as `P1042` or `P1042_3`.
package struct TaskID: Hashable, Comparable, Sendable {
  package let job: JobID
  /// The array index, or nil for a job without an array.
  package let index: Int?

  package init(job: JobID, index: Int?) {
    self.job = job
    self.index = index
  }

  /// Parses `P1042` or `P1042_3`.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "_", omittingEmptySubsequences: false)
    guard let job = parts.first.flatMap({ JobID($0) }), parts.count <= 2 else { return nil }
    if parts.count == 2 {
      guard let index = Digits.number(parts[1]) else { return nil }
      self.init(job: job, index: Int(index))
    } else {
      self.init(job: job, index: nil)
    }
  }

  package static func < (left: Self, right: Self) -> Bool {
    (left.job, left.index ?? -1) < (right.job, right.index ?? -1)
  }
}

extension TaskID: CustomStringConvertible {
  package var description: String { index.map { "\(job)_\($0)" } ?? "\(job)" }
}

/// One attempt at a task, printed as `P1042.1` or `P1042_3.2`. A run is held for once and charged
/// once.
package struct RunID: Hashable, Comparable, Sendable {
  package let task: TaskID
  /// Counts attempts from 1.
  package let attempt: Int

  package init(task: TaskID, attempt: Int) {
    self.task = task
    self.attempt = attempt
  }

  /// Parses `P1042.1` or `P1042_3.2`.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let task = TaskID(parts[0]), let attempt = Digits.number(parts[1]),
      attempt > 0
    else { return nil }
    self.init(task: task, attempt: Int(attempt))
  }

  package static func < (left: Self, right: Self) -> Bool {
    (left.task, left.attempt) < (right.task, right.attempt)
  }
}

extension RunID: CustomStringConvertible {
  package var description: String { "\(task).\(attempt)" }
}
