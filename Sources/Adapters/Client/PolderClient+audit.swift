package import Wire

/// The audit log, for administrators and auditors.
extension PolderClient {
  /// The latest lines, the last first. Days are `YYYY-MM-DD` in UTC, both included.
  /// `GET /v1/audit`.
  package func auditLines(
    from: String?, to: String?, actor: String?, action: String?, limit: Int
  ) async throws(ClientError) -> [AuditLineView] {
    try await get(
      "/v1/audit",
      query: [
        ("from", from), ("to", to), ("actor", actor), ("action", action), ("limit", "\(limit)"),
      ])
  }

  /// Where the chain ends. `GET /v1/audit/head`.
  package func auditHead() async throws(ClientError) -> AuditHeadView {
    try await get("/v1/audit/head")
  }

  /// Has the chain recomputed from its first line; `expected` is a head that was kept outside.
  /// `GET /v1/audit/verify`.
  package func verifyAudit(expected: String?) async throws(ClientError) -> AuditCheckView {
    try await get("/v1/audit/verify", query: [("expect", expected)])
  }
}
