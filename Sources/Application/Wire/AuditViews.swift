/// A line of the audit log. `GET /v1/audit`.
package struct AuditLineView: Codable, Equatable, Sendable {
  /// From 1, without gaps.
  package var seq: Int64
  /// Milliseconds since 1970.
  package var at: Int64
  /// An opaque subject.
  package var actor: String
  package var action: String
  package var object: String
  /// `done`, `refused` or `failed`.
  package var result: String
  package var origin: String
  package var detail: String
  /// Hashes in hexadecimal: of the line before, and of this one.
  package var previous: String
  package var sha256: String

  package init(
    seq: Int64, at: Int64, actor: String, action: String, object: String, result: String,
    origin: String, detail: String, previous: String, sha256: String
  ) {
    self.seq = seq
    self.at = at
    self.actor = actor
    self.action = action
    self.object = object
    self.result = result
    self.origin = origin
    self.detail = detail
    self.previous = previous
    self.sha256 = sha256
  }
}

/// Where the audit log ends. `GET /v1/audit/head`.
package struct AuditHeadView: Codable, Equatable, Sendable {
  package var seq: Int64
  package var sha256: String
  /// `SEQ:HASH`, as it is given to a verification.
  package var text: String

  package init(seq: Int64, sha256: String, text: String) {
    self.seq = seq
    self.sha256 = sha256
    self.text = text
  }
}

/// What a verification of the audit log found. `GET /v1/audit/verify?expect=SEQ:HASH`.
package struct AuditCheckView: Codable, Equatable, Sendable {
  package var head: AuditHeadView
  /// Sound lines from the first on.
  package var lines: Int64
  /// The first damage; nil if there is none.
  package var finding: AuditFindingView?

  package init(head: AuditHeadView, lines: Int64, finding: AuditFindingView?) {
    self.head = head
    self.lines = lines
    self.finding = finding
  }
}

/// A damage of the audit log.
package struct AuditFindingView: Codable, Equatable, Sendable {
  /// `changed`, `missing`, `reordered`, `inserted` or `rewritten`.
  package var kind: String
  package var seq: Int64
  /// For a person.
  package var text: String
  /// A line at or before the head kept outside that says that a backup was restored: a head that was kept
  /// before then may be of lines that came after the backup. Nil where there is none.
  package var restore: Int64?

  package init(kind: String, seq: Int64, text: String, restore: Int64? = nil) {
    self.restore = restore
    self.kind = kind
    self.seq = seq
    self.text = text
  }
}
