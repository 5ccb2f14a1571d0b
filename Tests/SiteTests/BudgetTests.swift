import Foundation
import Testing
import Wire

extension SiteTests {
  /// Allocations of a few GPU-minutes. A minute of one GPU holds 120 s of it, with the grace.
  @Suite struct Budgets {
    @Test("a job that would be carried once another's hold is back waits for that, and then runs")
    func waitsForAHold() async throws {
      let desk = try await Desk(Site.ready(), "bram", "tight")
      let options = ["--gpus-per-node=1", "--time=1", try await desk.openAllocation(of: 150)]
      let first = try await desk.submit(Work(name: "first", seconds: 4, options: options))
      try await desk.wait(for: first, toHave: \.isBegun)
      let second = try await desk.submit(Work(name: "second", options: options))
      try await desk.wait(for: second) { $0.reason?.code == "budget" }
      try await desk.audit([first, second])
    }

    @Test("a submission that is repeated with its key gives its job, though it is too dear by now")
    func repeatedAfterUse() async throws {
      let desk = try await Desk(Site.ready(), "bram", "tight")
      let work = Work(
        name: "all", options: ["--gpus=2", "--time=1", try await desk.openAllocation(of: 240)])
      let key = UUID().uuidString
      let job = try await desk.submitAtLast(work, key: key)
      try await desk.audit([job])
      let anew = try await desk.trySubmit(work, key: UUID().uuidString)
      #expect(anew.status == 77, "\(anew)")
      #expect(try await desk.submitAtLast(work, key: key).id == job.id)
    }
  }
}

extension Desk {
  /// Gives the project `tight` an allocation of its own for this test. The option that names it.
  fileprivate func openAllocation(of seconds: Int) async throws -> String {
    let id = "tight-\(UUID().uuidString.lowercased())"
    try await describe(allocation: id, seconds: seconds)
    return "--allocation=\(id)"
  }
}
