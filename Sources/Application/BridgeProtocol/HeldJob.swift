/// A job to be submitted held. Slurm never starts it before a
/// ``BridgeAct/release(target:nodes:partition:)``.
package struct HeldJob: Sendable, Equatable, Codable {
  /// Our id, `P1042`. It travels in the job's admin comment as `polder:P1042`; a job that Slurm
  /// knows under the same key, in whatever state, is adopted and not submitted again.
  package var key: String
  /// The account that the job runs as. Root and system uids (below 1000) are refused.
  package var uid: Int
  package var gid: Int
  package var name: String
  /// The batch script, beginning with `#!`.
  package var script: String
  /// `NAME=value` each. May hold secrets: never logged.
  package var environment: [String]
  /// Absolute.
  package var workingDirectory: String
  /// Slurm's patterns (`%j`, `%A_%a`) hold; `nil` is Slurm's default in the working directory.
  package var standardOutput: String?
  package var standardError: String?
  package var standardInput: String?
  /// Slurm's account, which is Polder's short project id.
  package var account: String
  package var partition: String
  package var resources: HeldResources
  /// Slurm counts limits in whole minutes: round up before quoting, so that the hold covers it.
  package var timeLimitMinutes: Int
  /// Slurm's array expression, `0-9%4`; `nil` for a single job.
  package var array: String?
  package var comment: String?
  /// Slurm's reservation that it runs in; `nil` for none.
  package var reservation: String?

  package init(
    key: String, uid: Int, gid: Int, name: String, script: String, environment: [String],
    workingDirectory: String, account: String, partition: String, resources: HeldResources,
    timeLimitMinutes: Int, array: String? = nil, comment: String? = nil,
    standardOutput: String? = nil, standardError: String? = nil, standardInput: String? = nil,
    reservation: String? = nil
  ) {
    self.reservation = reservation
    self.key = key
    self.uid = uid
    self.gid = gid
    self.name = name
    self.script = script
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.account = account
    self.partition = partition
    self.resources = resources
    self.timeLimitMinutes = timeLimitMinutes
    self.array = array
    self.comment = comment
    self.standardOutput = standardOutput
    self.standardError = standardError
    self.standardInput = standardInput
  }
}

/// What a held job asks of each of its nodes, so that Slurm allocates what was quoted.
package struct HeldResources: Sendable, Equatable, Codable {
  package var nodes: Int
  /// Over all nodes.
  package var tasks: Int
  package var cpusPerTask: Int
  /// `nil` when the job wants no GPU.
  package var gpusPerNode: GPUCount?
  /// Shards of one GPU of each node (`shard:2`); `nil` when it shares none.
  package var shardsPerNode: Int?
  /// MiB on each node; `nil` asks for the partition's default, 0 for all of the node's.
  package var memoryMiBPerNode: Int?
  /// The job shares its nodes with no other.
  package var exclusive: Bool

  package init(
    nodes: Int, tasks: Int, cpusPerTask: Int, gpusPerNode: GPUCount?, shardsPerNode: Int? = nil,
    memoryMiBPerNode: Int?, exclusive: Bool
  ) {
    self.nodes = nodes
    self.tasks = tasks
    self.cpusPerTask = cpusPerTask
    self.gpusPerNode = gpusPerNode
    self.shardsPerNode = shardsPerNode
    self.memoryMiBPerNode = memoryMiBPerNode
    self.exclusive = exclusive
  }
}

/// A number of GPUs, of one type where it is known (`gpu:h100:2`).
package struct GPUCount: Sendable, Equatable, Codable {
  package var type: String?
  package var count: Int

  package init(type: String?, count: Int) {
    self.type = type
    self.count = count
  }
}
