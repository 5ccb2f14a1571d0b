package import Domain
package import Ledger

/// What the store keeps of persons, as the use cases need it.
package protocol PersonalData: Sendable {
  /// A member's jobs by number, with their payloads where those are still kept.
  func jobs(
    of member: MemberID, after job: JobID?, limit: Int
  ) async throws(StoreError) -> [SubjectJob]
  /// Erases what names a member: account, name, names of jobs, payloads, notes of acts by hand that
  /// name the member or correct what a job of the member's cost. The member leaves the centre; sums,
  /// entries and the audit log stay as they are. `line` is written with it.
  func erase(_ member: MemberID, audit line: AuditLine) async throws(StoreError) -> Erasure
  /// Erases the note of one act by hand; its entries stay. False, and no line, if it has none.
  func eraseNote(of act: EntryID, audit line: AuditLine) async throws(StoreError) -> Bool
  /// How much was kept long enough by now.
  func retentionDue(_ policy: RetentionPolicy) async throws(StoreError) -> RetentionCounts
  /// Erases at most `limit` of each category; a line of the audit log tells the counts if there are
  /// any.
  func applyRetention(
    _ policy: RetentionPolicy, limit: Int
  ) async throws(StoreError) -> RetentionCounts
}

/// A member's job as the member's own export has it.
package struct SubjectJob: Hashable, Sendable {
  package let sheet: JobSheet
  package let payload: JobPayload?

  package init(sheet: JobSheet, payload: JobPayload?) {
    self.sheet = sheet
    self.payload = payload
  }
}

/// What became of an erasure.
package enum Erasure: Hashable, Sendable {
  case unknown
  /// At most ten of them.
  case hasOpenJobs([JobID])
  /// These projects' descriptions name the member.
  case inProjects([ProjectID])
  /// How many names of jobs, payloads and notes went; zeros if all was gone before.
  case done(jobNames: Int, payloads: Int, notes: Int)
}

/// How long what is personal is kept after its job has ended, or it was written; nil for ever.
package struct RetentionPolicy: Hashable, Sendable {
  /// Scripts and environments, which can hold secrets.
  package var payloads: Seconds?
  /// Working directory, files of standard input and output, comment.
  package var paths: Seconds?
  package var jobNames: Seconds?
  /// Of acts by hand. Seven years, as long as the books have to be kept at least.
  package var notes: Seconds?

  package init(
    payloads: Seconds? = .days(30), paths: Seconds? = .days(400),
    jobNames: Seconds? = .days(400), notes: Seconds? = .days(2557)
  ) {
    self.notes = notes
    self.payloads = payloads
    self.paths = paths
    self.jobNames = jobNames
  }
}

extension Seconds {
  /// Days of 24 hours.
  package static func days(_ count: Int64) -> Seconds { Seconds(count * 86_400) }
}

/// How much of each category.
package struct RetentionCounts: Hashable, Sendable {
  package let payloads: Int
  package let paths: Int
  package let jobNames: Int
  package let notes: Int

  package init(payloads: Int, paths: Int, jobNames: Int, notes: Int = 0) {
    self.notes = notes
    self.payloads = payloads
    self.paths = paths
    self.jobNames = jobNames
  }

  package var isZero: Bool { largest == 0 }
  /// The most of any category.
  package var largest: Int { max(payloads, paths, jobNames, notes) }

  /// The line of the audit log of a pass.
  package var line: AuditLine {
    AuditLine(
      actor: "polderd", action: .retention, object: "what was kept long enough",
      origin: "the daemon itself",
      detail: "\(payloads) payloads, \(paths) paths, \(jobNames) names of jobs, \(notes) notes")
  }
}
