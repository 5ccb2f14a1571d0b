/// Where Polder's description and Slurm differ. `GET /v1/bridge/check`.
package struct DriftView: Codable, Equatable, Sendable {
  /// By kind and subject.
  package var differences: [DriftDifference]
  package var asOf: Int64

  package init(differences: [DriftDifference], asOf: Int64) {
    self.differences = differences
    self.asOf = asOf
  }
}

/// One difference, and what mends it.
package struct DriftDifference: Codable, Equatable, Sendable {
  /// `node`, `partition`, `job`, `account` or `setting`.
  package var kind: String
  /// `gn01`, `partition gpu`, `anouk`.
  package var subject: String
  package var polder: String
  package var slurm: String
  /// A command, or what to do.
  package var mend: String
  /// The words of the command that mends it in Slurm, if one does.
  package var command: [String]?

  package init(
    kind: String, subject: String, polder: String, slurm: String, mend: String,
    command: [String]? = nil
  ) {
    self.command = command
    self.kind = kind
    self.subject = subject
    self.polder = polder
    self.slurm = slurm
    self.mend = mend
  }
}
