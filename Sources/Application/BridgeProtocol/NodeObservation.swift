/// A node as slurmctld describes it.
package struct NodeObservation: Sendable, Equatable, Codable {
  package var name: String
  package var state: SlurmNodeState
  /// Sorted.
  package var flags: [SlurmNodeFlag]
  package var cpus: Int
  package var memoryMiB: Int
  /// Configured GPUs by type, sorted by type.
  package var gpus: [GPUAllocation]
  /// Why it is down or drained; empty otherwise.
  package var reason: String
  /// Since when, seconds since 1970.
  package var reasonSince: Int?
  /// Sorted.
  package var partitions: [String]
  /// That a job can ask for now, sorted.
  package var features: [String]
  /// Into how many shards its GPUs are cut, together.
  package var shards: Int

  package init(
    name: String, state: SlurmNodeState, flags: [SlurmNodeFlag], cpus: Int, memoryMiB: Int,
    gpus: [GPUAllocation], reason: String, reasonSince: Int?, partitions: [String],
    features: [String] = [], shards: Int = 0
  ) {
    self.features = features
    self.shards = shards
    self.name = name
    self.state = state
    self.flags = flags
    self.cpus = cpus
    self.memoryMiB = memoryMiB
    self.gpus = gpus
    self.reason = reason
    self.reasonSince = reasonSince
    self.partitions = partitions
  }

  /// Slurm would start a job here now, if there is room.
  package var takesJobs: Bool {
    switch state {
    case .idle, .allocated, .mixed:
      !flags.contains { $0 != .completing && $0 != .reserved }
    case .down, .error, .future, .unknown: false
    }
  }
}

/// Slurm's base state of a node.
package enum SlurmNodeState: String, Sendable, Equatable, Codable {
  case idle, allocated, mixed, down, error, future, unknown
}

/// What goes on beside a node's base state.
package enum SlurmNodeFlag: String, Sendable, Equatable, Codable {
  case completing, drain, fail, maintenance, notResponding, poweredDown, rebooting, reserved
}
