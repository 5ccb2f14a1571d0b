package import Domain

/// Which jobs a tool of Slurm's wants to be told about; all that is named must hold.
package struct AccountingFilter: Hashable, Sendable {
  /// Which of all jobs, before the rest is asked.
  package enum Choice: Hashable, Sendable {
    /// By Polder's ids and by Slurm's, of an array's tasks too.
    case named(jobs: [JobID], slurmJobs: [Int64])
    /// Those with a task that has not ended, or that ended at this moment or after.
    case openSince(Instant)
  }

  package var choice: Choice
  /// Submitted before; nil for all.
  package var before: Instant?
  package var projects: Set<ProjectID>?
  package var members: Set<MemberID>?
  /// Names of jobs.
  package var names: [String]?
  /// Only those with a greater number.
  package var after: JobID?
  /// At most so many jobs, in order of their numbers.
  package var limit: Int

  package init(
    choice: Choice, before: Instant? = nil, projects: Set<ProjectID>? = nil,
    members: Set<MemberID>? = nil, names: [String]? = nil, after: JobID? = nil, limit: Int
  ) {
    self.choice = choice
    self.before = before
    self.projects = projects
    self.members = members
    self.names = names
    self.after = after
    self.limit = limit
  }
}

/// Where a job works, and what its member says of it: for the member and administrators.
package struct JobFolder: Hashable, Sendable {
  package let folder: String
  package let comment: String?

  package init(folder: String, comment: String?) {
    self.folder = folder
    self.comment = comment
  }
}

/// What the use cases that speak Slurm's tongue read.
package protocol AccountingReader: Sendable {
  /// Jobs in order of their numbers, with when each of their tasks ended.
  func accounting(_ filter: AccountingFilter) async throws(StoreError) -> [JobSheet]
  /// Of those jobs of which it is kept: they came through Polder, and were not erased.
  func folders(of jobs: [JobID]) async throws(StoreError) -> [JobID: JobFolder]
}
