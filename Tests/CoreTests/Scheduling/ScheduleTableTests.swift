import Domain
import Scheduling
import Testing

/// The hand-worked schedules of `Tables/schedules`.
@Suite("schedule tables")
struct ScheduleTableTests {
  @Test(
    "each policy starts every job when the table says, where it says, for the reason it says",
    arguments: TableFiles.names(in: "schedules"))
  func table(_ name: String) throws {
    let table = try ScheduleTable(name)
    #expect(!table.starts.isEmpty, "\(name) expects nothing")
    for policy in PlanningPolicy.allCases {
      guard let expected = table.starts[policy.rawValue] else { continue }
      var replay = table.replay
      replay.replay(policy.planner)
      for job in replay.jobs {
        let start = replay.starts[job.task]
        #expect(start?.second == expected[job.name] ?? nil, "\(name) \(policy) \(job.name)")
        if let place = table.places[job.name] {
          let nodes = start?.placement.nodes.map(\.text).joined(separator: ",")
          #expect(nodes ?? "-" == place, "\(name) \(policy) \(job.name)")
        }
        if policy == .conservative, let reason = table.reasons[job.name] {
          #expect(table.text(replay.reasons[job.task]) == reason, "\(name) \(job.name)")
        }
      }
    }
  }

  @Test("every schedule is read")
  func count() {
    #expect(TableFiles.names(in: "schedules").count >= 10)
  }
}
