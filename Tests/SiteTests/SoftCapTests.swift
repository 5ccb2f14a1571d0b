import Foundation
import Testing
import Wire

extension SiteTests {
  /// A soft cap stops nothing: who submits is told what follows, in Slurm's own command too.
  @Suite struct SoftCaps {
    @Test("sbatch prints the warning of a soft cap that is reached, and the job runs")
    func warned() async throws {
      let desk = try await Desk(Site.ready(), "bram", "gentle")
      try desk.write(Self.description, to: "gentle.yaml")
      let apply = ["polder", "apply", "--yes", "-f", "\(desk.folder)/gentle.yaml"]
      // As root, an administrator here, who may read the member's folder.
      _ = try await desk.site.run(apply).orThrow()
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
      try desk.write("kind: Cap\nid: gentle-cap\nstate: absent\n", to: "gentle.yaml")
      _ = try await desk.site.run(apply).orThrow()
    }

    private static let description = """
      kind: Programme
      id: tests
      name: Tests
      funder: state
      mode: Tests
      amount:
        least: 1 GPU-s
        most: 1 GPU-h
      maximumMonths: 1
      accessWorkingDays: 1
      ---
      kind: Project
      id: gentle
      reference: NL-AIF-2026-0012
      title: A project under a soft cap
      organisation: university
      members:
        - account: bram
          role: PI
      ---
      kind: Allocation
      id: gentle-1
      project: gentle
      programme: tests
      granted: 900 GPU-s
      window:
        from: ${today - 1d}
        until: ${today + 2d}
      ---
      kind: Cap
      id: gentle-cap
      scope: {project: gentle}
      limit: {amount: 10 GPU-s}
      strength: soft

      """
  }
}
