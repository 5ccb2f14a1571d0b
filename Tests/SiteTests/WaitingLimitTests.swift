import Foundation
import Testing
import Wire

extension SiteTests {
  /// Another limit for what waits, by Polder's command and by Slurm's own, on a real slurmctld.
  @Suite struct WaitingLimits {
    private static let options = ["--gpus-per-node=1", "--time=1"]

    @Test("a job that waits runs and holds under the limit that it was given meanwhile")
    func extended() async throws {
      let desk = try await Desk(Site.ready(), "bram", "patient")
      let own = Self.options + ["--allocation=\(try await desk.openAllocation(of: 900))"]
      let first = try await desk.submit(Work(name: "first", seconds: 8, options: own))
      let job = try await desk.submit(
        Work(name: "second", options: own + ["--dependency=afterok:\(first.id)"]))
      _ = try await desk.run("polder", "job", "extend", job.id, "--time=3").orThrow()
      #expect(try await desk.job(job).timeLimitSeconds == 180)
      // Beyond the budget, the partition's maximum, and the end of the window.
      for (limit, status, says) in [
        ("20", 77, "available"), ("2-00:00:00", 65, "1-00:00:00"), ("23:59:00", 77, " ends at "),
      ] as [(String, Int32, String)] {
        let refused = try await desk.run("polder", "job", "extend", job.id, "--time=\(limit)")
        #expect(refused.status == status, "\(limit): \(refused)")
        #expect("\(refused)".contains(says), "\(limit): \(refused)")
      }
      #expect(try await desk.job(job).timeLimitSeconds == 180, "a refusal changes nothing")
      try await desk.wait(for: job, toHave: \.isBegun)
      let run = try #require(try await desk.job(job).tasks[0].runs.first)
      #expect(run.hold == 240_000)
      let record = try await desk.site.slurmRecords().first { $0.jobID == run.slurmJobID }
      #expect(record?.fields["TimeLimit"] == "00:03:00")
      try await desk.audit([first, job])
    }

    @Test("scontrol gives a pending job a longer limit as far as a new request could have it")
    func byControl() async throws {
      let desk = try await Desk(Site.ready(), "bram", "pending")
      // sbatch names no allocation: its project has this one.
      _ = try await desk.openAllocation(of: 900)
      let job = try await desk.sbatch(
        Work(name: "pending", options: Self.options + ["--begin=now+15"]))
      let slurmID = try #require(try await desk.job(job).slurmJobID)
      func update(_ limit: String) async throws -> Output {
        try await desk.site.run(
          ["scontrol", "update", "JobId=\(slurmID)", "TimeLimit=\(limit)"], as: desk.account)
      }
      _ = try await update("3").orThrow()
      #expect(try await desk.job(job).timeLimitSeconds == 180)
      try await desk.untilLimit(of: slurmID, is: "00:03:00")
      for limit in ["20", "2-00:00:00", "23:59:00"] {
        #expect(try await update(limit).status == 1, "\(limit)")
      }
      // slurmctld shows an error of its own; Polder's words stand in its log.
      let log = try String(contentsOfFile: "\(desk.site.folder)/log/slurmctld.log", encoding: .utf8)
      let refusals = log.split(separator: "\n").filter {
        $0.contains("a time limit of job \(slurmID)")
      }
      for words in ["Not enough budget", "1-00:00:00", "Allocation ends too soon"] {
        #expect(refusals.contains { $0.contains(words) }, "\(words): \(refusals)")
      }
      #expect(try await desk.job(job).timeLimitSeconds == 180, "a refusal changes nothing")
      try await desk.untilLimit(of: slurmID, is: "00:03:00")
      try await desk.wait(for: job, toHave: \.isBegun)
      #expect(try await desk.job(job).tasks[0].runs.first?.hold == 240_000)
      try await desk.audit([job])
    }

    @Test("scontrol gives one task of an array that waits a limit of its own")
    func oneTask() async throws {
      let desk = try await Desk(Site.ready(), "bram", "several")
      _ = try await desk.openAllocation(of: 900)
      let job = try await desk.sbatch(
        Work(name: "tasks", options: Self.options + ["--array=1-3", "--begin=now+15"]))
      let slurmID = try #require(try await desk.job(job).slurmJobID)
      let update = ["scontrol", "update", "JobId=\(slurmID)_2", "TimeLimit=3"]
      _ = try await desk.site.run(update, as: desk.account).orThrow()
      let view = try await desk.job(job)
      #expect(view.timeLimitSeconds == 60)
      #expect(view.tasks.map(\.timeLimitSeconds) == [nil, 180, nil])
      let shown = try await desk.run("polder", "job", "show", job.id).orThrow()
      #expect(shown.contains("03:00 for this task"), "\(shown)")
      for task in view.tasks {
        try await waiting(until: "the start of \(task.id)", atMost: 60) {
          try await desk.job(job).tasks.first { $0.id == task.id }?.isBegun ?? false
        }
      }
      let begun = try await desk.job(job)
      #expect(begun.tasks.map { $0.runs.first?.hold } == [120_000, 240_000, 120_000])
      let ids = begun.tasks.compactMap { $0.runs.first?.slurmJobID }
      let records = try await desk.site.slurmRecords()
      #expect(
        ids.map { id in records.first { $0.jobID == id }?.fields["TimeLimit"] }
          == ["00:01:00", "00:03:00", "00:01:00"])
      try await desk.audit([job])
    }
  }
}

extension Desk {
  /// Gives this desk's project an allocation of its own for this test, which ends in 12 hours; its
  /// id.
  fileprivate func openAllocation(of seconds: Int) async throws -> String {
    let id = "\(project)-\(UUID().uuidString.lowercased())"
    let end = Date(timeIntervalSinceNow: 12 * 3600).ISO8601Format()
    try await describe(allocation: id, seconds: seconds, until: "\"\(end)\"")
    return id
  }
}
