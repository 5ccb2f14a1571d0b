package import Wire

/// Reports over all projects, for auditors and administrators.
extension PolderClient {
  /// A report over whole days, `YYYY-MM-DD`, the last included; of a part of it if one is named. `GET /v1/reports/KIND`. On large books some
  /// take minutes.
  package func report(
    _ kind: ReportKind, from: String, to: String, of part: ReportPart = .whole
  ) async throws(ClientError) -> ReportView {
    try await get(
      "/v1/reports/\(kind.rawValue)", query: [("from", from), ("to", to)] + part.named,
      isPatient: kind.isPatient)
  }
}
