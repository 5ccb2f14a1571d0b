import Foundation
import Testing
import Wire

extension SiteTests {
  @Suite struct Drifting {
    @Test("a partition that Slurm has otherwise is told, and the command that is told mends it")
    func partition() async throws {
      let site = try await Site.ready()
      func differences(of subject: String) async throws -> [DriftDifference] {
        let output = try await site.run(
          ["polder", "bridge", "check", "--format=json"], as: "beheer")
        let view = try JSONDecoder().decode(DriftView.self, from: Data(output.text.utf8))
        #expect(output.status == (view.differences.isEmpty ? 0 : 1))
        return view.differences.filter { $0.subject == subject }
      }
      try await waiting(until: "Polder and Slurm agree on whole") {
        try await differences(of: "whole").isEmpty
      }
      _ = try await site.run(["scontrol", "update", "PartitionName=whole", "Nodes=gn[01-03]"])
        .orThrow()
      let told = try await waiting(for: "the difference") {
        try await differences(of: "whole").first
      }
      #expect(told.polder == "gn[01-04]" && told.slurm == "gn[01-03]")
      let asked = try await site.run(["polder", "bridge", "check", "--fix"])
      #expect(asked.status == 64, "nobody can be asked here: \(asked)")
      _ = try await site.run(["polder", "bridge", "check", "--fix", "--yes"])
      try await waiting(until: "Polder and Slurm agree again") {
        try await differences(of: "whole").isEmpty
      }
      let refused = try await site.run(["polder", "bridge", "check"], as: "anouk")
      #expect(refused.status == 77)
    }
  }
}
