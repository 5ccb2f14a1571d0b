import Foundation
import Testing
import Wire

extension SiteTests {
  /// The end of an allocation while its runs go on, and longer limits, on a real Slurm.
  @Suite struct Closings {
    /// What the tests ask for: one GPU for a minute.
    private static let options = ["--gpus-per-node=1", "--time=1"]

    @Test("an allocation whose end is moved forward kills its run at that very second")
    func killed() async throws {
      let desk = try await Desk(Site.ready(), "bram", "brief")
      let id = try await desk.describe(seconds: 600, policy: "{atEnd: kill}")
      let job = try await desk.submit(
        Work(
          name: "cut", seconds: 300, options: Self.options + ["--allocation=\(id)"],
          ends: "cancelled"))
      try await desk.wait(for: job, toHave: \.isRunning)
      try await desk.untilTraced()
      let end = Int64(Date().timeIntervalSince1970) + 12
      let shown = try await desk.shorten(id, to: end, policy: "{atEnd: kill}")
      #expect(shown.contains("run \(job.id).1 of \(id) is killed at "), "\(shown)")
      let slurmID = try #require(try await desk.job(job).tasks[0].runs[0].slurmJobID)
      try await desk.wait(for: job) { $0.state == "cancelled" }
      let record = try #require(
        try await desk.site.slurmRecords().first { $0.jobID == slurmID })
      #expect(record.end == end, "Slurm's own record, against \(end)")
      let task = try await desk.job(job).tasks[0]
      #expect(task.reason?.text == "ended by Polder: the window of its allocation closed")
      let start = try #require(record.start)
      #expect(task.runs[0].charged == (end - start) * 1000, "what was used until the real end")
      #expect(task.runs[0].refunded ?? 0 == 0)
      try await desk.audit([job])
    }

    @Test("a run is warned ahead of the end by a signal that its script catches, and then killed")
    func warned() async throws {
      let desk = try await Desk(Site.ready(), "bram", "brief")
      let policy = "{atEnd: signal, signal: USR1, ahead: 6 s}"
      let id = try await desk.describe(seconds: 600, policy: policy)
      try desk.write(
        """
        #!/bin/sh
        #SBATCH --account=brief --gpus-per-node=1 --time=1 --allocation=\(id)
        trap 'date +%s > warned' USR1
        echo "warned " >> runs
        sleep 300 &
        wait
        wait

        """, to: "warned.sh")
      let output = try await desk.run("polder", "job", "submit", "--parsable", "warned.sh")
      let job = Accepted(
        id: try output.orThrow().trimmingCharacters(in: .whitespacesAndNewlines),
        work: Work(name: "warned", ends: "cancelled"))
      try await desk.wait(for: job, toHave: \.isRunning)
      try await desk.untilTraced()
      let end = Int64(Date().timeIntervalSince1970) + 16
      _ = try await desk.shorten(id, to: end, policy: policy)
      try await desk.wait(for: job) { $0.state == "cancelled" }
      let text = try String(contentsOfFile: "\(desk.folder)/warned", encoding: .utf8)
      let warned = try #require(Int64(text.trimmingCharacters(in: .whitespacesAndNewlines)))
      #expect((end - 6...end - 4).contains(warned), "warned \(end - warned) s before the end")
      let slurmID = try #require(try await desk.job(job).tasks[0].runs[0].slurmJobID)
      let record = try await desk.site.slurmRecords().first { $0.jobID == slurmID }
      #expect(record?.end == end)
      let said = try String(contentsOfFile: "\(desk.folder)/slurm-\(slurmID).out", encoding: .utf8)
      let (why, at) = (
        "the window of allocation \(id) ends",
        Date(timeIntervalSince1970: TimeInterval(end)).formatted(.iso8601)
      )
      #expect(said.contains("Polder ends job \(job.id) at \(at): \(why)"), "\(said)")
      try await desk.audit([job])
    }

    @Test("a run that goes on is the operator's from the end on, and gives way to who could start")
    func goesOn() async throws {
      let desk = try await Desk(Site.ready(), "bram", "brief")
      let policy = "{atEnd: go-on, overrunCap: 1 GPU-h}"
      let id = try await desk.describe(seconds: 3600, policy: policy)
      // All of the machine, so that whoever comes can start only in its place.
      let options = ["--nodes=4", "--gpus-per-node=4", "--time=2", "--allocation=\(id)"]
      let job = try await desk.submit(Work(name: "on", seconds: 115, options: options))
      // Behind whatever another test left to run out its limit.
      try await desk.wait(for: job, toHave: \.isRunning, atMost: 150)
      try await desk.untilTraced()
      let end = Int64(Date().timeIntervalSince1970) + 10
      _ = try await desk.shorten(id, to: end, seconds: 3600, policy: policy)
      try await waiting(until: "two seconds past the end", atMost: 20) {
        Int64(Date().timeIntervalSince1970) >= end + 2
      }
      #expect(try await desk.job(job).tasks[0].state == "running")
      let other = try await Desk(desk.site, "hanna", "traffic")
      let next = try await other.submit(Work(name: "next", options: ["--gpus-per-node=1"]))
      try await other.wait(for: next, toHave: \.isBegun)
      try await other.audit([next])
      try await desk.wait(for: job) { $0.state == "preempted" }
      let run = try #require(try await desk.job(job).tasks[0].runs.first)
      let record = try #require(
        try await desk.site.slurmRecords().first { $0.jobID == run.slurmJobID })
      let (start, stop) = (try #require(record.start), try #require(record.end))
      #expect(stop > end && stop < start + 115, "ended by Polder, not by its script")
      let entries = try await desk.site.read([EntryView].self, ["polder", "ledger", "brief"])
        .filter { $0.run == run.id }
      func sum(_ kind: String) -> Int64 {
        entries.filter { $0.kind == kind }.map(\.amount).reduce(0, +)
      }
      #expect(sum("charge") == 16_000 * (end - start), "to the second of the end")
      #expect(sum("overrun") == 16_000 * (stop - end), "the operator's")
      #expect(sum("hold") == sum("charge") + sum("release"))
    }

    @Test("a longer limit is held for before Slurm has it, and is refused beyond the budget")
    func extended() async throws {
      let desk = try await Desk(Site.ready(), "bram", "brief")
      let id = try await desk.describe(seconds: 600, policy: "{atEnd: refuse}")
      let job = try await desk.submit(
        Work(name: "longer", seconds: 25, options: Self.options + ["--allocation=\(id)"]))
      try await desk.wait(for: job, toHave: \.isRunning)
      let run = try await desk.job(job).tasks[0].runs[0]
      #expect(run.hold == 120_000)
      let slurmID = try #require(run.slurmJobID)
      for _ in 1...2 {
        _ = try await desk.run("polder", "job", "extend", job.id, "--time=3").orThrow()
        #expect(try await desk.job(job).tasks[0].runs[0].hold == 240_000)
      }
      try await desk.untilLimit(of: slurmID, is: "00:03:00")
      let refused = try await desk.run("polder", "job", "extend", job.id, "--time=2:00:00")
      #expect(refused.status == 77, "\(refused)")
      #expect("\(refused)".contains("needs a further hold of"), "\(refused)")
      #expect("\(refused)".contains("available"), "\(refused)")
      let update = ["update", "JobId=\(slurmID)", "TimeLimit=4"]
      _ = try await desk.site.run(["scontrol"] + update, as: desk.account).orThrow()
      #expect(try await desk.job(job).tasks[0].runs[0].hold == 300_000)
      try await desk.untilLimit(of: slurmID, is: "00:04:00")
      #expect(
        try await desk.job(job).tasks[0].runs[0].timeLimitSeconds == 240, "the one in force")
      let shown = try await desk.run("polder", "job", "show", job.id).orThrow()
      #expect(shown.contains("04:00 for this run"), "\(shown)")
      let queue = try await desk.run("polder", "queue").orThrow()
      let line = queue.split(separator: "\n").first { $0.contains(job.id) }
      #expect(line?.contains("04:00") == true, "\(queue)")
      let tooMuch = ["update", "JobId=\(slurmID)", "TimeLimit=120"]
      let output = try await desk.site.run(["scontrol"] + tooMuch, as: desk.account)
      #expect(output.status != 0)
      #expect(try await desk.job(job).tasks[0].runs[0].hold == 300_000)
      try await desk.audit([job])
    }

    @Test("a job whose dependency has failed ends, refused with that cause")
    func hopeless() async throws {
      let desk = try await Desk(Site.ready(), "hanna", "traffic")
      let first = try await desk.submit(
        Work(name: "fails", exitCode: 3, options: ["--gpus-per-node=1"], ends: "failed"))
      let second = try await desk.submit(
        Work(
          name: "after", options: ["--gpus-per-node=1", "--dependency=afterok:\(first.id)"],
          ends: "refused", times: 0))
      try await desk.wait(for: second) { $0.state == "refused" }
      #expect(
        try await desk.job(second).tasks[0].reason?.text
          == "its dependency afterok:\(first.id) can no longer be met")
      try await desk.audit([first, second])
    }
  }
}

extension Desk {
  /// Gives the project `brief` an allocation of its own for this test, and its id.
  fileprivate func describe(seconds: Int, policy: String) async throws -> String {
    let id = "brief-\(UUID().uuidString.lowercased())"
    try await describe(allocation: id, seconds: seconds, policy: policy)
    return id
  }

  /// Moves the end of an allocation forward; what `apply` said of it.
  fileprivate func shorten(
    _ id: String, to end: Int64, seconds: Int = 600, policy: String
  ) async throws -> String {
    let instant = Date(timeIntervalSince1970: TimeInterval(end)).ISO8601Format()
    return try await describe(
      allocation: id, seconds: seconds, until: "\"\(instant)\"", policy: policy)
  }

  /// Waits until Slurm shows a job's limit so.
  func untilLimit(of slurmID: Int64, is limit: String) async throws {
    try await waiting(until: "the limit \(limit) of Slurm's job \(slurmID)", atMost: 20) {
      try await site.slurmRecords().first { $0.jobID == slurmID }?.fields["TimeLimit"] == limit
    }
  }
}
