import Foundation
import Testing
import Wire

extension SiteTests {
  /// Deadlines, least times and singletons, through both ways in.
  @Suite struct Wishes {
    private static let node = "--nodelist=gn01"

    /// Three GPUs of one node are taken for ten minutes, and a job behind them wants all four.
    private func crowd(_ desk: Desk) async throws -> [Accepted] {
      let long = ["--time=10", Self.node]
      let first = try await desk.submit(
        Work(name: "crowd", seconds: 300, options: ["--gpus-per-node=3"] + long))
      try await desk.wait(for: first) { $0.isRunning }
      let second = try await desk.submit(
        Work(name: "behind", options: ["--gpus-per-node=4"] + long))
      try await desk.wait(for: second) { $0.expectedStart != nil }
      return [first, second]
    }

    private func cancel(_ jobs: [Accepted], _ desk: Desk) async throws {
      for job in jobs { _ = try await desk.run("polder", "job", "cancel", job.id) }
      for job in jobs {
        try await desk.wait(for: job) { $0.state == "cancelled" || $0.state == "completed" }
      }
    }

    @Test("a limit is made shorter where that starts the job at once, and Slurm is told so")
    func shortened() async throws {
      let desk = try await Desk(Site.ready(), "anouk", "longscan")
      var jobs = try await crowd(desk)
      let options = ["--gpus-per-node=1", Self.node, "--time=60", "--time-min=2"]
      for way in ["polder", "sbatch"] {
        let work = Work(name: "short", seconds: 5, options: options)
        let job = way == "polder" ? try await desk.submit(work) : try await desk.sbatch(work)
        jobs.append(job)
        try await desk.wait(for: job) { $0.isRunning }
        let run = try #require(try await desk.job(job).tasks[0].runs.first)
        let limit = try #require(run.timeLimitSeconds)
        #expect((120...600).contains(limit) && limit % 60 == 0, "\(way): \(limit)")
        let slurmID = try #require(run.slurmJobID)
        let shown = try await desk.run("squeue", "-h", "-j", "\(slurmID)", "-o", "%l")
        #expect(
          shown.text.trimmingCharacters(in: .whitespacesAndNewlines) == "\(limit / 60):00")
        try await desk.wait(for: job) { $0.state == "completed" }
      }
      try await cancel(jobs, desk)
    }

    @Test("a job whose deadline can't be met any more is refused, whichever way it came")
    func deadline() async throws {
      let desk = try await Desk(Site.ready(), "anouk", "longscan")
      let crowd = try await crowd(desk)
      let work = Work(
        name: "late",
        options: ["--gpus-per-node=4", Self.node, "--time=1", "--deadline=now+80seconds"],
        ends: "refused")
      for job in [try await desk.submit(work), try await desk.sbatch(work)] {
        try await desk.wait(for: job) { $0.state == "refused" }
        let reason = try await desk.job(job).tasks[0].reason?.text ?? ""
        #expect(reason.contains("its deadline is"), "\(reason)")
      }
      try await cancel(crowd, desk)
    }

    @Test("a singleton waits for the job of its name that came the other way")
    func singleton() async throws {
      let desk = try await Desk(Site.ready(), "anouk", "longscan")
      let first = try await desk.submit(
        Work(name: "solo", seconds: 5, options: ["--gpus-per-node=1"]))
      let second = try await desk.sbatch(
        Work(name: "solo", options: ["--gpus-per-node=1", "--dependency=singleton"]))
      try await desk.wait(for: second) { $0.reason?.code == "singleton" }
      try await desk.wait(for: second) { $0.state == "completed" }
      let end = try #require(try await desk.job(first).tasks[0].runs.last?.end)
      let start = try #require(try await desk.job(second).tasks[0].runs.last?.start)
      #expect(start >= end)
    }

    @Test("a job waits the minutes after the start of the other that it asks for")
    func delay() async throws {
      let desk = try await Desk(Site.ready(), "anouk", "longscan")
      let first = try await desk.submit(
        Work(name: "first", seconds: 5, options: ["--gpus-per-node=1"]))
      try await desk.wait(for: first) { $0.state == "completed" }
      let run = try #require(try await desk.job(first).tasks[0].runs.last)
      let slurmID = try #require(run.slurmJobID)
      let jobs = [
        try await desk.submit(
          Work(name: "later", options: ["--gpus-per-node=1", "--dependency=after:\(first.id)+1"])),
        try await desk.sbatch(
          Work(name: "later", options: ["--gpus-per-node=1", "--dependency=after:\(slurmID)+1"])),
      ]
      let start = try #require(run.start)
      for job in jobs {
        try await desk.wait(for: job) {
          $0.reason?.text.contains("1 minute after the start of") == true
        }
      }
      for job in jobs {
        try await desk.wait(for: job) { $0.state == "completed" }
        let begin = try #require(try await desk.job(job).tasks[0].runs.last?.start)
        #expect(begin >= start + 60_000)
      }
    }

    @Test("a job that lists partitions starts where it starts earliest, and Slurm is told so")
    func partitions() async throws {
      let desk = try await Desk(Site.ready(), "anouk", "longscan")
      try await desk.describeSlices()
      let crowd = try await desk.submit(
        Work(
          name: "one", seconds: 120,
          options: ["--gpus-per-node=4", "--time=10", "--partition=slices"], ends: "cancelled"))
      try await desk.wait(for: crowd) { $0.isRunning }
      // All slices are taken; a GPU is free.
      let work = Work(
        name: "either", seconds: 5,
        options: ["--gpus-per-node=1", "--time=5", "--partition=slices,gpu"])
      for job in [try await desk.submit(work), try await desk.sbatch(work)] {
        try await desk.wait(for: job) { $0.isRunning || $0.state == "completed" }
        let run = try #require(try await desk.job(job).tasks[0].runs.last)
        #expect(run.partition == "gpu" && run.weightThousandths == 1000)
        let slurmID = try #require(run.slurmJobID)
        let shown = try await desk.run("scontrol", "show", "job", "\(slurmID)")
        #expect(shown.text.contains("Partition=gpu "), "\(shown.text)")
        try await desk.wait(for: job) { $0.state == "completed" }
      }
      try await cancel([crowd], desk)
    }

    @Test("how few switches nodes are behind is Polder's to see to, whichever way it is asked for")
    func switches() async throws {
      let desk = try await Desk(Site.ready(), "anouk", "longscan")
      let work = Work(name: "near", options: ["--gpus-per-node=1", "-N2", "--switches=1@10"])
      for job in [try await desk.submit(work), try await desk.sbatch(work)] {
        let view = try await desk.job(job)
        let wish = try #require(view.conditions.first)
        #expect(wish.hasPrefix("--switches=1 until "), "\(view.conditions)")
        try await desk.wait(for: job) { $0.state == "completed" }
      }
    }

    @Test("CPUs and memory of each GPU are the same whichever way they are asked for")
    func perGPU() async throws {
      let desk = try await Desk(Site.ready(), "anouk", "longscan")
      let work = Work(
        name: "shares",
        options: ["--gpus-per-node=2", "--cpus-per-gpu=30", "--mem-per-gpu=1000"])
      for job in [try await desk.submit(work), try await desk.sbatch(work)] {
        try await desk.wait(for: job) { $0.state == "completed" }
        // 60 CPUs at 0.050 weigh more than two GPUs.
        let view = try await desk.job(job)
        #expect(view.tasks[0].runs.last?.weightThousandths == 3000)
      }
    }

    @Test(
      "what Slurm would act on and Polder does not is refused through sbatch too, in words",
      arguments: [
        "--tmp=1G", "--contiguous", "--ntasks-per-socket=1", "--prefer=nvme",
      ])
    func refused(option: String) async throws {
      let desk = try await Desk(Site.ready(), "anouk", "longscan")
      let work = Work(name: "refused", options: ["--gpus-per-node=1", option])
      for output in [
        try await desk.trySubmit(work, key: UUID().uuidString),
        try await desk.run("sbatch", try desk.lay(work)),
      ] {
        #expect(output.status != 0)
        let name = option.prefix { $0 != "=" }
        #expect(output.complaint.contains(name), "\(output.complaint)")
      }
    }
  }
}
