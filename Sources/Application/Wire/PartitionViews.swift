/// A partition as jobs find it now. `GET /v1/partitions`.
package struct PartitionView: Codable, Equatable, Sendable {
  package var name: String
  /// True of the one that a job is in which names none.
  package var isDefault: Bool
  /// In Slurm's words: `up`; `down`, takes jobs and starts none; `drain`, takes none and starts those
  /// that it has; `inactive`, neither. Else `unknown to Slurm`.
  package var state: String
  package var nodes: Int
  /// The most nodes of one job, by the description and by Slurm.
  package var maximumNodes: Int
  /// The longest time limit, likewise.
  package var maximumTimeLimitSeconds: Int64
  package var wholeNodes: Bool
  /// How many runs of Polder's are in it.
  package var runs: Int

  package init(
    name: String, isDefault: Bool, state: String, nodes: Int, maximumNodes: Int,
    maximumTimeLimitSeconds: Int64, wholeNodes: Bool, runs: Int
  ) {
    self.name = name
    self.isDefault = isDefault
    self.state = state
    self.nodes = nodes
    self.maximumNodes = maximumNodes
    self.maximumTimeLimitSeconds = maximumTimeLimitSeconds
    self.wholeNodes = wholeNodes
    self.runs = runs
  }
}

/// What a partition is to do with jobs: `POST /v1/partitions/{name}/state`.
package struct PartitionStateRequest: Codable, Equatable, Sendable {
  /// `up`, `down`, `drain` or `inactive`.
  package var state: String

  package init(state: String) { self.state = state }
}

/// What was asked of Slurm about a partition, and done.
package struct PartitionActView: Codable, Equatable, Sendable {
  package var partition: String
  package var state: String
  /// How many runs of Polder's are in it, which run on.
  package var runs: Int

  package init(partition: String, state: String, runs: Int) {
    self.partition = partition
    self.state = state
    self.runs = runs
  }
}
