// Why: what has run at a site is for its office alone, and then without names.
import Domain
import Doubles
import Lifecycle
import Services
import Testing
import Wire

@Suite("the site's history, as it is told")
struct HistoryTests {
  private func ran(_ town: Town, attempt: Int, from start: Int64, until end: Int64) async throws {
    let task = TaskID(job: JobID(number: 1), index: nil)
    let node = try #require(NodeName("gn01"))
    let run = RunRecord(
      id: RunID(task: task, attempt: attempt), allocation: try #require(AllocationID("longscan-1")),
      placement: Placement(
        nodes: [node], perNode: NodeResources(gpus: 2, cpus: 20, memoryMiB: 64_000)),
      weight: Weight(thousandths: 2000), rateVersion: 1, hold: .hours(2),
      reach: .hours(1) + Town.grace, committed: Town.now)
    _ = try await town.store.commit(run)
    let began = Town.now + Seconds(start)
    _ = try await town.store.perform(
      .started(run.id, at: began, weight: run.weight, slurmJobID: 7, devices: []))
    let ended = RunEnd(
      start: began, end: Town.now + Seconds(end), outcome: attempt == 1 ? .nodeFailed : .completed,
      exitCode: 0, signal: 0, used: .hours(1), refund: nil, requeued: attempt == 1)
    _ = try await town.store.perform(.ended(run.id, ended))
  }

  @Test("runs are told by opaque subjects, a later attempt as submitted when the first ended")
  func told() async throws {
    let town = try await Town()
    _ = try await town.submit("bram", "-A longscan --gpus=2")
    _ = try await town.submit("ivo", "-A seals --gpus=1 --time=10", key: "waits")
    try await ran(town, attempt: 1, from: 60, until: 600)
    try await ran(town, attempt: 2, from: 700, until: 900)
    let history = try await town.front.history(
      from: nil, to: nil, after: nil, try await town.caller("auditor"))
    #expect(history.next == nil && history.runs.map(\.id) == ["P1.1", "P1.2"])
    let now = Town.now.milliseconds
    #expect(history.runs.map { $0.submitted - now } == [0, 600_000])
    #expect(history.runs.map { $0.start - now } == [60_000, 700_000])
    #expect(history.runs.map { $0.end - now } == [600_000, 900_000])
    let first = try #require(history.runs.first)
    #expect(first.limitSeconds == 3600 && first.nodes == 1 && first.gpusPerNode == 2)
    #expect(first.project == "longscan" && first.member != "bram" && !first.programme.isEmpty)
    let rest = try await town.front.history(
      from: nil, to: nil, after: "P1", try await town.caller("beheer"))
    #expect(rest.runs.isEmpty)
  }

  @Test("members and strangers are not told", arguments: ["bram", "anouk"])
  func refused(_ account: String) async throws {
    let town = try await Town()
    let caller = try await town.caller(account)
    let problem = await #expect(throws: Problem.self) {
      _ = try await town.front.history(from: nil, to: nil, after: nil, caller)
    }
    #expect(problem?.code == "not-allowed")
  }
}
