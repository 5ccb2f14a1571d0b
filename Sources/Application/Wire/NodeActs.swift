/// Why a node is to be drained: `POST /v1/nodes/{name}/drain`.
package struct DrainRequest: Codable, Equatable, Sendable {
  /// 1 to 200 characters on one line. Slurm shows it to everybody.
  package var reason: String

  package init(reason: String) { self.reason = reason }
}

/// What was asked of Slurm about a node, and done: the answer to a drain or a resume.
package struct NodeActView: Codable, Equatable, Sendable {
  package var node: String
  /// `drained` or `resumed`.
  package var act: String
  /// How many runs of Polder's are on it, which run on.
  package var runs: Int

  package init(node: String, act: String, runs: Int) {
    self.node = node
    self.act = act
    self.runs = runs
  }
}
