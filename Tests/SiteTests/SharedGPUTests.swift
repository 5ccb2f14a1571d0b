import Foundation
import Testing
import Wire

extension SiteTests {
  /// Shares of GPUs: each GPU of gn04 is cut into four shards.
  @Suite struct SharedGPUs {
    @Test("shares lie on one GPU beside a whole one, and are charged to the thousandth")
    func charged() async throws {
      let desk = try await Desk(Site.ready(), "anouk", "longscan")
      try await desk.describeShards()
      func work(_ name: String, _ gres: String) -> Work {
        Work(name: name, seconds: 4, options: ["--gres=\(gres)", "--nodelist=gn04"])
      }
      let jobs = [
        try await desk.submit(work("quarter", "shard:1")),
        try await desk.sbatch(work("half", "shard:2")),
        try await desk.sbatch(work("whole", "gpu:h100:1")),
        try await desk.submit(work("most", "shard:3")),
      ]
      for job in jobs { try await desk.wait(for: job, toHave: \.isRunning) }
      let nodes = try await desk.site.read([NodeView].self, ["polder", "node", "list"])
      let node = try #require(nodes.first { $0.name == "gn04" })
      #expect(node.shards == 16 && node.shardsFree == 6 && node.gpusInUse == 4)
      try await desk.audit(jobs)
      var devices: [String] = []
      for (job, weight) in zip(jobs, [250, 500, 1000, 750] as [Int64]) {
        let run = try #require(try await desk.job(job).tasks.first?.runs.first)
        #expect(run.weightThousandths == weight)
        let begin = try #require(run.start)
        let end = try #require(run.end)
        #expect(run.charged == weight * (end - begin) / 1000)
        devices += run.devices
      }
      // One device each; the whole GPU's is nobody else's.
      #expect(devices.count == 4 && devices.filter { $0 == devices[2] }.count == 1, "\(devices)")
      let told = try await desk.run("polder", "rate", "explain", jobs[3].id).orThrow()
      #expect(told.contains("0.750 h100"), "\(told)")
    }

    @Test("sixteen quarters run at once on four GPUs, and a whole GPU waits for them")
    func dense() async throws {
      let desk = try await Desk(Site.ready(), "anouk", "longscan")
      try await desk.describeShards()
      let quarters = try await desk.submit(
        Work(name: "quarters", seconds: 8, options: ["--gres=shard:1", "--array=0-15"]))
      try await waiting(until: "sixteen quarters run at once") {
        try await desk.job(quarters).tasks.filter(\.isRunning).count == 16
      }
      let whole = try await desk.submit(
        Work(name: "whole", options: ["--gres=gpu:1", "--nodelist=gn04"]))
      try await desk.audit([quarters, whole])
      let runs = try await desk.job(quarters).tasks.flatMap(\.runs)
      let last = try #require(runs.compactMap(\.end).max())
      let start = try #require(try await desk.job(whole).tasks.first?.runs.first?.start)
      #expect(runs.allSatisfy { $0.weightThousandths == 250 && $0.nodes == ["gn04"] })
      let least = try #require(runs.compactMap(\.end).min())
      #expect(start >= least && last >= least)
    }

    @Test("a share that no GPU has is refused in the same words, whichever way it came")
    func refused() async throws {
      let desk = try await Desk(Site.ready(), "anouk", "longscan")
      try await desk.describeShards()
      let cases = [
        ("--gres=shard:5", "which has 4 shards", "--partition=gpu"),
        ("--gres=shard:1", "shards", "--partition=whole"),
      ]
      for (option, words, partition) in cases {
        let work = Work(name: "refused", options: [option, partition])
        for output in [
          try await desk.trySubmit(work, key: UUID().uuidString),
          try await desk.run("sbatch", try desk.lay(work)),
        ] {
          #expect(output.status != 0 && output.complaint.contains(words), "\(output.complaint)")
        }
      }
    }
  }
}

extension Desk {
  /// gn04 as the example has it, with its GPUs cut.
  fileprivate func describeShards() async throws {
    try await apply(
      """
      kind: Node
      id: gn04
      gpuType: h100
      gpus: 4
      cpus: 80
      memory: 512000 MiB
      features: nvme
      shardsPerGPU: 4
      """)
  }
}
