import Simulation
import Testing
import Wire

@testable import polder

/// The site's own history, replayed under another policy beside what really happened.
@Suite("simulated history")
struct SimulationHistoryTests {
  private static let base: Int64 = 1_795_000_000

  /// Times in seconds from the first submission.
  private func run(
    _ id: String, submitted: Int64, start: Int64, end: Int64, limit: Int64, gpus: Int
  ) -> HistoryRunView {
    HistoryRunView(
      id: id, submitted: (Self.base + submitted) * 1000, start: (Self.base + start) * 1000,
      end: (Self.base + end) * 1000, limitSeconds: limit, nodes: 1, gpusPerNode: gpus,
      cpusPerNode: 1, memoryMiBPerNode: 1, gpuType: "", member: "m-1", project: "p",
      programme: "playground", funder: "state")
  }

  private let nodes = (1...1).map {
    NodeView(
      name: "gn0\($0)", state: "up", reason: "", gpuType: "h100", gpus: 4, gpusInUse: 0,
      cpus: 80, memoryMiB: 512_000)
  }

  /// Four GPUs. The second job waited for all of them, and the third behind it though there was room.
  private var runs: [HistoryRunView] {
    [
      run("P3.1", submitted: 2, start: 200, end: 210, limit: 20, gpus: 1),
      run("P1.1", submitted: 0, start: 0, end: 100, limit: 100, gpus: 3),
      run("P2.1", submitted: 1, start: 100, end: 200, limit: 100, gpus: 4),
    ]
  }

  @Test("what was recorded stands beside the policies, with the waits that there were")
  func recorded() throws {
    let input = try SimulationInput(history: runs, days: "today", nodes: nodes, machine: nil)
    #expect(input.machine.gpus == 4)
    let recorded = try #require(input.recorded)
    #expect(recorded.starts == [0, 100, 200] && recorded.ends == [100, 200, 210])
    let outcomes = [
      SimulationOutcome(input, recorded: recorded), try SimulationOutcome(input, .easy),
    ]
    #expect(outcomes.map(\.name) == ["recorded", "easy"])
    #expect(outcomes.map(\.metrics.waits.maxSeconds) == [198, 99])
    let text = SimulationText.lines(input, outcomes)
    #expect(text[0].contains("history today: 3 jobs on 4 GPUs"))
    #expect(text.contains { $0.contains("recorded") && $0.contains("easy") })
  }

  @Test("a replay on the nodes that there are, and one on others, as described")
  func machines() throws {
    let wide = MachineModel(groups: [
      MachineGroup(
        prefix: "h", nodes: 2,
        node: MachineNode(gpuType: "h200", gpus: 4, cpus: 80, memoryMiB: 512_000))
    ])
    let input = try SimulationInput(history: runs, days: "today", nodes: nodes, machine: wide)
    let outcome = try SimulationOutcome(input, .conservative, nodes: .exact(interval: 1))
    #expect(outcome.metrics.waits.maxSeconds == 0)
  }

  @Test("of days on which nothing ran there is nothing to replay")
  func empty() {
    #expect(throws: Failure.self) {
      try SimulationInput(history: [], days: "today", nodes: nodes, machine: nil)
    }
  }
}
