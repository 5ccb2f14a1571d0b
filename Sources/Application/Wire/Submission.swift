/// A job as a client hands it in: a script, and what the command line says beside the script's own
/// directives. `POST /v1/jobs`, `POST /v1/quotes`.
package struct Submission: Codable, Equatable, Sendable {
  /// The script, with its `#SBATCH` directives.
  package var script: String
  /// What messages call the script: a file's name, or `-`.
  package var scriptName: String
  /// Options of the command line as `sbatch` would take them, in order: `["--time=10", "-N", "2"]`.
  /// They overrule the script's directives.
  package var options: [String]
  /// `NAME=value` each; handed to the job, readable by its owner and administrators only.
  package var environment: [String]
  /// Absolute.
  package var workingDirectory: String

  package init(
    script: String, scriptName: String, options: [String], environment: [String],
    workingDirectory: String
  ) {
    self.script = script
    self.scriptName = scriptName
    self.options = options
    self.environment = environment
    self.workingDirectory = workingDirectory
  }
}

/// What a job would cost in another partition that it lists. Amounts in GPU-milliseconds.
package struct PartitionQuote: Codable, Equatable, Sendable {
  package var partition: String
  /// Thousandths of a GPU-equivalent, over all nodes of one task.
  package var weightThousandths: Int64
  /// If every task runs to its time limit.
  package var chargeAtMost: Int64
  /// Held while all tasks run at once.
  package var hold: Int64

  package init(partition: String, weightThousandths: Int64, chargeAtMost: Int64, hold: Int64) {
    self.partition = partition
    self.weightThousandths = weightThousandths
    self.chargeAtMost = chargeAtMost
    self.hold = hold
  }
}

/// What a job would cost, before it is submitted. Amounts in GPU-milliseconds.
package struct QuoteView: Codable, Equatable, Sendable {
  package var project: String
  package var allocation: String
  /// The only one, or the first that it lists: what follows is of that one.
  package var partition: String
  /// The others that it lists, in order: it starts in the one where it starts earliest.
  package var otherPartitions: [PartitionQuote]?
  package var nodes: Int
  package var gpusPerNode: Int
  /// Of one GPU, where it is shared; nil where GPUs are taken whole.
  package var gpuThousandthsPerNode: Int?
  package var cpusPerNode: Int
  package var memoryMiBPerNode: Int
  package var gpuType: String?
  package var tasks: Int
  package var timeLimitSeconds: Int64
  package var graceSeconds: Int64
  /// Thousandths of a GPU-equivalent, over all nodes of one task.
  package var weightThousandths: Int64
  /// Which version of the partition's rate card priced it.
  package var rateVersion: Int
  /// When another version comes into force, in milliseconds since 1970, if the job could start
  /// after that: its price may be another then.
  package var rateChange: Int64?
  /// The arithmetic in words: `max(4 GPUs × 1.000, 80 CPUs × 0.050, …) × 2 nodes`.
  package var arithmetic: String
  /// If every task runs to its time limit.
  package var chargeAtMost: Int64
  /// Held while all tasks run at once.
  package var hold: Int64
  package var available: Int64
  package var held: Int64
  /// Available if it ran to its limit; below zero where it waits for more.
  package var availableAfter: Int64
  /// Granted, and released for use later; nil if nothing is.
  package var deferred: Int64?
  /// When enough of that will have been released for one task, in milliseconds since 1970; nil if
  /// enough is available, or never will by that alone.
  package var enoughFrom: Int64?
  /// With what a task would start at once, where that is less than its time limit (`--time-min`).
  package var shortened: Shortened?
  /// Milliseconds since 1970; nil if nothing can be expected, then `reason` says why.
  package var expectedStart: Int64?
  package var reason: ReasonView?
  /// Soft caps that are reached, or would be by it.
  package var warnings: [ReasonView]
  package var asOf: Int64

  /// A shorter limit, and what one task costs with it.
  package struct Shortened: Codable, Equatable, Sendable {
    package var timeLimitSeconds: Int64
    package var chargeAtMost: Int64
    package var hold: Int64

    package init(timeLimitSeconds: Int64, chargeAtMost: Int64, hold: Int64) {
      self.timeLimitSeconds = timeLimitSeconds
      self.chargeAtMost = chargeAtMost
      self.hold = hold
    }
  }

  package init(
    project: String, allocation: String, partition: String, nodes: Int, gpusPerNode: Int,
    gpuThousandthsPerNode: Int? = nil,
    cpusPerNode: Int, memoryMiBPerNode: Int, gpuType: String?, tasks: Int, timeLimitSeconds: Int64,
    graceSeconds: Int64, weightThousandths: Int64, rateVersion: Int, rateChange: Int64?,
    arithmetic: String, chargeAtMost: Int64, hold: Int64, available: Int64, held: Int64,
    availableAfter: Int64, deferred: Int64? = nil, enoughFrom: Int64? = nil,
    expectedStart: Int64?, reason: ReasonView?, warnings: [ReasonView], asOf: Int64,
    otherPartitions: [PartitionQuote]? = nil, shortened: Shortened? = nil
  ) {
    self.deferred = deferred
    self.enoughFrom = enoughFrom
    self.shortened = shortened
    self.otherPartitions = otherPartitions
    self.project = project
    self.allocation = allocation
    self.partition = partition
    self.nodes = nodes
    self.gpusPerNode = gpusPerNode
    self.gpuThousandthsPerNode = gpuThousandthsPerNode
    self.cpusPerNode = cpusPerNode
    self.memoryMiBPerNode = memoryMiBPerNode
    self.gpuType = gpuType
    self.tasks = tasks
    self.timeLimitSeconds = timeLimitSeconds
    self.graceSeconds = graceSeconds
    self.weightThousandths = weightThousandths
    self.rateVersion = rateVersion
    self.rateChange = rateChange
    self.arithmetic = arithmetic
    self.chargeAtMost = chargeAtMost
    self.hold = hold
    self.available = available
    self.held = held
    self.availableAfter = availableAfter
    self.expectedStart = expectedStart
    self.reason = reason
    self.warnings = warnings
    self.asOf = asOf
  }
}

/// Why something waits or was refused: the same words in every way out.
package struct ReasonView: Codable, Equatable, Sendable {
  /// Stable, for programs: `budget`, `resources`, `dependency`, …
  package var code: String
  /// One sentence with the numbers.
  package var text: String
  /// What to do next, or empty.
  package var nextStep: String

  package init(code: String, text: String, nextStep: String = "") {
    self.code = code
    self.text = text
    self.nextStep = nextStep
  }
}
