/// A job (or a task, or the waiting rest of an array) as slurmctld describes it.
package struct JobObservation: Sendable, Equatable, Codable {
  /// Slurm's id of this record.
  package var jobID: Int
  /// Its place in an array, if it is of one.
  package var array: ArrayPlace?
  /// Our id, from an admin comment that begins with `polder:`; `nil` for a job not ours.
  package var key: String?
  package var uid: Int
  package var account: String
  package var partition: String
  package var name: String
  package var state: SlurmJobState
  /// Sorted.
  package var flags: [SlurmJobFlag]
  /// Slurm's reason for waiting, as `squeue` prints it: `JobHeldUser`, `Resources`, `None`.
  package var reason: String
  /// Priority 0.
  package var held: Bool
  package var times: JobTimes
  /// `nil` is unlimited.
  package var timeLimitMinutes: Int?
  package var exit: ExitStatus
  /// What runs or ran, node by node, in Slurm's order; empty before the start.
  package var nodes: [NodeAllocation]
  package var requested: RequestedResources
  /// Counted up by each requeue.
  package var restarts: Int
  /// As Slurm prints it, `afterok:17(unfulfilled)`; empty without.
  package var dependency: String
  /// A component of a heterogeneous job: its leader's id.
  package var hetLeader: Int?
  /// Slurm has it run again after a failure of its nodes.
  package var mayRequeue: Bool

  /// The key of what the plugin let in without Polder, where a site fails open.
  package static let openKey = "open"

  package init(
    jobID: Int, array: ArrayPlace?, key: String?, uid: Int, account: String, partition: String,
    name: String, state: SlurmJobState, flags: [SlurmJobFlag], reason: String, held: Bool,
    times: JobTimes, timeLimitMinutes: Int?, exit: ExitStatus, nodes: [NodeAllocation],
    requested: RequestedResources, restarts: Int, dependency: String, hetLeader: Int? = nil,
    mayRequeue: Bool = false
  ) {
    self.mayRequeue = mayRequeue
    self.jobID = jobID
    self.array = array
    self.key = key
    self.uid = uid
    self.account = account
    self.partition = partition
    self.name = name
    self.state = state
    self.flags = flags
    self.reason = reason
    self.held = held
    self.times = times
    self.timeLimitMinutes = timeLimitMinutes
    self.exit = exit
    self.nodes = nodes
    self.requested = requested
    self.restarts = restarts
    self.dependency = dependency
    self.hetLeader = hetLeader
  }
}

/// Where a record stands in a job array.
package enum ArrayPlace: Sendable, Equatable, Codable {
  /// One task, which has left the array's waiting rest.
  case task(arrayJobID: Int, index: Int)
  /// The tasks that share one waiting record; the array's throttle (`%4`) if it has one.
  case waiting(arrayJobID: Int, indices: [Int], throttle: Int?)
}

/// Slurm's base state.
package enum SlurmJobState: String, Sendable, Equatable, Codable {
  case pending, running, suspended
  case completed, cancelled, failed, timeout, nodeFail, preempted, bootFail, deadline, outOfMemory
  /// A state this bridge does not know.
  case unknown

  /// No more will come of this run (but `completing` may still be flagged).
  package var isEnded: Bool {
    switch self {
    case .pending, .running, .suspended, .unknown: false
    default: true
    }
  }
}

/// What goes on beside the base state.
package enum SlurmJobFlag: String, Sendable, Equatable, Codable {
  case completing, configuring, requeued, requeueHeld, resizing, stopped
}

/// Slurm's times, in whole seconds since 1970; `nil` where Slurm has none.
package struct JobTimes: Sendable, Equatable, Codable {
  package var submit: Int
  package var eligible: Int?
  /// Of a waiting job the expected start, of others the actual one.
  package var start: Int?
  /// Of a running job the latest end, of an ended one the actual end.
  package var end: Int?

  package init(submit: Int, eligible: Int?, start: Int?, end: Int?) {
    self.submit = submit
    self.eligible = eligible
    self.start = start
    self.end = end
  }
}

/// How a script ended: `code` if it exited, `signal` if it was killed; both 0 before the end.
package struct ExitStatus: Sendable, Equatable, Codable {
  package var code: Int
  package var signal: Int

  package init(code: Int, signal: Int) {
    self.code = code
    self.signal = signal
  }
}

/// What a job has of one node.
package struct NodeAllocation: Sendable, Equatable, Codable {
  package var node: String
  package var cpus: Int
  package var memoryMiB: Int
  /// By type, sorted by type; empty without GPUs.
  package var gpus: [GPUAllocation]
  /// Shards of GPUs, with the devices that they are of; `nil` without.
  package var shards: [GPUAllocation]?

  package init(
    node: String, cpus: Int, memoryMiB: Int, gpus: [GPUAllocation], shards: [GPUAllocation]? = nil
  ) {
    self.node = node
    self.cpus = cpus
    self.memoryMiB = memoryMiB
    self.gpus = gpus
    self.shards = shards
  }
}

/// GPUs of one type on one node.
package struct GPUAllocation: Sendable, Equatable, Codable {
  /// Empty where Slurm has no type configured.
  package var type: String
  package var count: Int
  /// Slurm's device indices, ascending; empty where it keeps none.
  package var indices: [Int]

  package init(type: String, count: Int, indices: [Int]) {
    self.type = type
    self.count = count
    self.indices = indices
  }
}

/// What was asked for, as Slurm holds it.
package struct RequestedResources: Sendable, Equatable, Codable {
  package var nodes: Int
  /// The upper end of a range of nodes, 0 if none was given.
  package var maximumNodes: Int
  package var tasks: Int
  package var cpus: Int
  package var cpusPerTask: Int
  /// Exactly one of the two is set, or none when the node's whole memory is meant.
  package var memoryMiBPerNode: Int?
  package var memoryMiBPerCPU: Int?
  /// `gres:gpu:h100:2`, as Slurm keeps it; empty without.
  package var tresPerNode: String
  package var tresPerJob: String
  /// Node names asked for, expanded.
  package var nodeNames: [String]

  package init(
    nodes: Int, maximumNodes: Int, tasks: Int, cpus: Int, cpusPerTask: Int,
    memoryMiBPerNode: Int?, memoryMiBPerCPU: Int?, tresPerNode: String, tresPerJob: String,
    nodeNames: [String]
  ) {
    self.nodes = nodes
    self.maximumNodes = maximumNodes
    self.tasks = tasks
    self.cpus = cpus
    self.cpusPerTask = cpusPerTask
    self.memoryMiBPerNode = memoryMiBPerNode
    self.memoryMiBPerCPU = memoryMiBPerCPU
    self.tresPerNode = tresPerNode
    self.tresPerJob = tresPerJob
    self.nodeNames = nodeNames
  }
}
