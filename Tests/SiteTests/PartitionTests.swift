import Foundation
import Testing
import Wire

extension SiteTests {
  /// Administrators close partitions in Slurm and shorten their limits daily.
  @Suite(.serialized) struct Partitions {
    /// Changes a partition for as long as something takes, whatever comes of that.
    private func with(
      _ settings: [String], _ back: [String], _ site: Site, _ act: () async throws -> Void
    ) async throws {
      let update = ["scontrol", "update", "PartitionName=whole"]
      _ = try await site.run(update + settings).orThrow()
      do {
        try await act()
      } catch {
        _ = try await site.run(update + back)
        throw error
      }
      _ = try await site.run(update + back).orThrow()
    }

    private func differences(_ site: Site) async throws -> [String] {
      let output = try await site.run(["polder", "bridge", "check", "--format=json"], as: "beheer")
      let view = try JSONDecoder().decode(DriftView.self, from: Data(output.text.utf8))
      return view.differences.filter { $0.subject == "whole" }.map(\.slurm)
    }

    /// Until Polder has seen it: a round looks.
    private func untilSeen(_ words: String, _ site: Site) async throws {
      try await waiting(until: "\(words) is seen") { try await differences(site).contains(words) }
    }

    private static func work(_ name: String) -> Work {
      Work(name: name, options: ["--partition=whole", "--gpus-per-node=1"])
    }

    @Test(
      "jobs wait for a closed partition, say so and hold nothing, and start once it is up",
      arguments: ["DRAIN", "DOWN", "INACTIVE"])
    func closed(state: String) async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "daan", "cropwatch")
      var jobs: [Accepted] = []
      try await with(["State=\(state)"], ["State=UP"], site) {
        try await untilSeen("State=\(state)", site)
        let job = try await desk.submit(Self.work("closed"))
        jobs.append(job)
        try await desk.wait(for: job, toHave: { $0.reason?.code == "partition-closed" })
        if state == "DOWN" { jobs.append(try await desk.sbatch(Self.work("standing"))) }
        let explained = try await site.read(
          ExplanationView.self, ["polder", "job", "explain", job.id], as: "daan")
        #expect(explained.reason?.text == "partition whole is closed (\(state)) in Slurm")
        let tasks = try await desk.job(job).tasks
        #expect(tasks.allSatisfy { $0.state == "waiting" && $0.runs.isEmpty })
      }
      try await desk.audit(jobs)
    }

    @Test("what stands in Slurm when its partition begins to drain starts all the same")
    func drains() async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "daan", "cropwatch")
      let later = Work(
        name: "drains", options: ["--partition=whole", "--gpus-per-node=1", "--begin=now+5"])
      let job = try await desk.sbatch(later)
      try await with(["State=DRAIN"], ["State=UP"], site) {
        try await desk.wait(for: job, toHave: \.isBegun)
      }
      try await desk.audit([job])
    }

    @Test("a job longer than Slurm's limit of its partition waits with both, until that is lifted")
    func limit() async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "daan", "cropwatch")
      var jobs: [Accepted] = []
      try await with(["MaxTime=1"], ["MaxTime=7-00:00:00"], site) {
        try await untilSeen("MaxTime=00:01:00", site)
        let long = try await desk.submit(Self.work("long"))
        for job in [long, try await desk.sbatch(Self.work("standing"))] {
          jobs.append(job)
          try await desk.wait(for: job, toHave: { $0.reason?.code == "partition-limit" })
          #expect(try await desk.job(job).tasks.allSatisfy(\.runs.isEmpty))
        }
      }
      try await desk.audit(jobs)
    }
  }
}
