/// What is asked about jobs by tools that know Slurm's `sacct`. `POST /v1/accounting`.
package struct AccountingQuery: Codable, Equatable, Sendable {
  /// `P12`, `P12_3`, and Slurm's ids, `4711` and `4711_3`; empty for all of a time.
  package var jobs: [String]
  /// Milliseconds since 1970: what had ended before is left out; nil for none.
  package var from: Int64?
  /// Milliseconds since 1970: what could not run before is left out; nil for none.
  package var before: Int64?
  /// UNIX accounts or uids; empty for the caller's own jobs, or for all with ``everyone``.
  package var users: [String]
  package var everyone: Bool
  /// Only of these projects; empty for all that the caller may see.
  package var projects: [String]
  /// Only jobs of these names; empty for all.
  package var names: [String]
  /// True to be told folders and comments, where the caller may see them.
  package var wantsFolders: Bool
  /// True to be told the priority of what waits.
  package var wantsPriority: Bool
  /// ``AccountingView/next`` of the part before.
  package var after: String?

  package init(
    jobs: [String] = [], from: Int64? = nil, before: Int64? = nil, users: [String] = [],
    everyone: Bool = false, projects: [String] = [], names: [String] = [],
    wantsFolders: Bool = false, wantsPriority: Bool = false, after: String? = nil
  ) {
    self.jobs = jobs
    self.from = from
    self.before = before
    self.users = users
    self.everyone = everyone
    self.projects = projects
    self.names = names
    self.wantsFolders = wantsFolders
    self.wantsPriority = wantsPriority
    self.after = after
  }
}

/// A part of the answer.
package struct AccountingView: Codable, Equatable, Sendable {
  /// In order of job, task and attempt.
  package var rows: [AccountingRow]
  /// For ``AccountingQuery/after``; nil if there are no more.
  package var next: String?
  /// Slurm's ClusterName; nil before Slurm was asked.
  package var cluster: String?

  package init(rows: [AccountingRow], next: String?, cluster: String?) {
    self.rows = rows
    self.next = next
    self.cluster = cluster
  }
}

/// Who may submit for which project, as far as the caller may see. `GET /v1/associations`.
package struct AssociationsView: Codable, Equatable, Sendable {
  /// By project and user.
  package var associations: [AssociationView]
  /// Slurm's ClusterName; nil before Slurm was asked.
  package var cluster: String?

  package init(associations: [AssociationView], cluster: String?) {
    self.associations = associations
    self.cluster = cluster
  }
}

/// A member of a project: what Slurm's accounting calls an association.
package struct AssociationView: Codable, Equatable, Sendable {
  package var project: String
  package var title: String
  package var organisation: String
  /// The UNIX account.
  package var user: String
  /// `PI`, `manager`, `member`, `viewer`.
  package var role: String
  /// The only project that the member may submit for; nil if it has several.
  package var defaultProject: String?

  package init(
    project: String, title: String, organisation: String, user: String, role: String,
    defaultProject: String?
  ) {
    self.project = project
    self.title = title
    self.organisation = organisation
    self.user = user
    self.role = role
    self.defaultProject = defaultProject
  }
}

/// What of the machine a job asked for, or was given; over all its nodes.
package struct AccountingShare: Codable, Equatable, Sendable {
  package var nodes: Int
  package var cpus: Int
  package var memoryMiB: Int
  /// Whole GPUs.
  package var gpus: Int
  /// Nil if any would do.
  package var gpuType: String?
  /// Of GPUs that are shared.
  package var shards: Int

  package init(
    nodes: Int, cpus: Int, memoryMiB: Int, gpus: Int, gpuType: String?, shards: Int = 0
  ) {
    self.nodes = nodes
    self.cpus = cpus
    self.memoryMiB = memoryMiB
    self.gpus = gpus
    self.gpuType = gpuType
    self.shards = shards
  }
}

/// One run of a job or a task, or what waits of it. Times are milliseconds since 1970.
package struct AccountingRow: Codable, Equatable, Sendable {
  /// `P12` or `P12_3`; the job's for several tasks that wait alike.
  package var id: String
  /// Of an array: this task's, or those of the tasks that wait alike, ascending; else empty.
  package var indices: [Int]
  /// True if it is of an array.
  package var isArray: Bool
  package var throttle: Int?
  /// Slurm's id of the job, of an array the array's; nil while Slurm does not have it.
  package var slurmJobID: Int64?
  /// Slurm's id of this run alone.
  package var slurmRunID: Int64?
  package var name: String
  package var user: String
  /// Nil for an account that the machine does not have.
  package var uid: UInt32?
  package var gid: UInt32?
  package var group: String?
  package var project: String
  package var partition: String
  package var qos: String?
  /// `waiting`, `running`, or how it ended: ``TaskView/state``.
  package var state: String
  package var submitted: Int64
  /// When it could begin; nil if that is not known yet.
  package var eligible: Int64?
  package var start: Int64?
  package var end: Int64?
  package var limitSeconds: Int64
  package var asked: AccountingShare
  /// Nil for what never ran.
  package var allocated: AccountingShare?
  package var nodes: [String]
  package var exitCode: Int
  package var signal: Int
  /// The code of ``ReasonView`` of what waits.
  package var reason: String?
  package var priority: Int64?
  package var features: String?
  package var folder: String?
  package var comment: String?

  package init(
    id: String, name: String, user: String, project: String, partition: String, state: String,
    submitted: Int64, limitSeconds: Int64, asked: AccountingShare
  ) {
    self.id = id
    self.name = name
    self.user = user
    self.project = project
    self.partition = partition
    self.state = state
    self.submitted = submitted
    self.limitSeconds = limitSeconds
    self.asked = asked
    indices = []
    isArray = false
    nodes = []
    exitCode = 0
    signal = 0
  }
}
