import Foundation
import Testing
import Wire

extension SiteTests {
  /// `kill -9` of one part in the middle of jobs: no job lost, none doubled, the books balance.
  @Suite struct Crashes {
    @Test("polderd, killed again and again while jobs come and go, loses none and doubles none")
    func daemonAgainAndAgain() async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "anouk", "longscan")
      var jobs = try await Traffic(at: desk, pace: 3).jobs
      for round in 1...4 {
        try await site.kill(.daemon)
        let work = Work(name: "round\(round)", options: ["--gpus-per-node=1"])
        let key = UUID().uuidString
        let job = try await desk.submitAtLast(work, key: key)
        // Between its acceptance and its dispatch.
        try await site.start(.daemon)
        try await site.kill(.daemon)
        #expect(try await desk.submitAtLast(work, key: key).id == job.id)
        jobs.append(job)
      }
      try await desk.audit(jobs)
    }

    @Test("what ended while polderd was down is charged to the second once it is back")
    func daemonDown() async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "bram", "longscan")
      let traffic = try await Traffic(at: desk, pace: 3)
      try await site.without(.daemon) {
        try await traffic.untilSomeHaveEnded()
        let output = try await desk.trySubmit(Work(name: "unheard"), key: "unheard")
        #expect(output.status == 75, "\(output)")
        let direct = try await desk.run("sbatch", "short.sh")
        #expect(direct.status != 0 && direct.complaint.contains("Polder"), "\(direct)")
      }
      try await desk.audit(traffic.jobs)
      #expect(desk.traces()["short "] == 1)
    }

    @Test("polder-bridge, killed again and again while jobs are dispatched, loses and doubles none")
    func bridgeAgainAndAgain() async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "chen", "cropwatch")
      let traffic = try await Traffic(at: desk, pace: 3)
      let gpu = ["--gpus-per-node=1"]
      var jobs = traffic.jobs
      jobs.append(try await desk.submit(Work(name: "many", options: gpu + ["--array=0-5"])))
      for round in 1...5 {
        try await site.kill(.bridge)
        jobs.append(try await desk.submit(Work(name: "round\(round)", options: gpu)))
        try await site.start(.bridge)
      }
      try await desk.audit(jobs)
    }

    @Test("while Postgres is down nothing is accepted, and what ended meanwhile is charged after")
    func postgres() async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "daan", "cropwatch")
      let traffic = try await Traffic(at: desk, pace: 3)
      try await site.without(.postgres) {
        let output = try await desk.trySubmit(Work(name: "unheard"), key: UUID().uuidString)
        #expect(output.status == 75, "\(output)")
        #expect(output.complaint.contains("database"), "\(output)")
        let direct = try await desk.run("sbatch", "short.sh")
        #expect(direct.status != 0 && direct.complaint.contains("Polder"), "\(direct)")
        try await traffic.untilSomeHaveEnded()
      }
      try await desk.audit(traffic.jobs)
      let jobs = try await site.read(
        [JobView].self, ["polder", "job", "list", "--all"], as: "daan")
      #expect(!jobs.contains { $0.name == "unheard" })
    }

    @Test("while slurmctld is down Polder accepts, says why it waits, and goes on after")
    func slurmctld() async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "elif", "dialect")
      // Long enough for slurmctld to save its state, every five seconds at most.
      let traffic = try await Traffic(at: desk, pace: 12)
      try await site.untilSlurmHasSavedItsState()
      var jobs = traffic.jobs
      try await site.without(.slurmctld) {
        let late = try await desk.submit(Work(name: "late", options: ["--gpus-per-node=1"]))
        jobs.append(late)
        try await waiting(until: "the reason why \(late.id) waits") {
          try await desk.job(late).tasks[0].reason?.code == "slurm-unreachable"
        }
        let status = try await site.run(["polder", "status"], as: "beheer")
        #expect(status.status == 75, "\(status)")
        try await traffic.untilSomeHaveEnded()
      }
      try await desk.audit(jobs)
      // It has counted right which GPUs are free again.
      let wide = Work(name: "wide", options: ["--partition=whole", "--nodes=3"])
      try await desk.audit([try await desk.submit(wide)])
    }
  }
}

extension Site {
  /// Waits until slurmctld has saved all that it knows by now: what it has not saved it forgets
  /// when it is killed.
  func untilSlurmHasSavedItsState() async throws {
    // What is packed is written within a second, also on a machine that has much to do.
    let known = Date.now.addingTimeInterval(1)
    try await waiting(until: "slurmctld has saved its jobs") {
      let file = try FileManager.default.attributesOfItem(
        atPath: "\(folder)/slurm/state/job_state")
      return (file[.modificationDate] as? Date).map { $0 > known } ?? false
    }
  }
}
