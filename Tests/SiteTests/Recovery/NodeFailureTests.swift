import Foundation
import Testing
import Wire

extension SiteTests {
  /// A node that is set down under a running job.
  @Suite struct NodeFailures {
    @Test("a run that is lost with its node is charged, and refunded for node-failure")
    func refunded() async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "gijs", "flood")
      let job = try await desk.submit(
        Work(name: "lost", seconds: 60, options: ["--partition=whole"], ends: "node-failed"))
      try await desk.loseTheNode(of: job)
      try await desk.audit([job])
      let run = try #require(try await desk.job(job).tasks[0].runs.first)
      #expect(try #require(run.charged) > 0)
      #expect(run.refunded == run.charged)
      let refund = try await desk.refund(of: run)
      #expect(refund?.reason == "node-failure")
      #expect(refund?.corrects != nil)
    }

    @Test("a lost run that asked for --requeue runs again, and only the run that completed costs")
    func requeued() async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "gijs", "flood")
      let job = try await desk.submit(
        Work(
          name: "again", seconds: 4, options: ["--partition=whole", "--requeue"], times: 2))
      try await desk.loseTheNode(of: job)
      try await desk.audit([job])
      let runs = try await desk.job(job).tasks[0].runs
      #expect(runs.map(\.outcome) == ["node-failed", "completed"])
      #expect(runs[0].refunded == runs[0].charged)
      #expect(try await desk.refund(of: runs[1]) == nil)
      #expect(try #require(runs[1].charged) > 0)
    }

    @Test("a node that dies, comes back and dies again costs its job nothing but the run that ends")
    func twice() async throws {
      let site = try await Site.ready()
      let desk = try await Desk(site, "gijs", "flood")
      let only = ["--partition=whole", "--nodelist=gn03", "--requeue"]
      let job = try await desk.submit(Work(name: "twice", seconds: 4, options: only, times: 3))
      try await desk.loseTheNode(of: job)
      try await desk.loseTheNode(of: job, inRun: 2)
      try await desk.audit([job])
      let runs = try await desk.job(job).tasks[0].runs
      #expect(runs.map(\.outcome) == ["node-failed", "node-failed", "completed"])
      #expect(runs.map(\.nodes) == [["gn03"], ["gn03"], ["gn03"]])
      for run in runs.prefix(2) { #expect(run.refunded == run.charged) }
    }
  }
}

extension Desk {
  /// Sets the node of a running job of one whole node down, until Polder has seen it.
  fileprivate func loseTheNode(of job: Accepted, inRun number: Int = 1) async throws {
    func run() async throws -> RunView? {
      try await self.job(job).tasks[0].runs.dropFirst(number - 1).first
    }
    try await waiting(until: "run \(number) of \(job.id) runs") { try await run()?.start != nil }
    // Its script runs too, so that it leaves its trace; and long enough that it costs something.
    try await waiting(until: "the trace of run \(number)") {
      traces()["\(job.work.name) "] == number
    }
    try await waiting(until: "\(job.id) has run for two seconds") {
      let start = try await run()?.start ?? .max
      return Date.now.timeIntervalSince1970 > Double(start / 1000) + 2
    }
    let node = try #require(try await run()).nodes[0]
    func update(_ state: String...) async throws {
      _ = try await site.run(["scontrol", "update", "nodename=\(node)"] + state).orThrow()
    }
    try await update("state=DOWN", "reason=fan failed")
    do {
      try await waiting(until: "the end of run \(number) is seen") {
        try await run()?.outcome != nil
      }
    } catch {
      try await update("state=RESUME")
      throw error
    }
    try await update("state=RESUME")
  }

  fileprivate func refund(of run: RunView) async throws -> EntryView? {
    try await site.read([EntryView].self, ["polder", "ledger", project])
      .first { $0.run == run.id && $0.kind == "refund" }
  }
}
