import Foundation
import Testing
import Wire

extension SiteTests {
  @Suite struct NodeActs {
    @Test("a node that an administrator drains takes nothing new until it is resumed")
    func drains() async throws {
      let site = try await Site.ready()
      func state() async throws -> String {
        try await site.read([NodeView].self, ["polder", "node", "list"])
          .first { $0.name == "gn02" }?.state ?? ""
      }
      let drain = ["polder", "node", "drain", "gn02", "--reason=fan 2 is loud"]
      let refused = try await site.run(drain, as: "anouk")
      #expect(refused.status == 77)
      for _ in 1...2 { _ = try await site.run(drain, as: "beheer").orThrow() }
      let seen = try await site.run(["sinfo", "-h", "-N", "-n", "gn02", "-o", "%T|%E"]).orThrow()
      #expect(seen.split(separator: "\n").allSatisfy { $0.hasSuffix("|fan 2 is loud") }, "\(seen)")
      try await waiting(until: "Polder sees gn02 drained") { try await state() != "up" }
      // What asks for that node alone waits for it.
      let desk = try await Desk(site, "chen", "cropwatch")
      let job = try await desk.submit(
        Work(name: "there", options: ["--gpus-per-node=1", "--nodelist=gn02"]))
      try await desk.wait(for: job) { $0.state == "waiting" && $0.reason != nil }
      for _ in 1...2 {
        _ = try await site.run(["polder", "node", "resume", "gn02"], as: "beheer").orThrow()
      }
      try await desk.audit([job])
    }
  }
}
