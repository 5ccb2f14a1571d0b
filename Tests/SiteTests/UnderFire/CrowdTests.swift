import Foundation
import Testing
import Wire

extension SiteTests {
  /// A queue of many jobs in Slurm.
  @Suite struct Crowds {
    @Test("beside 10,000 pending jobs in Slurm a job starts, ends and is charged as ever")
    func pending() async throws {
      let desk = try await Desk(Site.ready(), "fatima", "dialect")
      let options = ["--gpus-per-node=1", "--begin=now+1hour", "--array=0-999"]
      var crowd: [Accepted] = []
      for number in 0..<10 {
        let work = Work(name: "crowd-\(number)", options: options, ends: "cancelled", times: 0)
        let job = try await desk.sbatch(work)
        let id = try #require(try await desk.job(job).slurmJobID)
        // A record each, as tasks that have become different have.
        _ = try await desk.site.run(["scontrol", "update", "JobId=\(id)_[0-999]", "Comment=one"])
          .orThrow()
        crowd.append(job)
      }
      let waiting = try await desk.site.run(["squeue", "-h", "-r", "-t", "PD", "-u", "fatima"])
      #expect(waiting.text.split(separator: "\n").count == 10_000)
      let began = ContinuousClock.now
      let jobs = [
        try await desk.submit(Work(name: "through-polder", options: ["--gpus-per-node=1"])),
        try await desk.sbatch(Work(name: "through-sbatch", options: ["--gpus-per-node=1"])),
      ]
      try await desk.audit(jobs)
      let took = began.duration(to: .now)
      #expect(took < .seconds(60), "a machine that does nothing else takes a few seconds")
      for job in crowd { _ = try await desk.run("polder", "job", "cancel", job.id).orThrow() }
      try await desk.audit(crowd)
      try await desk.auditBooks()
    }
  }
}
