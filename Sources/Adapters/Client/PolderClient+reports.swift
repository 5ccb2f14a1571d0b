package import Wire

/// Reports over all projects, for auditors and administrators, and statements of one.
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

  /// The entries behind a figure of a report, some lines at a time: the first line is the figure.
  /// `GET /v1/reports/KIND/figures/CELL`.
  package func figure(
    _ cell: String, in kind: ReportKind, from: String, to: String, of part: ReportPart = .whole,
    _ take: ([FigureLine]) throws -> Void
  ) async throws {
    try await lines(
      "/v1/reports/\(kind.rawValue)/figures/\(cell)",
      query: [("from", from), ("to", to)] + part.named, take)
  }

  /// The statement of a project over whole days, `YYYY-MM-DD`, the last included.
  /// `GET /v1/projects/{id}/statement`.
  package func statement(
    of project: String, from: String, to: String
  ) async throws(ClientError) -> ReportView {
    try await get(
      "/v1/projects/\(project)/statement", query: [("from", from), ("to", to)], isPatient: true)
  }

  /// Has reports of closed months made and sealed. It may take minutes. `POST /v1/reports/seals`.
  package func seal(_ request: SealRequest) async throws(ClientError) -> SealedReportsView {
    try await post("/v1/reports/seals", request, isPatient: true)
  }

  /// The certificate that the daemon seals with. `GET /v1/reports/seals/certificate`.
  package func sealCertificate() async throws(ClientError) -> SealCertificateView {
    try await get("/v1/reports/seals/certificate")
  }

  /// What a project's final report is written from. It may take minutes.
  /// `GET /v1/projects/{id}/final-report`.
  package func finalReport(of project: String) async throws(ClientError) -> ReportView {
    try await get("/v1/projects/\(project)/final-report", isPatient: true)
  }
}
