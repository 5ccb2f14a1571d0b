import Foundation
import Testing
import Wire

extension SiteTests {
  /// A soft cap stops nothing: who submits is told what follows, in Slurm's own command too.
  @Suite struct SoftCaps {
    @Test("sbatch prints the warning of a soft cap that is reached, and the job runs")
    func warned() async throws {
      let desk = try await Desk(Site.ready(), "bram", "gentle")
      try await desk.describe(allocation: "gentle-1", seconds: 900, more: Self.cap)
      let work = Work(
        name: "warned", options: ["--gpus-per-node=1", "--time=1"])
      let output = try await desk.run("sbatch", "--parsable", try desk.lay(work))
      let slurmID = try output.orThrow().trimmingCharacters(in: .whitespacesAndNewlines)
      #expect(Int64(slurmID) != nil, "nothing but the id on standard output: \(output)")
      #expect(output.complaint.contains("Polder: this needs a hold of"), "\(output.complaint)")
      #expect(output.complaint.contains("soft cap gentle-cap allows"), "\(output.complaint)")
      #expect(output.complaint.contains("Next: "), "\(output.complaint)")
      let job = try await waiting(for: "Polder's job of \(slurmID)") {
        try await desk.accepted(slurmID, work)
      }
      try await desk.wait(for: job) { $0.state == "completed" }
      try await desk.audit([job])
      try await desk.apply("kind: Cap\nid: gentle-cap\nstate: absent\n")
    }

    private static let cap = """
      ---
      kind: Cap
      id: gentle-cap
      scope: {project: gentle}
      limit: {amount: 10 GPU-s}
      strength: soft

      """
  }
}
