package import Wire

/// Reports over all projects, for auditors and administrators.
extension PolderClient {
  /// Access time by funder over whole days, `YYYY-MM-DD`, the last included.
  /// `GET /v1/reports/access-time`.
  package func accessTime(
    from: String, to: String
  ) async throws(ClientError) -> ReportView {
    try await get("/v1/reports/access-time", query: [("from", from), ("to", to)])
  }

  /// Availability and waits over whole days and by month. `GET /v1/reports/availability`. On
  /// large books it takes minutes.
  package func availability(
    from: String, to: String
  ) async throws(ClientError) -> ReportView {
    try await get("/v1/reports/availability", query: [("from", from), ("to", to)], isPatient: true)
  }

  /// Projects with their allocations over whole days. `GET /v1/reports/projects`. On large books it takes
  /// minutes.
  package func projects(from: String, to: String) async throws(ClientError) -> ReportView {
    try await get("/v1/reports/projects", query: [("from", from), ("to", to)], isPatient: true)
  }

  /// What was delivered is worth at the reference rate, over whole days. `GET /v1/reports/worth`.
  package func worth(from: String, to: String) async throws(ClientError) -> ReportView {
    try await get("/v1/reports/worth", query: [("from", from), ("to", to)])
  }
}
