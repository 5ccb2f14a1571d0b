import Foundation
import Testing
import Wire

extension SiteTests {
  /// MIG slices: GPUs of a type of their own, on gn05.
  @Suite struct Slices {
    private static let type = "h100_1g.10gb"

    @Test(
      "a slice of a GPU runs and is charged by the weight of its type, whichever way it came",
      arguments: ["--gres=gpu:\(type):1", "--gpus=\(type):1"])
    func charged(_ wish: String) async throws {
      let desk = try await Desk(Site.ready(), "anouk", "longscan")
      try await desk.describeSlices()
      let work = Work(name: "sliced", options: ["--partition=slices", wish])
      let jobs = [try await desk.submit(work), try await desk.sbatch(work)]
      try await desk.audit(jobs.map { Accepted(id: $0.id, work: Work(name: "sliced", times: 2)) })
      for job in jobs {
        let run = try #require(try await desk.job(job).tasks.first?.runs.first)
        #expect(run.nodes == ["gn05"] && run.devices.first?.hasPrefix("gn05:") == true)
        #expect(run.weightThousandths == 143)
        let begin = try #require(run.start)
        let end = try #require(run.end)
        #expect(run.charged == 143 * (end - begin) / 1000)
        let told = try await desk.run("polder", "rate", "explain", job.id).orThrow()
        #expect(told.contains(Self.type) && told.contains("0.143"), "\(told)")
      }
    }

    @Test("a slice that no node has is refused with those that there are")
    func unknown() async throws {
      let desk = try await Desk(Site.ready(), "anouk", "longscan")
      try await desk.describeSlices()
      let work = Work(
        name: "unknown", options: ["--partition=slices", "--gres=gpu:h100_3g.40gb:1"])
      for output in [
        try await desk.trySubmit(work, key: UUID().uuidString),
        try await desk.run("sbatch", try desk.lay(work)),
      ] {
        #expect(output.status != 0 && output.complaint.contains(Self.type), "\(output.complaint)")
      }
    }
  }
}

extension Desk {
  /// A node that is cut into slices, and a partition of it.
  func describeSlices() async throws {
    try await apply(
      """
      kind: Node
      id: gn05
      gpuType: h100_1g.10gb
      gpus: 4
      cpus: 80
      memory: 512000 MiB
      ---
      kind: Partition
      id: slices
      nodes: gn05
      timeLimit:
        default: 1 h
        maximum: 24 h
      defaultsPerGPU:
        cpus: 2
        memory: 10 GiB
      rates:
        perGPU: 1.000
        gpuTypes:
          - {type: h100_1g.10gb, perGPU: 0.143}
        perCPU: 0.050
        perGiB: 0.008
      """)
  }
}
