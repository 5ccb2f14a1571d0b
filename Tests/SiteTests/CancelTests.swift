import Testing
import Wire

extension SiteTests {
  /// What members do with Slurm's own commands.
  @Suite struct SlurmCommands {
    static let gpu = ["--gpus-per-node=1"]

    @Test("a job that its member ends by scancel is charged for the time it ran")
    func cancelledWhileItRuns() async throws {
      let desk = try await Desk(Site.ready(), "hanna", "traffic")
      let job = try await desk.submit(
        Work(name: "running", seconds: 60, options: Self.gpu, ends: "cancelled"))
      try await desk.untilTraced()
      try await desk.wait(for: job, toHave: \.isRunning)
      let slurmID = try #require(try await desk.job(job).tasks[0].runs[0].slurmJobID)
      _ = try await desk.run("scancel", "\(slurmID)").orThrow()
      try await desk.audit([job])
    }

    @Test("a waiting job that its member ends by scancel costs nothing")
    func cancelledWhileItWaits() async throws {
      let desk = try await Desk(Site.ready(), "hanna", "traffic")
      let first = try await desk.submit(Work(name: "first", seconds: 4, options: Self.gpu))
      let job = try await desk.sbatch(
        Work(
          name: "waiting", options: Self.gpu + ["--begin=now+1hour"], ends: "cancelled", times: 0))
      let slurmID = try #require(try await desk.job(job).slurmJobID)
      _ = try await desk.run("scancel", "\(slurmID)").orThrow()
      try await desk.audit([first, job])
      #expect(try await desk.job(job).tasks[0].runs.isEmpty)
    }

    @Test("one task of an array that is ended by scancel leaves the others alone")
    func cancelledTask() async throws {
      let desk = try await Desk(Site.ready(), "hanna", "traffic")
      let job = try await desk.submit(
        Work(name: "tasks", seconds: 3, options: Self.gpu + ["--array=1-3%1"]))
      try await desk.wait(for: job, toHave: \.isRunning)
      let slurmID = try #require(try await desk.job(job).slurmJobID)
      _ = try await desk.run("scancel", "\(slurmID)_3").orThrow()
      _ = try await desk.run("polder", "job", "wait", "--quiet", "--timeout=60", job.id)
      let tasks = try await desk.job(job).tasks
      #expect(tasks.map(\.state) == ["completed", "completed", "cancelled"])
      #expect(desk.traces() == ["tasks 1": 1, "tasks 2": 1])
    }

    @Test("polder job cancel ends a job wherever it stands, and what it did not use comes back")
    func cancelledThroughPolder() async throws {
      let desk = try await Desk(Site.ready(), "hanna", "traffic")
      let running = try await desk.submit(
        Work(name: "running", seconds: 60, options: Self.gpu, ends: "cancelled"))
      let waiting = try await desk.submit(
        Work(
          name: "waiting", options: Self.gpu + ["--dependency=afterok:\(running.id)"],
          ends: "cancelled", times: 0))
      try await desk.untilTraced()
      try await desk.wait(for: running, toHave: \.isRunning)
      _ = try await desk.run("polder", "job", "cancel", waiting.id, running.id).orThrow()
      try await desk.audit([running, waiting])
    }

    @Test("a member can't start a job before its turn, nor give it more than it could ask for")
    func changesRefused() async throws {
      let desk = try await Desk(Site.ready(), "hanna", "traffic")
      let job = try await desk.sbatch(
        Work(
          name: "held", options: Self.gpu + ["--begin=now+1hour"], ends: "cancelled", times: 0))
      let slurmID = try #require(try await desk.job(job).slurmJobID)
      for change in [
        ["release", "\(slurmID)"], ["update", "JobId=\(slurmID)", "Priority=1000"],
        ["update", "JobId=\(slurmID)", "TimeLimit=4-0"],
        ["update", "JobId=\(slurmID)", "Account=longscan"],
        ["update", "JobId=\(slurmID)", "ReqNodeList=gn04"],
        ["update", "JobId=\(slurmID)", "NumNodes=2"], ["update", "JobId=\(slurmID)", "UserID=0"],
        ["update", "JobId=\(slurmID)", "Gres=gpu:4"], ["update", "JobId=\(slurmID)", "QOS=high"],
        ["update", "JobId=\(slurmID)", "AdminComment=polder:P1"],
        ["update", "JobId=\(slurmID)", "StartTime=now"], ["requeue", "\(slurmID)"],
        ["top", "\(slurmID)"], ["resume", "\(slurmID)"],
      ] {
        let output = try await desk.site.run(["scontrol"] + change, as: desk.account)
        #expect(output.status != 0, "\(change)")
      }
      #expect(try await desk.job(job).tasks[0].state == "waiting")
      _ = try await desk.run("polder", "job", "cancel", job.id).orThrow()
      try await desk.audit([job])
    }
  }
}
