import HTTPTypes
import Hummingbird
import Services
import Wire

/// The HTTP interface: which use case answers what. Who asks is told by the socket's peer
/// credentials.
struct Routes {
  let front: Front

  /// Bytes of a body: a job with its script and environment, or the description of a centre.
  private static let largestBody = 16 << 20
  /// Bytes of what the plugin sends.
  private static let largestPluginBody = 64 << 10
  /// Names of all nodes.
  private static let largestReservation = 1 << 20

  func router() -> Router<PeerContext> {
    let router = Router(context: PeerContext.self)
    router.add(middleware: Problems())
    addReading(to: router.group("v1"))
    addReports(to: router.group("v1"))
    addJobs(to: router.group("v1"))
    addOperations(to: router.group("v1"))
    addAudit(to: router.group("v1"))
    addBooks(to: router.group("v1"))
    addPrivacy(to: router.group("v1"))
    return router
  }

  private func addReading(to v1: RouterGroup<PeerContext>) {
    v1.get("health") { _, _ in try Answer.json(await front.health()) }
    v1.get("me") { _, context in
      try Answer.json(await front.whoami(try await caller(context)))
    }
    v1.get("nodes") { _, context in
      try Answer.json(await front.nodes(try await caller(context)))
    }
    v1.get("partitions") { _, context in
      try Answer.json(await front.partitions(try await caller(context)))
    }
    v1.get("reservations") { _, context in
      try Answer.json(await front.reservations(try await caller(context)))
    }
    v1.get("rates") { request, context in
      try Answer.json(
        await front.rates(partition: request.query("partition"), try await caller(context)))
    }
    v1.get("ledger/rate") { request, context in
      try Answer.json(
        await front.entryRate(request.query("entry") ?? "", try await caller(context)))
    }
    v1.get("balances") { request, context in
      try Answer.json(
        await front.balances(
          project: request.query("project"),
          at: Front.BalanceMoments(
            asOf: request.query("as-of"), knownAt: request.query("known-at")),
          try await caller(context)))
    }
    v1.get("projects/:id/ledger") { request, context in
      try Answer.json(
        await front.ledger(
          project: try context.segment("id"),
          part: Front.LedgerPart(
            allocation: request.query("allocation"), from: request.query("from"),
            to: request.query("to")), try await caller(context)))
    }
    v1.get("ledger") { request, context in
      let question = Front.LedgersQuestion(
        programme: request.query("programme"), funder: request.query("funder"),
        all: try request.flag("all"), from: request.query("from"), to: request.query("to"))
      let spool = try Spool()
      try await front.ledgers(question, try await caller(context)) { entries throws(Problem) in
        try spool.write(lines: entries)
      }
      return try spool.answer(as: "application/x-ndjson")
    }
    v1.get("journal") { request, context in
      let question = Front.JournalQuestion(
        format: request.query("format"), project: request.query("project"),
        from: request.query("from"), to: request.query("to"))
      let spool = try Spool()
      try await front.journal(question, try await caller(context), to: spool)
      return try spool.answer()
    }
    v1.get("history") { request, context in
      try Answer.json(
        await front.history(
          from: request.query("from"), to: request.query("to"), after: request.query("after"),
          try await caller(context)))
    }
  }

  private func addJobs(to v1: RouterGroup<PeerContext>) {
    v1.get("jobs") { request, context in
      try Answer.json(
        await front.jobs(
          all: try request.flag("all"), project: request.query("project"),
          try await caller(context)))
    }
    v1.get("priorities") { request, context in
      try Answer.json(
        await front.priorities(
          project: request.query("project"), try await caller(context)))
    }
    v1.get("jobs/:id") { _, context in
      try Answer.json(
        await front.job(try context.segment("id"), try await caller(context)))
    }
    v1.get("jobs/:id/rate") { _, context in
      try Answer.json(
        await front.jobRate(try context.segment("id"), try await caller(context)))
    }
    v1.get("jobs/:id/explanation") { _, context in
      try Answer.json(
        await front.explanation(try context.segment("id"), try await caller(context)))
    }
    v1.post("quotes") { request, context in
      let caller = try await caller(context)
      let submission = try await request.decoded(Submission.self, upTo: Self.largestBody)
      return try Answer.json(await front.quote(submission, caller))
    }
    v1.post("jobs") { request, context in
      let caller = try await caller(context)
      let key = try request.idempotencyKey()
      let submission = try await request.decoded(Submission.self, upTo: Self.largestBody)
      let (view, isNew) = try await front.submit(submission, key: key, caller)
      return try Answer.json(view, status: isNew ? .created : .ok)
    }
    v1.post("jobs/:id/limit") { request, context in
      let caller = try await caller(context)
      let wanted = try await request.decoded(LimitRequest.self, upTo: Self.largestPluginBody)
      return try Answer.json(
        await front.changeLimit(try context.segment("id"), wanted, caller))
    }
    v1.post("jobs/:id/cancel") { _, context in
      try Answer.json(
        await front.cancel(try context.segment("id"), try await caller(context)))
    }
  }

  private func addOperations(to v1: RouterGroup<PeerContext>) {
    v1.post("apply") { request, context in
      let caller = try await caller(context)
      let description = try await request.decoded(ApplyRequest.self, upTo: Self.largestBody)
      return try Answer.json(await front.apply(description, caller))
    }
    v1.post("what-if") { request, context in
      let caller = try await caller(context)
      let question = try await request.decoded(WhatIfRequest.self, upTo: Self.largestPluginBody)
      return try Answer.json(await front.whatIf(question, caller))
    }
    v1.post("nodes/:name/drain") { request, context in
      let caller = try await caller(context)
      let wanted = try await request.decoded(DrainRequest.self, upTo: Self.largestPluginBody)
      return try Answer.json(
        await front.drain(try context.segment("name"), wanted, caller))
    }
    v1.post("nodes/:name/resume") { _, context in
      try Answer.json(
        await front.resume(try context.segment("name"), try await caller(context)))
    }
    v1.post("partitions/:name/state") { request, context in
      let caller = try await caller(context)
      let wanted = try await request.decoded(
        PartitionStateRequest.self, upTo: Self.largestPluginBody)
      return try Answer.json(
        await front.set(partition: try context.segment("name"), to: wanted, caller))
    }
    v1.post("reservations") { request, context in
      let caller = try await caller(context)
      let wanted = try await request.decoded(
        ReservationRequest.self, upTo: Self.largestReservation)
      return try Answer.json(await front.reserve(wanted, caller))
    }
    v1.post("reservations/:name/delete") { _, context in
      try Answer.json(
        await front.deleteReservation(
          try context.segment("name"), try await caller(context)))
    }
    v1.get("bridge/check") { _, context in
      try Answer.json(await front.drift(try await caller(context)))
    }
    v1.get("associations") { _, context in
      try Answer.json(await front.associations(try await caller(context)))
    }
    v1.post("accounting") { request, context in
      let caller = try await caller(context)
      let query = try await request.decoded(AccountingQuery.self, upTo: Self.largestBody)
      return try Answer.json(await front.accounting(query, caller))
    }
    // Text for a C program, one key=value a line.
    v1.post("plugin/submit") { request, context in
      let peer = try await context.peerUID()
      let seen = try await request.decoded(PluginSubmission.self, upTo: Self.largestPluginBody)
      return Answer.text(try await front.pluginSubmit(seen, peerUID: peer))
    }
    v1.post("plugin/modify") { request, context in
      let peer = try await context.peerUID()
      let seen = try await request.decoded(PluginChange.self, upTo: Self.largestPluginBody)
      return Answer.text(try await front.pluginModify(seen, peerUID: peer))
    }
  }

  private func addAudit(to v1: RouterGroup<PeerContext>) {
    v1.get("audit") { request, context in
      let question = Front.AuditQuestion(
        from: request.query("from"), to: request.query("to"), actor: request.query("actor"),
        action: request.query("action"), limit: request.query("limit"))
      return try Answer.json(await front.auditLines(question, try await caller(context)))
    }
    v1.get("audit/head") { _, context in
      try Answer.json(await front.auditHead(try await caller(context)))
    }
    v1.get("audit/verify") { request, context in
      try Answer.json(
        await front.verifyAudit(
          expected: request.query("expect"), try await caller(context)))
    }
  }

  func caller(_ context: PeerContext) async throws -> Caller {
    try await front.caller(uid: try await context.peerUID(), request: context.requestNumber)
  }
}

extension Request {
  /// A value of the query, decoded; nil if it is not there or empty.
  func query(_ name: String) -> String? {
    guard let value = uri.queryParameters[name[...]], !value.isEmpty else { return nil }
    return String(value)
  }

  /// `1` or `true`, `0` or `false`; false if it is not there.
  func flag(_ name: String) throws(Problem) -> Bool {
    switch query(name) {
    case nil, "0", "false": return false
    case "1", "true": return true
    case .some(let other):
      throw Problem(
        title: "The query can't be read", status: 400, code: "invalid",
        detail: "\(name)=\(other): accepted are 1 and 0")
    }
  }

  /// The key under which a submission can be repeated without harm.
  func idempotencyKey() throws(Problem) -> String {
    let accepted = "1 to 128 letters, digits and -_.:"
    guard let name = HTTPField.Name("Idempotency-Key"), let key = headers[name], !key.isEmpty else {
      throw Problem(
        title: "The key is missing", status: 400, code: "idempotency-key",
        detail: "what is to be done once needs a key, in the header Idempotency-Key: \(accepted)",
        nextStep: "choose a random one each time, and the same one to repeat a lost request")
    }
    let plain = key.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || "-_.:".utf8.contains(byte)
    }
    guard plain, key.utf8.count <= 128 else {
      throw Problem(
        title: "The key can't be used", status: 400, code: "idempotency-key",
        detail: "a key has \(accepted)",
        nextStep: "choose another; it is only there to repeat the same without harm")
    }
    return key
  }
}
