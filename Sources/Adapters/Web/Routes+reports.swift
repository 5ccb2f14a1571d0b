import HTTPTypes
import Hummingbird
import Services
import Wire

/// Reports over whole days.
extension Routes {
  func addReports(to v1: RouterGroup<PeerContext>) {
    for kind in ReportKind.allCases {
      v1.get("reports/\(kind.rawValue)") { request, context in
        try Answer.json(
          await front.report(
            kind, from: request.query("from"), to: request.query("to"),
            of: ReportPart(
              funder: request.query("funder"), programme: request.query("programme"),
              project: request.query("project")), try await caller(context)))
      }
      v1.get("reports/\(kind.rawValue)/figures/:cell") { request, context in
        let spool = try Spool()
        try await front.figure(
          try context.segment("cell"), in: kind, from: request.query("from"),
          to: request.query("to"),
          of: ReportPart(
            funder: request.query("funder"), programme: request.query("programme"),
            project: request.query("project")), try await caller(context)
        ) { lines throws(Problem) in try spool.write(lines: lines) }
        return try spool.answer(as: "application/x-ndjson")
      }
    }
    v1.post("reports/seals") { request, context in
      let caller = try await caller(context)
      let wanted = try await request.decoded(SealRequest.self, upTo: Self.largestAct)
      return try Answer.json(await front.seal(wanted, caller))
    }
    v1.get("reports/seals/certificate") { _, _ in
      try Answer.json(await front.sealCertificate())
    }
    v1.get("projects/:id/final-report") { _, context in
      try Answer.json(
        await front.finalReport(of: try context.segment("id"), try await caller(context)))
    }
    v1.get("projects/:id/statement") { request, context in
      try Answer.json(
        await front.statement(
          of: try context.segment("id"), from: request.query("from"), to: request.query("to"),
          try await caller(context)))
    }
  }
}
