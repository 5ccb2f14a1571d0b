package import Domain

/// What a submission says, parsed but not yet held against the centre. Nil where nothing was said.
package struct SubmissionDraft: Hashable, Sendable {
  package var name: String?
  package var project: String?
  package var allocation: String?
  package var partition: String?
  package var timeLimit: Seconds?
  package var nodes: Int?
  package var tasks: Int?
  package var tasksPerNode: Int?
  package var cpusPerTask: Int?
  package var memoryPerNodeMiB: Int?
  package var memoryPerCPUMiB: Int?
  package var memoryPerGPUMiB: Int?
  package var gpus: Int?
  package var gpusPerNode: Int?
  package var gpusPerTask: Int?
  package var gpuType: String?
  package var array: ArraySpec?
  package var dependencies: [DraftDependency] = []
  package var notBefore: Instant?
  package var workingDirectory: String?
  package var standardOutput: String?
  package var standardError: String?
  package var standardInput: String?
  package var export: String?
  package var exclusive = false
  package var requeue: Bool?
  package var comment: String?

  package init() {}
}

/// `0-9:2,15%4`: indices ascending and unique, and how many run at once.
package struct ArraySpec: Hashable, Sendable {
  package let indices: [Int]
  package let throttle: Int?

  /// The most tasks one array may have.
  package static let largest = 1000

  /// Nil if the text is no array expression or names more than ``largest`` tasks.
  package init?(_ text: String) {
    let halves = text.split(separator: "%", omittingEmptySubsequences: false)
    guard halves.count <= 2, let list = halves.first else { return nil }
    var indices = Set<Int>()
    for part in list.split(separator: ",", omittingEmptySubsequences: false) {
      guard let range = Self.indices(String(part)), indices.count + range.count <= Self.largest
      else { return nil }
      indices.formUnion(range)
    }
    guard !indices.isEmpty else { return nil }
    self.indices = indices.sorted()
    if halves.count == 2 {
      guard let throttle = Int(halves[1]), throttle > 0 else { return nil }
      self.throttle = throttle
    } else {
      throttle = nil
    }
  }

  private static func indices(_ part: String) -> [Int]? {
    let stepped = part.split(separator: ":", omittingEmptySubsequences: false)
    let ends = stepped[0].split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard let first = ends[0], first >= 0, ends.count <= 2, stepped.count <= 2 else { return nil }
    guard ends.count == 2 else { return stepped.count == 1 ? [first] : nil }
    guard let last = ends[1], last >= first, last < 4_000_000 else { return nil }
    let step = stepped.count == 2 ? Int(stepped[1]) : 1
    guard let step, step > 0, (last - first) / step < largest else { return nil }
    return Array(stride(from: first, through: last, by: step))
  }
}

/// `afterok:P12:13`: one condition on one job, which is named by Polder's or Slurm's id.
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

  /// Parses sbatch's dependency expression; all conditions must hold (`,`). Gives a sentence if it
  /// can't be read or is not supported.
  package static func parse(_ text: String) -> Result<[DraftDependency], OptionError> {
    var all: [DraftDependency] = []
    if text.contains("?") {
      return .failure(OptionError("'?' (any of several conditions) is not supported; use ','"))
    }
    for clause in text.split(separator: ",") {
      // Slurm lists what it parsed as `afterok:17(unfulfilled)`.
      let words = clause.split(separator: ":").map { word in
        String(word.prefix { $0 != "(" && $0 != "+" && $0 != "_" })
      }
      guard let name = words.first, let condition = Dependency.Condition(rawValue: name),
        words.count > 1
      else {
        let known = Dependency.Condition.allCases.map(\.rawValue).joined(separator: ", ")
        return .failure(
          OptionError("'\(clause)' is no condition; accepted: \(known), each with :JOB"))
      }
      for word in words.dropFirst() {
        if let job = JobID(word) {
          all.append(DraftDependency(condition: condition, target: .polder(job)))
        } else if let number = Int64(word), number > 0 {
          all.append(DraftDependency(condition: condition, target: .slurm(number)))
        } else {
          return .failure(OptionError("'\(word)' is no job id; write P1042, or Slurm's number"))
        }
      }
    }
    return .success(all)
  }
}

/// Why the value of an option can't be read: a sentence with the accepted values.
package struct OptionError: Error, Hashable, Sendable {
  package let message: String

  package init(_ message: String) { self.message = message }
}
