import Domain
package import Services

/// The audit log in memory: the chain that Postgres keeps.
extension MemoryStore {
  private var head: AuditHead {
    links.last.map { AuditHead(seq: $0.seq, sha256: $0.sha256) } ?? .none
  }

  func append(_ line: AuditLine) { links.append(AuditLink(line, at: clock, after: head)) }

  package func record(audit lines: [AuditLine]) throws(StoreError) {
    try reach()
    for line in lines { append(line) }
  }

  /// Has something read beside the daemon, which is no line yet.
  package func read(beside line: AuditLine) { readBeside.append(line) }

  package func takeDatabaseReads() throws(StoreError) -> Int {
    try reach()
    for line in readBeside { append(line) }
    defer { readBeside = [] }
    return readBeside.count
  }

  package func auditLines(_ filter: AuditFilter) throws(StoreError) -> [AuditLink] {
    try reach()
    return links.reversed()
      .filter { filter.actor == nil || $0.line.actor == filter.actor }
      .filter { filter.action == nil || $0.line.action.rawValue == filter.action }
      .filter { link in filter.from.map { $0 <= link.at } ?? true }
      .filter { link in filter.to.map { link.at < $0 } ?? true }
      .filter { link in
        filter.subject.map { link.line.actor == $0.text || link.line.object == "member \($0)" }
          ?? true
      }
      .prefix(filter.limit).map { $0 }
  }

  package func auditLines(
    after seq: Int64, through last: Int64, limit: Int
  ) throws(StoreError) -> [AuditLink] {
    try reach()
    return links.filter { $0.seq > seq && $0.seq <= last }.prefix(limit).map { $0 }
  }

  package func auditStanding() throws(StoreError) -> AuditStanding {
    try reach()
    return AuditStanding(head: head, lastSeq: head.seq)
  }

  package func hasAuditLine(sha256: [UInt8]) throws(StoreError) -> Bool {
    try reach()
    return links.contains { $0.sha256 == sha256 }
  }
}
