import Domain
import Postgres
package import Services

extension PostgresStore {
  package func record(audit lines: [AuditLine]) async throws(StoreError) {
    guard !lines.isEmpty else { return }
    try await write { tx throws(PostgresError) -> Void in
      for line in lines { try tx.audit(line) }
    }
  }

  /// So many tables are taken in one transaction, in which the chain's head is held, and so many
  /// transactions follow each other.
  private static let (readsAtOnce, rounds) = (1000, 10)

  @discardableResult
  package func takeDatabaseReads() async throws(StoreError) -> Int {
    var count = 0
    for _ in 0..<Self.rounds {
      let taken = try await takeReadsOnce()
      count += taken
      if taken == 0 { break }
    }
    return count
  }

  /// Without a receipt: a taking whose outcome is unknown took all it had, or nothing.
  private func takeReadsOnce() async throws(StoreError) -> Int {
    do throws(PostgresError) {
      return try await pool.transaction(TransactionMode(retryLimit: 3)) {
        tx throws(PostgresError) in
        try tx.takeDatabaseReads(atMost: Self.readsAtOnce)
      }
    } catch {
      throw StoreError(error)
    }
  }

  package func auditLines(_ filter: AuditFilter) async throws(StoreError) -> [AuditLink] {
    let columns: [Value] = [
      .optionalInstant(filter.from), .optionalInstant(filter.to), .optionalText(filter.actor),
      .optionalText(filter.action), .optionalText(filter.subject?.text),
      .integer(max(filter.limit, 0)),
    ]
    return try await read { tx throws(PostgresError) in
      try Self.links(try tx.query(.auditList, columns))
    }
  }

  package func auditLines(
    after seq: Int64, through last: Int64, limit: Int
  ) async throws(StoreError) -> [AuditLink] {
    try await read { tx throws(PostgresError) in
      try Self.links(
        try tx.query(.auditLines, [.int64(seq), .int64(last), .integer(max(limit, 0))]))
    }
  }

  package func auditStanding() async throws(StoreError) -> AuditStanding {
    try await read { tx throws(PostgresError) in
      let row = try tx.query(.auditStanding).only()
      return AuditStanding(
        head: AuditHead(seq: try row.int64("seq"), sha256: try row.bytes("sha256")),
        lastSeq: try row.int64("last_seq"))
    }
  }

  package func hasAuditLine(sha256: [UInt8]) async throws(StoreError) -> Bool {
    try await read { tx throws(PostgresError) in
      try !tx.query(.auditLineOfHash, [.bytes(sha256)]).isEmpty
    }
  }

  private static func links(_ rows: Rows) throws(PostgresError) -> [AuditLink] {
    var links: [AuditLink] = []
    for row in rows { links.append(try row.auditLink()) }
    return links
  }
}

extension Transaction {
  /// Takes what was read through the database's own roles into the log; how many lines it appended.
  borrowing func takeDatabaseReads(atMost most: Int) throws(PostgresError) -> Int {
    try query(.takeDatabaseReads, [.integer(most)]).only().integer("lines")
  }

  /// Appends a line to the audit log, in the transaction of the act that it tells of. Last in the
  /// transaction: whoever else appends waits until it ends.
  borrowing func audit(_ line: AuditLine) throws(PostgresError) {
    try later(
      .appendAudit,
      [
        .text(line.actor), .text(line.action.rawValue), .text(line.object),
        .text(line.result.rawValue), .text(line.origin), .text(line.detail),
      ])
  }
}

extension Row {
  fileprivate func auditLink() throws(PostgresError) -> AuditLink {
    AuditLink(
      seq: try int64("seq"), at: try instant("at"),
      line: AuditLine(
        asRead: try text("actor"), action: AuditAction(rawValue: try text("action")),
        object: try text("object"), result: AuditResult(rawValue: try text("result")),
        origin: try text("origin"), detail: try text("detail")),
      previous: try bytes("previous_sha256"), sha256: try bytes("sha256"))
  }
}
