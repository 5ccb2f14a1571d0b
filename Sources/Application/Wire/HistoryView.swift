/// A part of what has run: `GET /v1/history`. Whose runs they are is told by opaque ids.
package struct HistoryView: Codable, Equatable, Sendable {
  /// Of the jobs of this part, those that have ended; in order of job, task and attempt.
  package var runs: [HistoryRunView]
  /// For `after`: the last job of this part; nil if there are no more.
  package var next: String?

  package init(runs: [HistoryRunView], next: String?) {
    self.runs = runs
    self.next = next
  }
}

/// A run that has ended, with what was asked for. Instants are in milliseconds since 1970.
package struct HistoryRunView: Codable, Equatable, Sendable {
  /// `P1042.1` or `P1042_3.1`.
  package var id: String
  /// When it could begin as far as its own job goes: its submission, its begin time if that is later, or,
  /// of a later attempt, the end of the one before.
  package var submitted: Int64
  package var start: Int64
  package var end: Int64
  package var limitSeconds: Int64
  package var nodes: Int
  /// Occupied on each node, as all that follows.
  package var gpusPerNode: Int
  package var cpusPerNode: Int
  package var memoryMiBPerNode: Int
  /// Empty if any would have done.
  package var gpuType: String
  /// Opaque.
  package var member: String
  package var project: String
  /// Empty if its allocation has left the description.
  package var programme: String
  package var funder: String

  package init(
    id: String, submitted: Int64, start: Int64, end: Int64, limitSeconds: Int64, nodes: Int,
    gpusPerNode: Int, cpusPerNode: Int, memoryMiBPerNode: Int, gpuType: String, member: String,
    project: String, programme: String, funder: String
  ) {
    self.id = id
    self.submitted = submitted
    self.start = start
    self.end = end
    self.limitSeconds = limitSeconds
    self.nodes = nodes
    self.gpusPerNode = gpusPerNode
    self.cpusPerNode = cpusPerNode
    self.memoryMiBPerNode = memoryMiBPerNode
    self.gpuType = gpuType
    self.member = member
    self.project = project
    self.programme = programme
    self.funder = funder
  }
}
