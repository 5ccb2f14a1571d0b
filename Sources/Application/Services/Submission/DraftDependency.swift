package import Domain

/// `afterok:P12:13`: one condition on one job, named by Polder's id or by Slurm's.
package struct DraftDependency: Hashable, Sendable {
  package enum Target: Hashable, Sendable {
    case polder(JobID)
    case slurm(Int64)
  }

  package let condition: Dependency.Condition
  package let target: Target

  package init(condition: Dependency.Condition, target: Target) {
    self.condition = condition
    self.target = target
  }

  /// The most conditions that one job may name.
  private static let most = 100

  /// Reads sbatch's expression, `CONDITION:JOB[:JOB…]` with `,` between conditions, all of which
  /// must hold. Also as Slurm lists what it read: `afterok:17(unfulfilled)`.
  package static func parse(_ text: String) throws(OptionError) -> [DraftDependency] {
    guard !text.contains("?") else {
      throw OptionError("'?' (any one of several conditions) is not supported yet; write ','")
    }
    var all: [DraftDependency] = []
    for clause in text.split(separator: ",", omittingEmptySubsequences: false) {
      let words = clause.split(separator: ":", omittingEmptySubsequences: false).map {
        $0.prefix { $0 != "(" }
      }
      let condition = try condition(words.first ?? "", in: clause)
      guard words.count > 1 else {
        throw OptionError("'\(clause)' names no job; write \(condition.rawValue):P1042")
      }
      for word in words.dropFirst() {
        all.append(DraftDependency(condition: condition, target: try target(word)))
      }
    }
    guard all.count <= most else {
      throw OptionError("it names \(all.count) jobs; the most accepted is \(most)")
    }
    return all
  }

  private static func condition(
    _ word: Substring, in clause: Substring
  ) throws(OptionError) -> Dependency.Condition {
    let known = Dependency.Condition.allCases.map(\.rawValue).joined(separator: ", ")
    if ["singleton", "aftercorr", "afterburstbuffer", "expand"].contains(word) {
      throw OptionError("'\(word)' is not supported yet; accepted: \(known), each with :JOB")
    }
    // Slurm reads a bare list of jobs as `after`… of old; it is refused here, since the words
    // differ between versions.
    guard let condition = Dependency.Condition(rawValue: String(word)) else {
      throw OptionError("'\(clause)' is no condition; accepted: \(known), each with :JOB")
    }
    return condition
  }

  private static func target(_ word: Substring) throws(OptionError) -> Target {
    if word.contains("_") {
      throw OptionError(
        "'\(word)': a dependency on one task of an array is not supported yet; "
          + "name the whole job")
    }
    if word.contains("+") {
      throw OptionError("'\(word)': a delay after a dependency is not supported yet")
    }
    if let job = JobID(word) { return .polder(job) }
    if let number = Int64(word), number > 0, number < 1 << 32 { return .slurm(number) }
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
