import Hummingbird
import Services
import Wire

/// Acts by hand on the books, accounting periods and caps.
extension Routes {
  /// Bytes of a body of a few fields.
  static let largestAct = 64 << 10

  func addBooks(to v1: RouterGroup<PeerContext>) {
    v1.post("transfers") { request, context in
      let caller = try await caller(context)
      let key = try request.idempotencyKey()
      let transfer = try await request.decoded(TransferRequest.self, upTo: Self.largestAct)
      let view = try await front.transfer(transfer, key: key, caller)
      return try Answer.json(view, status: view.again ? .ok : .created)
    }
    v1.post("corrections") { request, context in
      let caller = try await caller(context)
      let key = try request.idempotencyKey()
      let correction = try await request.decoded(CorrectionRequest.self, upTo: Self.largestAct)
      let view = try await front.correct(correction, key: key, caller)
      return try Answer.json(view, status: view.again ? .ok : .created)
    }
    v1.get("pace") { request, context in
      try Answer.json(
        await front.pace(
          project: request.query("project"), onlyUnderUse: try request.flag("under-use"),
          try await caller(context)))
    }
    v1.get("limits") { _, context in
      try Answer.json(await front.limits(try await caller(context)))
    }
    v1.get("caps") { _, context in
      try Answer.json(await front.caps(try await caller(context)))
    }
    v1.get("periods") { _, context in
      try Answer.json(await front.periods(try await caller(context)))
    }
    v1.get("periods/verify") { _, context in
      try Answer.json(await front.verifyPeriods(try await caller(context)))
    }
    v1.get("periods/:period/closing") { request, context in
      try Answer.json(
        await front.closing(
          of: try context.segment("period"), thenClose: try request.flag("then-close"),
          try await caller(context)))
    }
    v1.post("periods/:period/close") { _, context in
      try Answer.json(
        await front.close(
          period: try context.segment("period"), try await caller(context)))
    }
  }
}
