// Why: what happens to the runs is the first thing that is asked of one who closes a partition.
import Testing
import Wire

@testable import polder

@Suite("partitions, in words") struct PartitionTextTests {
  @Test(
    "what was done is told with what runs on",
    arguments: [
      ("drain", 0, "Partition gpu is draining."),
      ("drain", 1, "Partition gpu is draining; 1 run in it runs on."),
      ("down", 2, "Partition gpu is down; 2 runs in it run on."),
      ("up", 2, "Partition gpu is up."),
    ])
  func act(state: String, runs: Int, line: String) {
    #expect(
      PartitionActs.line(PartitionActView(partition: "gpu", state: state, runs: runs)) == line)
  }

  @Test("the list marks the default, and fits a terminal")
  func list() {
    let view = PartitionView(
      name: "gpu", isDefault: true, state: "drain", nodes: 4, maximumNodes: 1,
      maximumTimeLimitSeconds: 7 * 86_400, wholeNodes: false, runs: 3)
    let lines = PartitionList.table([view]).lines(width: 80)
    #expect(lines.count == 2, "\(lines)")
    #expect(lines[1].hasPrefix("gpu*") && lines[1].contains("drain"))
    #expect(lines[1].contains("1 node  7-00:00:00"))
  }
}
