package import Domain

/// The audit log as the use cases need it.
package protocol AuditLog: Sendable {
  /// Appends lines that stand for no change of the store: reads, refusals, failures. The line of an
  /// act goes with the act, in its transaction.
  func record(audit lines: [AuditLine]) async throws(StoreError)
  /// Takes what was read through the database's own roles, since the last time, into the log: how many
  /// lines it appended. Of very much that waits only the first; the next time goes on.
  @discardableResult
  func takeDatabaseReads() async throws(StoreError) -> Int
  /// The latest lines, the last first.
  func auditLines(_ filter: AuditFilter) async throws(StoreError) -> [AuditLink]
  /// The next lines after a number, in order, up to another.
  func auditLines(
    after seq: Int64, through last: Int64, limit: Int
  ) async throws(StoreError) -> [AuditLink]
  func auditStanding() async throws(StoreError) -> AuditStanding
  /// Whether a line has this hash.
  func hasAuditLine(sha256: [UInt8]) async throws(StoreError) -> Bool
}

/// Which lines of the audit log to read.
package struct AuditFilter: Hashable, Sendable {
  /// Half-open.
  package var from: Instant?
  package var to: Instant?
  package var actor: String?
  package var action: String?
  /// Lines by this member, or about it.
  package var subject: MemberID?
  package var limit: Int

  package init(
    from: Instant? = nil, to: Instant? = nil, actor: String? = nil, action: String? = nil,
    subject: MemberID? = nil, limit: Int = 100
  ) {
    self.from = from
    self.to = to
    self.actor = actor
    self.action = action
    self.subject = subject
    self.limit = limit
  }
}

/// What the store knows of the chain's end.
package struct AuditStanding: Hashable, Sendable {
  package let head: AuditHead
  /// The last line that is there; that of the head, unless someone meddled.
  package let lastSeq: Int64

  package init(head: AuditHead, lastSeq: Int64) {
    self.head = head
    self.lastSeq = lastSeq
  }
}

extension AuditLog {
  /// Verifies the chain from its first line to its head, page by page: memory is constant, time
  /// linear in the lines. Lines that are appended meanwhile are left to the next time.
  package func verifyAudit(
    expected: AuditHead? = nil, pageSize: Int = 1000
  ) async throws(StoreError) -> AuditVerification {
    let standing = try await auditStanding()
    var verifier = AuditVerifier(expected: expected)
    var after = Int64.min
    func result(_ finding: AuditVerifier.Finding?) -> AuditVerification {
      AuditVerification(head: standing.head, lineCount: verifier.lineCount, finding: finding)
    }
    while true {
      let page = try await auditLines(
        after: after, through: standing.head.seq, limit: pageSize)
      for link in page {
        switch verifier.read(link) {
        case .fine: continue
        case .found(let finding): return result(finding)
        case .broken(let link):
          return result(
            AuditVerifier.displaced(
              link, lineCount: standing.head.seq + 1,
              previousExists: try await hasAuditLine(sha256: link.previous)))
        }
      }
      guard let last = page.last, page.count == pageSize else { break }
      after = last.seq
    }
    return result(verifier.end(head: standing.head, lastSeq: standing.lastSeq))
  }
}

/// What a verification found.
package struct AuditVerification: Hashable, Sendable {
  /// As of its beginning.
  package let head: AuditHead
  /// Lines that were read and are sound, from the first on.
  package let lineCount: Int64
  /// Nil if the log is the one that was written.
  package let finding: AuditVerifier.Finding?

  package init(head: AuditHead, lineCount: Int64, finding: AuditVerifier.Finding?) {
    self.head = head
    self.lineCount = lineCount
    self.finding = finding
  }
}
