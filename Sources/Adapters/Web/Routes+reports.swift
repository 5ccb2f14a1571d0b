import HTTPTypes
import Hummingbird
import Services
import Wire

/// Reports over whole days.
extension Routes {
  func addReports(to v1: RouterGroup<PeerContext>) {
    v1.get("reports/access-time") { request, context in
      try Answer.json(
        await front.accessTime(
          from: request.query("from"), to: request.query("to"), try await caller(context)))
    }
    v1.get("reports/availability") { request, context in
      try Answer.json(
        await front.availability(
          from: request.query("from"), to: request.query("to"), try await caller(context)))
    }
    v1.get("reports/projects") { request, context in
      try Answer.json(
        await front.projects(
          from: request.query("from"), to: request.query("to"), try await caller(context)))
    }
    v1.get("reports/worth") { request, context in
      try Answer.json(
        await front.worth(
          from: request.query("from"), to: request.query("to"), try await caller(context)))
    }
  }
}
