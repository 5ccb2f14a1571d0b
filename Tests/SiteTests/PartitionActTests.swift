import Foundation
import Testing
import Wire

extension SiteTests {
  /// What an administrator says of a partition through Polder is Slurm's, too.
  @Suite struct PartitionActs {
    private static let work = Work(
      name: "there", options: ["--partition=whole", "--gpus-per-node=1"])

    private func set(_ state: String, _ site: Site, as account: String = "beheer") async throws
      -> Output
    {
      try await site.run(["polder", "partition", state, "whole"], as: account)
    }

    private func inSlurm(_ site: Site) async throws -> String {
      let shown = try await site.run(["scontrol", "show", "partition", "whole"]).orThrow()
      let state = shown.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("State=") }
      return state.map { $0.dropFirst("State=".count).lowercased() } ?? ""
    }

    @Test("a partition that drains takes nothing new, and what waits starts once it is up")
    func drains() async throws {
      let site = try await Site.ready()
      #expect(try await set("drain", site, as: "anouk").status == 77)
      do {
        let jobs = try await closed(site)
        for _ in 1...2 { _ = try await set("up", site).orThrow() }
        #expect(try await inSlurm(site) == "up")
        for (desk, job) in jobs { try await desk.audit([job]) }
      } catch {
        _ = try await set("up", site)
        throw error
      }
    }

    /// Jobs that wait, one for each state that starts nothing of Polder's.
    private func closed(_ site: Site) async throws -> [(Desk, Accepted)] {
      var jobs: [(Desk, Accepted)] = []
      for state in ["drain", "down", "inactive"] {
        for _ in 1...2 { _ = try await set(state, site).orThrow() }
        #expect(try await inSlurm(site) == state)
        try await waiting(until: "Polder sees it") {
          try await site.read([PartitionView].self, ["polder", "partition", "list"], as: "chen")
            .contains { $0.name == "whole" && $0.state == state }
        }
        let desk = try await Desk(site, "chen", "cropwatch")
        let job = try await desk.submit(Self.work)
        try await desk.wait(for: job, toHave: { $0.reason?.code == "partition-closed" })
        let tasks = try await desk.job(job).tasks
        #expect(tasks.allSatisfy { $0.runs.isEmpty && $0.expectedStart == nil }, "\(tasks)")
        jobs.append((desk, job))
      }
      return jobs
    }
  }
}
