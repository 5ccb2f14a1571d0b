/// A job as its owner sees it. Times in milliseconds since 1970, amounts in GPU-milliseconds.
package struct JobView: Codable, Equatable, Sendable {
  /// `P1042`.
  package var id: String
  package var name: String
  /// The UNIX account of the member.
  package var owner: String
  package var project: String
  package var partition: String
  /// `polder` or `slurm`: the way in.
  package var origin: String
  package var nodes: Int
  package var gpusPerNode: Int
  /// Of one GPU, where it is shared; nil where GPUs are taken whole.
  package var gpuThousandthsPerNode: Int?
  package var timeLimitSeconds: Int64
  /// What it asks besides, as options: `--constraint=ib&nvme`.
  package var conditions: [String]
  package var submitted: Int64
  package var slurmJobID: Int64?
  package var tasks: [TaskView]
  /// What its member should know besides: soft caps that are reached, or would be by it.
  package var warnings: [ReasonView]
  /// Why it has its place in the queue; where one job is asked for, while a task of it waits.
  package var priority: PriorityView?

  package init(
    id: String, name: String, owner: String, project: String, partition: String, origin: String,
    nodes: Int, gpusPerNode: Int, gpuThousandthsPerNode: Int? = nil, timeLimitSeconds: Int64,
    submitted: Int64, slurmJobID: Int64?,
    tasks: [TaskView], warnings: [ReasonView] = [], conditions: [String] = []
  ) {
    self.id = id
    self.name = name
    self.owner = owner
    self.project = project
    self.partition = partition
    self.origin = origin
    self.nodes = nodes
    self.gpusPerNode = gpusPerNode
    self.gpuThousandthsPerNode = gpuThousandthsPerNode
    self.timeLimitSeconds = timeLimitSeconds
    self.submitted = submitted
    self.slurmJobID = slurmJobID
    self.tasks = tasks
    self.warnings = warnings
    self.conditions = conditions
  }
}

/// One task of a job (the job itself, if it has no array) and its last run.
package struct TaskView: Codable, Equatable, Sendable {
  /// `P1042` or `P1042_3`.
  package var id: String
  /// `waiting`, `starting`, `running`, `completed`, `failed`, `cancelled`, `timed-out`,
  /// `node-failed`, `lost`.
  package var state: String
  package var reason: ReasonView?
  package var expectedStart: Int64?
  /// Of its runs to come, where it was given another than its job's.
  package var timeLimitSeconds: Int64?
  package var runs: [RunView]

  package init(
    id: String, state: String, reason: ReasonView?, expectedStart: Int64?,
    timeLimitSeconds: Int64? = nil, runs: [RunView]
  ) {
    self.timeLimitSeconds = timeLimitSeconds
    self.id = id
    self.state = state
    self.reason = reason
    self.expectedStart = expectedStart
    self.runs = runs
  }
}

/// One attempt, with its money.
package struct RunView: Codable, Equatable, Sendable {
  /// `P1042.1`.
  package var id: String
  package var slurmJobID: Int64?
  package var nodes: [String]
  /// Device indices as Slurm gave them, `gn01:0,1`; empty before they are known.
  package var devices: [String]
  package var start: Int64?
  package var end: Int64?
  package var exitCode: Int?
  package var signal: Int?
  /// Thousandths of a GPU-equivalent.
  package var weightThousandths: Int64
  package var allocation: String
  /// In force for this run, from its start: the job's, but for a change since.
  package var timeLimitSeconds: Int64?
  package var hold: Int64
  package var charged: Int64?
  package var refunded: Int64?
  /// How it ended in Slurm's word, nil while it runs.
  package var outcome: String?
  /// Of those that its job lists, the one in which it runs; nil where the job names one.
  package var partition: String?
  /// On each of its nodes, whichever devices they are.
  package var gpusPerNode: Int?
  /// On each of its nodes, of a GPU that is shared.
  package var gpuThousandthsPerNode: Int?

  package init(
    id: String, slurmJobID: Int64?, nodes: [String], devices: [String], start: Int64?, end: Int64?,
    exitCode: Int?, signal: Int?, weightThousandths: Int64, allocation: String,
    timeLimitSeconds: Int64? = nil, hold: Int64,
    charged: Int64?, refunded: Int64?, outcome: String?, partition: String? = nil,
    gpusPerNode: Int? = nil, gpuThousandthsPerNode: Int? = nil
  ) {
    self.partition = partition
    self.gpusPerNode = gpusPerNode
    self.gpuThousandthsPerNode = gpuThousandthsPerNode
    self.id = id
    self.slurmJobID = slurmJobID
    self.nodes = nodes
    self.devices = devices
    self.start = start
    self.end = end
    self.exitCode = exitCode
    self.signal = signal
    self.weightThousandths = weightThousandths
    self.allocation = allocation
    self.timeLimitSeconds = timeLimitSeconds
    self.hold = hold
    self.charged = charged
    self.refunded = refunded
    self.outcome = outcome
  }
}
