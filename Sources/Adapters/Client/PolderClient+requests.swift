package import Foundation
package import Wire

/// One method a request of the HTTP interface.
extension PolderClient {
  /// Whether Polder and what it stands on are well. `GET /v1/health`.
  package func health() async throws(ClientError) -> HealthView {
    try await get("/v1/health")
  }

  /// Who the caller is to Polder. `GET /v1/me`.
  package func caller() async throws(ClientError) -> CallerView {
    try await get("/v1/me")
  }

  /// Compares a description with the centre, and applies it unless it is a dry run.
  /// `POST /v1/apply`.
  package func apply(_ request: ApplyRequest) async throws(ClientError) -> ApplyResult {
    try await post("/v1/apply", request)
  }

  /// What a job would cost and when it could start. Changes nothing. `POST /v1/quotes`.
  package func quote(_ submission: Submission) async throws(ClientError) -> QuoteView {
    try await post("/v1/quotes", submission)
  }

  /// Submits once under a key: the daemon answers a second request with the same key with the job
  /// of the first. `POST /v1/jobs`.
  package func submitOnce(
    _ submission: Submission, key: String
  ) async throws(ClientError) -> JobView {
    try await post("/v1/jobs", submission, headers: [("Idempotency-Key", key)])
  }

  /// Submits, and asks again under the same key when the answer was lost on its way to us or to the
  /// daemon, so that one call makes at most one job. The waits between the attempts grow from 0.2 s to 3.2 s, about 6 s in all.
  ///
  /// - Throws: `unreachable` if nothing was ever sent; `lost` if the outcome is still unknown after
  ///   the last attempt: then the same key may be used again at any time.
  package func submit(
    _ submission: Submission, key: String
  ) async throws(ClientError) -> JobView {
    var unknown: ClientError?
    var pause = 200
    while true {
      do {
        return try await submitOnce(submission, key: key)
      } catch .lost(let socket, let cause) {
        unknown = .lost(socket, cause)
      } catch .refused(let problem) where problem.code == "unknown" {
        unknown = .lost(socket, problem.title)
      } catch .unreachable(let socket, let cause) {
        guard unknown != nil else { throw .unreachable(socket, cause) }
      }
      if let unknown, pause > 3200 { throw unknown }
      do {
        try await Task.sleep(for: .milliseconds(pause))
      } catch {
        throw unknown ?? .lost(socket, "the submission was cancelled")
      }
      pause *= 2
    }
  }

  /// The jobs that the caller may see, the latest first: those not ended, or all. `GET /v1/jobs`.
  package func jobs(
    all: Bool = false, project: String? = nil
  ) async throws(ClientError) -> [JobView] {
    try await get("/v1/jobs", query: [("all", all ? "1" : "0"), ("project", project)])
  }

  /// One job, by `P1042`. `GET /v1/jobs/{id}`.
  package func job(_ id: String) async throws(ClientError) -> JobView {
    try await get("/v1/jobs/\(id)")
  }

  /// How a job's weight and cost came about, `P1042` or `P1042_3`. `GET /v1/jobs/{id}/rate`.
  package func jobRate(_ id: String) async throws(ClientError) -> JobRateView {
    try await get("/v1/jobs/\(id)/rate")
  }

  /// The same of the job that an entry is about, `refund:by-hand-4711`.
  /// `GET /v1/ledger/rate?entry=`.
  package func entryRate(_ id: String) async throws(ClientError) -> JobRateView {
    try await get("/v1/ledger/rate", query: [("entry", id)])
  }

  /// Why a task waits, and what would let it start sooner, `P1042` or `P1042_3`.
  /// `GET /v1/jobs/{id}/explanation`.
  package func explanation(_ id: String) async throws(ClientError) -> ExplanationView {
    try await get("/v1/jobs/\(id)/explanation")
  }

  /// Where waiting jobs stand in the queue and why, of one project or of all that the caller may see.
  /// `GET /v1/priorities`.
  package func priorities(project: String? = nil) async throws(ClientError) -> PrioritiesView {
    try await get("/v1/priorities", query: [("project", project)])
  }

  /// The versions of the rate cards, of one partition or of all. `GET /v1/rates`.
  package func rates(partition: String? = nil) async throws(ClientError) -> [RateCardView] {
    try await get("/v1/rates", query: [("partition", partition)])
  }

  /// Cancels a job or one task of it, `P1042` or `P1042_3`. `POST /v1/jobs/{id}/cancel`.
  package func cancel(_ id: String) async throws(ClientError) -> JobView {
    try await post("/v1/jobs/\(id)/cancel")
  }

  /// Gives what runs of a job another time limit, as `sbatch --time` takes it.
  /// `POST /v1/jobs/{id}/limit`.
  package func changeLimit(
    _ id: String, to time: String
  ) async throws(ClientError) -> JobView {
    try await post("/v1/jobs/\(id)/limit", LimitRequest(timeLimit: time))
  }

  /// Where the allocations of one project stand, or of all that the caller may see.
  /// `GET /v1/balances`.
  /// As of now, or of what was effective and what was recorded before other moments.
  package func balances(
    project: String? = nil, asOf: String? = nil, knownAt: String? = nil
  ) async throws(ClientError) -> [BalanceView] {
    try await get(
      "/v1/balances", query: [("project", project), ("as-of", asOf), ("known-at", knownAt)])
  }

  /// The entries that made a project's balances, in order of posting: all, or of one allocation, and
  /// those effective on whole days, `YYYY-MM-DD`, the last included.
  /// `GET /v1/projects/{id}/ledger`.
  package func ledger(
    project: String, allocation: String? = nil, from: String? = nil, to: String? = nil
  ) async throws(ClientError) -> [EntryView] {
    try await get(
      "/v1/projects/\(project)/ledger",
      query: [("allocation", allocation), ("from", from), ("to", to)])
  }

  /// The entries of all projects, or of those of a programme or a funder, in order of posting: each as
  /// ``ledger(project:allocation:from:to:)`` gives it, with its project. `GET /v1/ledger`.
  ///
  /// - Parameter take: gets them in pieces as they come; what it throws ends the request.
  package func ledgers(
    programme: String?, funder: String?, all: Bool, from: String? = nil, to: String? = nil,
    _ take: ([EntryView]) throws -> Void
  ) async throws {
    try await lines(
      "/v1/ledger",
      query: [
        ("programme", programme), ("funder", funder), ("all", all ? "1" : nil), ("from", from),
        ("to", to),
      ], take)
  }

  /// An answer of any length, of which each line is JSON, some lines at a time.
  func lines<Line: Decodable>(
    _ path: String, query: [(String, String?)], _ take: ([Line]) throws -> Void
  ) async throws {
    var rest = Data()
    try await stream(path, query: query) { piece in
      rest.append(piece)
      guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { return }
      let lines = rest[...end].split(separator: UInt8(ascii: "\n"))
      rest = Data(rest[rest.index(after: end)...])
      try take(
        try lines.map { line in
          do {
            return try JSONDecoder().decode(Line.self, from: Data(line))
          } catch {
            throw ClientError.unreadable("a line of \(path): \(error)")
          }
        })
    }
    guard rest.isEmpty else { throw ClientError.unreadable("\(path) ends within a line") }
  }

  /// A part of what has run of the jobs submitted on some days, `YYYY-MM-DD`, the last included.
  /// `GET /v1/history`.
  package func history(
    from: String?, to: String?, after: String? = nil
  ) async throws(ClientError) -> HistoryView {
    try await get("/v1/history", query: [("from", from), ("to", to), ("after", after)])
  }

  /// A part of what `sacct` would tell. `POST /v1/accounting`.
  package func accounting(
    _ query: AccountingQuery
  ) async throws(ClientError) -> AccountingView {
    try await post("/v1/accounting", query)
  }

  /// Where the description and Slurm differ. `GET /v1/bridge/check`.
  package func drift() async throws(ClientError) -> DriftView {
    try await get("/v1/bridge/check")
  }

  /// Who may submit for which project. `GET /v1/associations`.
  package func associations() async throws(ClientError) -> AssociationsView {
    try await get("/v1/associations")
  }

  /// The books as a journal for `hledger`, `ledger` or `beancount`: of one project, or of all;
  /// over whole days, `YYYY-MM-DD`, the last included. `GET /v1/journal`.
  ///
  /// - Parameter take: gets the text in pieces as they come; what it throws ends the request.
  package func journal(
    format: String, project: String?, from: String? = nil, to: String? = nil,
    _ take: (Data) throws -> Void
  ) async throws {
    try await stream(
      "/v1/journal",
      query: [("format", format), ("project", project), ("from", from), ("to", to)], take)
  }

  /// The nodes and what is free on them. `GET /v1/nodes`.
  package func nodes() async throws(ClientError) -> [NodeView] {
    try await get("/v1/nodes")
  }

  /// Has Slurm start nothing new on a node. `POST /v1/nodes/{name}/drain`.
  package func drain(_ node: String, reason: String) async throws(ClientError) -> NodeActView {
    try await post("/v1/nodes/\(node)/drain", DrainRequest(reason: reason))
  }

  /// Has Slurm take a node back. `POST /v1/nodes/{name}/resume`.
  package func resume(_ node: String) async throws(ClientError) -> NodeActView {
    try await post("/v1/nodes/\(node)/resume")
  }

  /// The partitions, and how Slurm has them. `GET /v1/partitions`.
  package func partitions() async throws(ClientError) -> [PartitionView] {
    try await get("/v1/partitions")
  }

  /// Has a partition take jobs, start them, both or neither. `POST /v1/partitions/{name}/state`.
  package func setPartition(
    _ name: String, to state: String
  ) async throws(ClientError) -> PartitionActView {
    try await post("/v1/partitions/\(name)/state", PartitionStateRequest(state: state))
  }

  /// What would become of the expected starts. Changes nothing. `POST /v1/what-if`.
  package func whatIf(_ question: WhatIfRequest) async throws(ClientError) -> WhatIfView {
    try await post("/v1/what-if", question)
  }

  /// What Slurm has set aside. `GET /v1/reservations`.
  package func reservations() async throws(ClientError) -> [ReservationView] {
    try await get("/v1/reservations")
  }

  /// Sets nodes aside in Slurm. `POST /v1/reservations`.
  package func reserve(
    _ wanted: ReservationRequest
  ) async throws(ClientError) -> ReservationActView {
    try await post("/v1/reservations", wanted)
  }

  /// Gives nodes that are set aside back. `POST /v1/reservations/{name}/delete`.
  package func deleteReservation(
    _ name: String
  ) async throws(ClientError) -> ReservationActView {
    try await post("/v1/reservations/\(name)/delete")
  }
}
