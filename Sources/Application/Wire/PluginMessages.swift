/// A submission as Slurm's plugin saw it parsed: `POST /v1/plugin/submit`. Names as in Slurm's
/// `job_desc_msg_t`; nil where the user said nothing.
///
/// The answer is text for a C program, one `key=value` a line: see docs/bridge.md.
package struct PluginSubmission: Codable, Equatable, Sendable {
  package var submitUID: UInt32
  package var userUID: UInt32
  package var userGID: UInt32?
  package var name: String?
  package var account: String?
  package var partition: String?
  package var minNodes: Int?
  package var maxNodes: Int?
  package var tasks: Int?
  package var tasksPerNode: Int?
  package var cpusPerTask: Int?
  package var minCPUs: Int?
  package var tresPerJob: String?
  package var tresPerNode: String?
  package var tresPerSocket: String?
  package var tresPerTask: String?
  package var memoryPerNodeMiB: Int64?
  package var memoryPerCPUMiB: Int64?
  package var memoryPerTres: String?
  package var cpusPerTres: String?
  package var exclusive: Bool?
  package var timeLimitMinutes: Int64?
  package var arrayIndices: String?
  package var dependency: String?
  package var beginSeconds: Int64?
  package var features: String?
  package var requiredNodes: String?
  package var excludedNodes: String?
  package var reservation: String?
  package var switches: Int?
  package var switchesWaitSeconds: Int64?
  package var qos: String?
  package var requeue: Bool?
  package var licenses: String?
  package var comment: String?
  package var workingDirectory: String?
  package var hasScript: Bool?
  package var heterogeneous: Bool?
  package var minimumTimeMinutes: Int64?
  package var deadlineSeconds: Int64?
  /// 0 is Slurm's ordinary.
  package var nice: Int64?

  package init(submitUID: UInt32, userUID: UInt32) {
    self.submitUID = submitUID
    self.userUID = userUID
  }
}
