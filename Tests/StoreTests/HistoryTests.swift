// Why: what a replay of the site's own history is made of must be what was submitted, all of it, once.
import Domain
import Lifecycle
import Services
import Store
import Testing

@Suite("history", .serialized, .timeLimit(.minutes(1)))
struct HistoryTests {
  @Test("jobs are told by the time of their submission, each once, part by part, with their runs")
  func parts() async throws {
    try await withStore { store, _ in
      let before = try await store.now()
      var jobs: [JobID] = []
      for _ in 1...5 { jobs.append(try await store.accepted().id) }
      let run = Example.run(RunID(task: TaskID(job: jobs[1], index: nil), attempt: 1))
      _ = try await store.commit(run)
      _ = try await store.perform(
        .started(run.id, at: run.committed, weight: run.weight, slurmJobID: 1, devices: []))
      _ = try await store.perform(.ended(run.id, Example.end(used: .hours(1))))
      let period = before..<(try await store.now() + Seconds(1))

      var told: [JobSheet] = []
      var parts = 0
      while parts < 4 {
        let page = HistoryPage(period: period, after: told.last?.job.id, limit: 2)
        let part = try await store.history(page)
        told += part
        parts += 1
        if part.count < 2 { break }
      }
      #expect(told.map(\.job.id) == jobs && parts == 3)
      #expect(told.map(\.runs.count) == [0, 1, 0, 0, 0])
      #expect(told[1].runs.first?.end == Example.end(used: .hours(1)))
      let earlier = HistoryPage(period: Example.past..<before, after: nil, limit: 9)
      #expect(try await store.history(earlier).isEmpty)
    }
  }
}
