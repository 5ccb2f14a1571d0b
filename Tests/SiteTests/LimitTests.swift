import Foundation
import Testing
import Wire

extension SiteTests {
  /// Limits on what runs at once, with a real slurmctld.
  @Suite struct LimitsAtOnce {
    @Test(
      "the second job of a project under a limit of GPUs waits with its words, and starts in turn",
      arguments: [false, true])
    func waits(throughSlurm: Bool) async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "daan", "cropwatch")
      try await desk.describe(
        "kind: Limit", "id: one-gpu", "scope: {project: cropwatch}",
        "atMost: {gpus: 1}")
      let options = ["--gpus-per-node=1", "--time=5"]
      let long = Work(name: "long", seconds: 120, options: options, ends: "cancelled")
      let short = Work(name: "short", options: options)
      let first = try await throughSlurm ? desk.sbatch(long) : desk.submit(long)
      try await desk.wait(for: first, toHave: \.isRunning)
      try await desk.untilTraced()
      let second = try await throughSlurm ? desk.sbatch(short) : desk.submit(short)
      try await desk.wait(for: second, toHave: { $0.reason?.code == "limit" })
      let words = "needs 1 GPU; limit one-gpu allows project cropwatch 1 GPU at once; in use: 1 GPU"
      let shown = try await desk.run("polder", "job", "show", second.id).orThrow()
      #expect(shown.contains("limit one-gpu allows"), "\(shown)")
      let view = try await desk.job(second)
      let task = try #require(view.tasks.first)
      #expect(task.reason?.text == words && task.expectedStart != nil)
      if throughSlurm, let slurmID = view.slurmJobID {
        // Nodes are free, and Slurm holds it for Polder.
        let queue = try await desk.run("squeue", "-h", "-j", "\(slurmID)", "-o", "%T %r").orThrow()
        #expect(queue.contains("PENDING JobHeldUser"), "\(queue)")
      }
      let explained = try await desk.run("polder", "job", "explain", second.id).orThrow()
      #expect(explained.contains("one-gpu") && explained.contains("in use"), "\(explained)")
      let supposed = try await site.read(
        WhatIfView.self, ["polder", "what-if", "--at-most=one-gpu:gpus=2"])
      #expect(supposed.moved.map(\.task) == [second.id] && supposed.sooner == 1, "\(supposed)")
      let limits = try await site.read([LimitView].self, ["polder", "limits"], as: "daan")
      #expect(
        limits.first { $0.id == "one-gpu" }?.measures
          == [.init(measure: "gpus", most: 1, inUse: 1)])
      _ = try await desk.run("polder", "job", "cancel", first.id).orThrow()
      try await desk.wait(for: second, toHave: \.isBegun)
      try await desk.wait(for: second) { $0.state == "completed" }
      try await desk.audit([first, second])
      try await desk.describe("kind: Limit", "id: one-gpu", "state: absent")
    }
  }
}

extension Desk {
  /// Applies a description as root, an administrator here, who may read the member's folder.
  fileprivate func describe(_ lines: String...) async throws {
    try await apply(lines.joined(separator: "\n") + "\n")
  }
}
