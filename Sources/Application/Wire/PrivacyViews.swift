/// All that the books keep of a person. `GET /v1/privacy/export?member=ID&after=JOB`.
package struct SubjectExport: Codable, Equatable, Sendable {
  package struct Membership: Codable, Equatable, Sendable {
    package var project: String
    package var role: String

    package init(project: String, role: String) {
      self.project = project
      self.role = role
    }
  }

  /// What the description says of the member alone: `cap`, `limit`, or `shares` of the fair share.
  package struct Rule: Codable, Equatable, Sendable {
    package var kind: String
    /// The rule's id; for shares how many.
    package var id: String

    package init(kind: String, id: String) {
      self.kind = kind
      self.id = id
    }
  }

  /// A job with what was sent for it, while that is kept.
  package struct Job: Codable, Equatable, Sendable {
    package var job: JobView
    package var payload: Payload?

    package init(job: JobView, payload: Payload?) {
      self.job = job
      self.payload = payload
    }
  }

  package struct Payload: Codable, Equatable, Sendable {
    package var script: String
    package var environment: [String]
    package var workingDirectory: String
    package var standardOutput: String?
    package var standardError: String?
    package var standardInput: String?
    package var comment: String?

    package init(
      script: String, environment: [String], workingDirectory: String, standardOutput: String?,
      standardError: String?, standardInput: String?, comment: String?
    ) {
      self.script = script
      self.environment = environment
      self.workingDirectory = workingDirectory
      self.standardOutput = standardOutput
      self.standardError = standardError
      self.standardInput = standardInput
      self.comment = comment
    }
  }

  /// The opaque subject.
  package var member: String
  /// Nil once they are erased.
  package var account: String?
  package var name: String?
  package var memberships: [Membership]
  package var rules: [Rule]
  /// By number.
  package var jobs: [Job]
  /// Lines of the audit log by this member or about it, the last first, at most 10,000.
  package var auditLines: [AuditLineView]
  /// True if there are older ones than these.
  package var hasOlderAuditLines: Bool
  /// The job to name as `after` for the next part; nil in the last.
  package var next: String?

  package init(
    member: String, account: String?, name: String?, memberships: [Membership], rules: [Rule],
    jobs: [Job], auditLines: [AuditLineView], hasOlderAuditLines: Bool, next: String?
  ) {
    self.hasOlderAuditLines = hasOlderAuditLines
    self.rules = rules
    self.member = member
    self.account = account
    self.name = name
    self.memberships = memberships
    self.jobs = jobs
    self.auditLines = auditLines
    self.next = next
  }
}

/// What an erasure took away. `POST /v1/privacy/erase/{member}`.
package struct ErasureView: Codable, Equatable, Sendable {
  package var member: String
  package var jobNames: Int
  package var payloads: Int
  /// When it was erased before, in milliseconds since 1970; nil for the first time.
  package var before: Int64?

  /// Of acts by hand; nil where none was erased.
  package var notes: Int?

  package init(
    member: String, jobNames: Int, payloads: Int, notes: Int? = nil, before: Int64? = nil
  ) {
    self.notes = notes
    self.before = before
    self.member = member
    self.jobNames = jobNames
    self.payloads = payloads
  }
}

/// An entry whose act's note is to be erased. `POST /v1/privacy/erase-note`.
package struct NoteErasureRequest: Codable, Equatable, Sendable {
  package var entry: String

  package init(entry: String) { self.entry = entry }
}

/// The act whose note was erased.
package struct NoteErasureView: Codable, Equatable, Sendable {
  package var act: String

  package init(act: String) { self.act = act }
}

/// A category of what is personal. `GET /v1/privacy/retention`.
package struct RetentionView: Codable, Equatable, Sendable {
  package var category: String
  package var what: String
  /// After the end of the job; nil for ever, or where Polder does not erase.
  package var seconds: Int64?
  /// How much was kept long enough by now and goes with the next pass.
  package var due: Int?
  package var rule: String

  package init(category: String, what: String, seconds: Int64?, due: Int?, rule: String) {
    self.category = category
    self.what = what
    self.seconds = seconds
    self.due = due
    self.rule = rule
  }
}
