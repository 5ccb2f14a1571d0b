package import Domain

/// `afterok:P12:13`: one condition on one job, named by Polder's id or by Slurm's.
package struct DraftDependency: Hashable, Sendable {
  package enum Target: Hashable, Sendable {
    case polder(JobID)
    case slurm(Int64)
  }

  package let condition: Dependency.Condition
  package let target: Target
  /// The one task of the job's array that is meant; nil for all.
  package let index: Int?
  /// Of `after` only.
  package let delay: Seconds

  package init(
    condition: Dependency.Condition, target: Target, index: Int? = nil, delay: Seconds = .zero
  ) {
    self.delay = delay
    self.condition = condition
    self.target = target
    self.index = index
  }

  /// The most conditions that one job may name.
  private static let most = 100

  /// Reads sbatch's expression, `CONDITION:JOB[:JOB…]` with `,` between conditions, all of which
  /// must hold, or `?`, where one will do; `singleton` among them is left out: ``namesSingleton(_:)``. Also as Slurm lists what
  /// it read: `afterok:17(unfulfilled)`.
  package static func parse(_ text: String) throws(OptionError) -> [DraftDependency] {
    let isAny = text.contains("?")
    guard !isAny || !(text.contains(",") || namesSingleton(text)) else {
      throw OptionError(
        "'\(text)': ',' (all of them) and '?' (any of them) can't stand beside each other, nor "
          + "singleton beside '?'")
    }
    var all: [DraftDependency] = []
    let separator: Character = isAny ? "?" : ","
    for clause in text.split(separator: separator, omittingEmptySubsequences: false)
    where !isSingleton(clause) {
      let words = clause.split(separator: ":", omittingEmptySubsequences: false).map {
        $0.prefix { $0 != "(" }
      }
      let condition = try condition(words.first ?? "", in: clause)
      guard words.count > 1 else {
        throw OptionError("'\(clause)' names no job; write \(condition.rawValue):P1042")
      }
      for word in words.dropFirst() {
        let (name, delay) = try delayed(word, condition)
        let (job, index) = try target(name)
        guard index == nil || condition != .aftercorr else {
          throw OptionError("'\(word)': aftercorr names a whole array; write aftercorr:P12")
        }
        all.append(DraftDependency(condition: condition, target: job, index: index, delay: delay))
      }
    }
    guard all.count <= most else {
      throw OptionError("it names \(all.count) jobs; the most accepted is \(most)")
    }
    return all
  }

  /// True if one of the conditions is `singleton`.
  package static func namesSingleton(_ text: String) -> Bool {
    text.split(whereSeparator: { $0 == "," || $0 == "?" }).contains { isSingleton($0) }
  }

  private static func isSingleton(_ clause: Substring) -> Bool {
    clause.prefix { $0 != "(" } == "singleton"
  }

  private static func condition(
    _ word: Substring, in clause: Substring
  ) throws(OptionError) -> Dependency.Condition {
    let known = Dependency.Condition.allCases.map(\.rawValue).joined(separator: ", ")
    if ["afterburstbuffer", "expand"].contains(word) {
      throw OptionError("'\(word)' is not supported yet; accepted: \(known), each with :JOB")
    }
    // Slurm reads a bare list of jobs as `after`… of old; it is refused here, since the words
    // differ between versions.
    guard let condition = Dependency.Condition(rawValue: String(word)) else {
      throw OptionError("'\(clause)' is no condition; accepted: \(known), each with :JOB")
    }
    return condition
  }

  /// `12+5`: a job, and the minutes after its start.
  private static func delayed(
    _ word: Substring, _ condition: Dependency.Condition
  ) throws(OptionError) -> (job: Substring, delay: Seconds) {
    let parts = word.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return (word, .zero) }
    guard condition == .after else {
      throw OptionError(
        "'\(word)': only after takes a delay, from the other job's start; write "
          + "after:\(word), or use --begin")
    }
    guard let minutes = OptionValue.digits(parts[1]), minutes <= mostDelayMinutes else {
      throw OptionError(
        "'\(word)': after + stand whole minutes, at most \(mostDelayMinutes): after:P1042+5")
    }
    return (parts[0], .minutes(Int64(minutes)))
  }

  /// A year.
  private static let mostDelayMinutes = 366 * 24 * 60

  private static func target(
    _ word: Substring
  ) throws(OptionError) -> (job: Target, index: Int?) {
    let parts = word.split(separator: "_", omittingEmptySubsequences: false)
    let index = parts.count == 2 ? OptionValue.digits(parts[1]) : nil
    let job = parts.first ?? ""
    if parts.count == 1 || index != nil {
      if let job = JobID(job) { return (.polder(job), index) }
      if let number = Int64(job), number > 0, number < 1 << 32 { return (.slurm(number), index) }
    }
    throw OptionError("'\(word)' is no job; write Polder's id, P1042, or Slurm's number, 1042")
  }
}

extension DraftDependency.Target: CustomStringConvertible {
  /// As it was written: `P12` or Slurm's number.
  package var description: String {
    switch self {
    case .polder(let job): "\(job)"
    case .slurm(let number): "\(number)"
    }
  }
}

extension DraftDependency: CustomStringConvertible {
  /// The job, or the task of it, as it was written.
  package var description: String { index.map { "\(target)_\($0)" } ?? "\(target)" }
}
