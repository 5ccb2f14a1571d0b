import Hummingbird
import Services
import Wire

/// What is kept of persons.
extension Routes {
  func addPrivacy(to v1: RouterGroup<PeerContext>) {
    v1.get("privacy/export") { request, context in
      try Answer.json(
        await front.export(
          member: request.query("member"), after: request.query("after"),
          try await caller(context)))
    }
    v1.post("privacy/erase/:member") { _, context in
      try Answer.json(
        await front.erase(
          member: try context.segment("member"), try await caller(context)))
    }
    v1.post("privacy/erase-note") { request, context in
      let asked = try await request.decoded(NoteErasureRequest.self, upTo: Self.largestAct)
      return try Answer.json(
        await front.eraseNote(entry: asked.entry, try await caller(context)))
    }
    v1.get("privacy/retention") { _, context in
      try Answer.json(await front.retention(try await caller(context)))
    }
  }
}
