import Foundation
import Testing
import Wire

extension SiteTests {
  /// Licences, with a real slurmctld that knows nothing of them.
  @Suite struct Licences {
    @Test(
      "the second job that needs the only licence waits with its words, and starts in turn",
      arguments: [false, true])
    func lent(throughSlurm: Bool) async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "daan", "cropwatch")
      try await desk.apply("kind: Licence\nid: matlab\ncount: 2\n")
      let options = ["--gpus-per-node=1", "--time=5", "--licenses=matlab:2"]
      let long = Work(name: "seat", seconds: 120, options: options, ends: "cancelled")
      let short = Work(name: "next", options: options)
      let first = try await throughSlurm ? desk.sbatch(long) : desk.submit(long)
      try await desk.wait(for: first, toHave: \.isRunning)
      try await desk.untilTraced()
      let second = try await throughSlurm ? desk.submit(short) : desk.sbatch(short)
      try await desk.wait(for: second, toHave: { $0.reason?.code == "licences" })
      let task = try #require(try await desk.job(second).tasks.first)
      #expect(
        task.reason?.text == "needs 2 licences of matlab; the centre has 2, in use: 2"
          && task.expectedStart != nil)
      let limits = try await site.read([LimitView].self, ["polder", "limits"], as: "daan")
      #expect(
        limits.first { $0.id == "matlab" }?.measures
          == [.init(measure: "licences", most: 2, inUse: 2)])
      let refused = try await desk.trySubmit(
        Work(name: "many", options: ["--gpus-per-node=1", "--licenses=matlab:3"]), key: "many")
      #expect(refused.status == 65 && refused.complaint.contains("the centre has 2"))
      _ = try await desk.run("polder", "job", "cancel", first.id).orThrow()
      try await desk.wait(for: second) { $0.state == "completed" }
      try await desk.audit([first, second])
      try await desk.apply("kind: Licence\nid: matlab\nstate: absent\n")
    }
  }
}
