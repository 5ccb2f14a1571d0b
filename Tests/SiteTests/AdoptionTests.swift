import Foundation
import Testing
import Wire

extension SiteTests {
  /// Jobs that Slurm took without Polder.
  @Suite struct Adopting {
    /// What a plugin that fails open lets in while polderd is away; its id in Slurm.
    private func letIn(_ work: Work, at desk: Desk) async throws -> String {
      let settings = URL(fileURLWithPath: "\(desk.site.folder)/etc/slurm/polder.conf")
      let before = try Data(contentsOf: settings)
      let open = String(decoding: before, as: UTF8.self)
        .replacing("FailOpen=no", with: "FailOpen=yes")
      try Data(open.utf8).write(to: settings)
      defer { try? before.write(to: settings) }
      let output = try await desk.run("sbatch", "--parsable", try desk.lay(work))
      #expect(output.complaint.contains("taken unseen"), "\(output)")
      let id = try output.orThrow().trimmingCharacters(in: .whitespacesAndNewlines)
      try await waiting(until: "\(work.name) runs in Slurm") {
        try await desk.site.run(["squeue", "-h", "-j", id, "-o", "%T"]).text
          .hasPrefix("RUNNING")
      }
      return id
    }

    @Test("what was let in while Polder was away is charged from its start once Polder is back")
    func failedOpen() async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "chen", "cropwatch")
      let work = Work(name: "unseen", seconds: 5, options: ["--gpus-per-node=2"])
      let array = Work(
        name: "unseen-array", seconds: 5, options: ["--array=1-3", "--gpus-per-node=1"])
      var ids: [String] = []
      try await site.without(.daemon) {
        ids = [try await letIn(work, at: desk), try await letIn(array, at: desk)]
      }
      // Each task of the array becomes a job.
      let adopted = try await waiting(for: "the adoption of four") { () -> [Accepted]? in
        let jobs = try await site.read(
          [JobView].self, ["polder", "job", "list", "--all"], as: desk.account)
        let own = jobs.filter { $0.origin == "adopted" && ids.contains("\($0.slurmJobID ?? 0)") }
        return own.count < 4
          ? nil : own.map { Accepted(id: $0.id, work: $0.name == work.name ? work : array) }
      }
      try await desk.audit(adopted)
      let single = try #require(adopted.first { $0.work.name == work.name })
      let view = try await desk.job(single)
      #expect(view.origin == "adopted")
      #expect(view.tasks.flatMap(\.runs).map(\.weightThousandths) == [2000])
      #expect(view.tasks.flatMap(\.runs).allSatisfy { $0.charged ?? 0 >= 10_000 })
      try await desk.auditBooks()
    }

    @Test("what is nobody's is listed with why, and not charged")
    func listed() async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "chen", "cropwatch")
      let work = Work(name: "stranger", seconds: 60, options: ["--gpus-per-node=1"])
      var id = ""
      try await site.without(.daemon) {
        id = try await letIn(work, at: desk)
        // As one that ran before the site had Polder's plugin.
        _ = try await site.run(["scontrol", "update", "JobId=\(id)", "AdminComment="]).orThrow()
      }
      let told = try await waiting(for: "the difference") {
        let output = try await site.run(
          ["polder", "bridge", "check", "--format=json"], as: "beheer")
        return try? JSONDecoder().decode(DriftView.self, from: Data(output.text.utf8))
          .differences.first { $0.kind == "job" && $0.subject == id }
      }
      #expect(told.polder == "not Polder's: unknownJobs is list")
      #expect(told.slurm.hasPrefix("runs for chen in account cropwatch on gn"), "\(told)")
      #expect(try await desk.accepted(id, work) == nil)
      _ = try await site.run(["scancel", id]).orThrow()
      try await waiting(until: "it is gone") {
        try await site.run(["squeue", "-h", "-j", id]).text.isEmpty
      }
    }
  }
}
