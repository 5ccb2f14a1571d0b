import Testing
import Wire

extension SiteTests {
  @Suite struct TimeLimits {
    @Test("a run that comes to its limit is ended and charged no more than it held")
    func charged() async throws {
      let limited = try await Site.limited()
      try await limited.desk.audit([limited.job], within: 150)
      let run = try #require(try await limited.desk.job(limited.job).tasks[0].runs.first)
      let charged = try #require(run.charged)
      #expect(charged <= run.hold)
      #expect(charged >= 60_000)
    }

    @Test("another limit for one running task of an array leaves the others theirs")
    func siblings() async throws {
      let desk = try await Desk(Site.ready(), "hanna", "traffic")
      let job = try await desk.submit(
        Work(name: "siblings", seconds: 20, options: ["--gpus-per-node=1", "--array=1-3"]))
      try await waiting(until: "all three run") {
        try await desk.job(job).tasks.allSatisfy { $0.state == "running" }
      }
      let view = try await desk.job(job)
      // The one that has the array's own id in Slurm, by which all are meant.
      let last = try #require(
        view.tasks.first { $0.runs.first?.slurmJobID == view.slurmJobID })
      _ = try await desk.run("polder", "job", "extend", last.id, "--time=4").orThrow()
      let limits = try await waiting(for: "Slurm's new limit") { () -> [String: Int]? in
        let records = try await desk.site.slurmRecords().filter { $0.polderID == job.id }
        let limits = Dictionary(grouping: records) { $0.fields["TimeLimit"] ?? "" }
          .mapValues(\.count)
        return limits["00:04:00"] == nil ? nil : limits
      }
      #expect(limits == ["00:02:00": 2, "00:04:00": 1])
      for task in view.tasks { _ = try await desk.run("polder", "job", "cancel", task.id) }
    }
  }
}
