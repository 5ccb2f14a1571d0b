package import Domain

/// What a submission says, parsed but not yet held against the centre. Nil where nothing was said.
package struct SubmissionDraft: Hashable, Sendable {
  /// Memory is asked for in one of these ways.
  package enum Memory: Hashable, Sendable {
    /// MiB; 0 asks for all of each node.
    case perNode(Int)
    case perCPU(Int)
    case perGPU(Int)
  }

  package var name: String?
  package var project: String?
  package var allocation: String?
  package var partition: String?
  package var timeLimit: Seconds?
  /// At least and at most so many.
  package var nodes: ClosedRange<Int>?
  package var tasks: Int?
  package var tasksPerNode: Int?
  package var cpusPerTask: Int?
  package var cpusPerGPU: Int?
  package var memory: Memory?
  /// Over all nodes.
  package var gpus: Int?
  package var gpusPerNode: Int?
  package var gpusPerTask: Int?
  /// Of one GPU, on each node.
  package var shards: Int?
  package var gpuType: String?
  package var array: ArraySpec?
  package var dependencies: [DraftDependency] = []
  package var dependencyRule = DependencyRule.all
  package var begin: BeginTime?
  /// All of each node, whatever the partition.
  package var exclusive = false
  package var requeue: Bool?
  package var features: FeatureExpression?
  package var excludedNodes: [NodeName] = []
  package var requiredNodes: [NodeName] = []
  package var minimumTime: Seconds?
  package var deadline: BeginTime?
  package var nice: Int?
  /// Waits for all jobs of its name and member that were submitted before it.
  package var isSingleton = false
  package var qos: String?
  package var reservation: String?
  package var switches: SwitchCount?
  /// By name, each once.
  package var licences: [LicenceShare] = []

  package var workingDirectory: String?
  package var standardOutput: String?
  package var standardError: String?
  package var standardInput: String?
  package var export: String?
  package var comment: String?

  package init() {}
}

/// Behind how few switches nodes are to be.
package struct SwitchCount: Hashable, Sendable {
  /// At most so many.
  package let most: Int
  /// How long it waits for such nodes; nil for ``SwitchWish/usualWait``.
  package let wait: Seconds?

  package init(most: Int, wait: Seconds?) {
    self.most = most
    self.wait = wait
  }
}

/// When a job may start at the earliest.
package enum BeginTime: Hashable, Sendable {
  /// After submission.
  case after(Seconds)
  case at(Instant)
}
