package import Wire

/// Acts by hand on the books, accounting periods and caps.
extension PolderClient {
  /// Moves an amount between two allocations. The same key gives the same act.
  /// `POST /v1/transfers`.
  package func transfer(
    _ request: TransferRequest, key: String
  ) async throws(ClientError) -> PostingView {
    try await post("/v1/transfers", request, headers: [("Idempotency-Key", key)])
  }

  /// Corrects a charge or an opening. The same key gives the same act. `POST /v1/corrections`.
  package func correct(
    _ request: CorrectionRequest, key: String
  ) async throws(ClientError) -> PostingView {
    try await post("/v1/corrections", request, headers: [("Idempotency-Key", key)])
  }

  /// How allocations are used against what is expected. `GET /v1/pace`.
  package func pace(
    project: String?, onlyUnderUse: Bool
  ) async throws(ClientError) -> [PaceView] {
    try await get(
      "/v1/pace", query: [("project", project), ("under-use", onlyUnderUse ? "1" : "0")])
  }

  /// Limits on what runs or waits at once, and what is in use. `GET /v1/limits`.
  package func limits() async throws(ClientError) -> [LimitView] { try await get("/v1/limits") }

  /// Caps and what was taken of them. `GET /v1/caps`.
  package func caps() async throws(ClientError) -> [CapView] { try await get("/v1/caps") }

  /// The closed periods. `GET /v1/periods`.
  package func periods() async throws(ClientError) -> [PeriodView] {
    try await get("/v1/periods")
  }

  /// Makes the seals of all closed periods again. `GET /v1/periods/verify`.
  package func verifyPeriods() async throws(ClientError) -> PeriodCheckView {
    try await get("/v1/periods/verify")
  }

  /// What closing a period, `YYYY-MM`, would close now. `GET /v1/periods/{period}/closing`.
  ///
  /// - Parameter thenClose: true if it is looked at before it is closed.
  package func closing(
    period: String, thenClose: Bool
  ) async throws(ClientError) -> ClosingView {
    try await get("/v1/periods/\(period)/closing", query: [("then-close", thenClose ? "1" : "0")])
  }

  /// Closes a period, `YYYY-MM`, and every earlier one. `POST /v1/periods/{period}/close`.
  package func close(period: String) async throws(ClientError) -> [PeriodView] {
    try await post("/v1/periods/\(period)/close")
  }
}
