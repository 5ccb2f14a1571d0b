// Why: what is free is what people plan by, and what is not has to say who has it.
import Testing
import Wire

@testable import polder

@Suite("nodes, in words") struct NodeTextTests {
  private func node(
    _ name: String, _ reason: String = "", inUse: Int = 0, foreign: String? = nil
  ) -> NodeView {
    NodeView(
      name: name, state: "up", reason: reason, gpuType: "h100", gpus: 4, gpusInUse: inUse, cpus: 80,
      memoryMiB: 512_000, foreign: foreign)
  }

  @Test("who else is on a node stands beneath it, beside Slurm's reason")
  func foreign() {
    let what = "in use by Slurm job 27, which is not Polder's"
    let lines = NodeList.table([
      node("gn01", inUse: 4, foreign: what), node("gn02"),
      node("gn03", "fan 2", inUse: 4, foreign: what),
    ]).lines(width: 80)
    #expect(lines.count == 6, "\(lines)")
    #expect(lines[1].hasPrefix("gn01") && lines[1].contains(" 0 "))
    #expect(lines[2].hasSuffix(what) && lines[3].hasPrefix("gn02"))
    #expect(lines[5].hasSuffix("fan 2; \(what)"))
  }

  @Test("the status counts nodes that others' jobs are on")
  func status() {
    #expect(
      Status.foreign(1)
        == "1 node is in use by jobs that are not Polder's: polder bridge check")
    #expect(Status.foreign(2).hasPrefix("2 nodes are in use"))
  }

  @Test("the status counts transactions, and what became of those that did not go through at once")
  func transactions() {
    func words(again: Int, lost: Int) -> String {
      Status.transactions(
        HealthView.Transactions(
          committed: 812, serializationRetries: again, deadlockRetries: 0, timedOut: 0,
          disconnected: lost, unknown: 0))
    }
    #expect(words(again: 0, lost: 0) == "812 since the daemon began")
    #expect(
      words(again: 3, lost: 1)
        == "812 since the daemon began; 3 tried again since another was first; "
        + "1 not done since their connection was lost")
  }
}
