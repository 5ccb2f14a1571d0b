// Why: a licence that is lent twice is a broken contract with whoever sold it, at any concurrency.
import Domain
import Engine
import Lifecycle
import Postgres
import Services
import Store
import Testing

@Suite("licences", .serialized, .timeLimit(.minutes(2)))
struct LicenceTests {
  private let matlab: LicenceName = Example.id("matlab")

  private func lending(_ store: PostgresStore, _ count: Int64) async throws {
    var centre = Example.centre
    centre.licences[matlab] = Licence(id: matlab, count: count)
    let outcome = try await store.replaceCentre(
      with: centre, postings: [], ifStill: Example.centre, by: "m-1")
    #expect(outcome == .done)
  }

  private func request(
    _ project: ProjectID = Example.longscan, tasks: [Int] = [], needs count: Int64
  ) -> JobRequest {
    let request = Example.request(project, tasks: tasks)
    return JobRequest(
      name: request.name, member: request.member, project: project, allocation: nil,
      partition: request.partition, nodeCount: request.nodeCount, perNode: request.perNode,
      gpuType: request.gpuType, timeLimit: request.timeLimit, arrayIndices: tasks,
      licences: [LicenceShare(name: matlab, count: count)])
  }

  @Test("licences are kept as they are described, and removed")
  func described() async throws {
    try await withStore { store, _ in
      var centre = Example.centre
      centre.licences = [matlab: Licence(id: matlab, count: 7)]
      var more = centre
      more.licences[matlab] = Licence(id: matlab, count: 9)
      for (next, old) in [(centre, Example.centre), (more, centre), (Example.centre, more)] {
        let outcome = try await store.replaceCentre(
          with: next, postings: [], ifStill: old, by: "m-1")
        let kept = try await store.centre()
        #expect(outcome == .done && kept == next)
      }
    }
  }

  @Test("a start that needs more than is left is stale, in a group and alone, and ends give back")
  func counted() async throws {
    try await withStore { store, _ in
      try await lending(store, 3)
      var runs: [RunID] = []
      for count: Int64 in [2, 2, 1, 1] {
        let record = try await store.accepted(Example.job(request(needs: count)))
        #expect(record.request.licences.first?.count == count)
        runs.append(record.firstRun)
      }
      let group = try await store.commit(runs[0...2].map { Example.run($0) })
      #expect(group == [.done, .stale, .done])
      #expect(try await store.commit(Example.run(runs[3])) == .stale)
      let state = try await store.snapshot().state
      #expect(state.licenceLacking(for: Example.run(runs[3])) == matlab)
      let ended = try await store.perform(.ended(runs[2], Example.end(used: .hours(1))))
      let again = try await store.commit(Example.run(runs[3]))
      #expect(ended == .done && again == .done)
      let free = try await store.accepted().firstRun
      #expect(try await store.commit(Example.run(free)) == .done, "who needs none passes")
    }
  }

  @Test("starts at once lend what there is, and no more", arguments: [1, 5])
  func race(count: Int) async throws {
    try await withStore(connections: 8) { store, database in
      try await lending(store, Int64(count))
      var runs: [RunRecord] = []
      for (project, allocation) in [
        (Example.longscan, Example.large), (Example.roads, Example.fast),
      ] {
        let job = try await store.accepted(
          Example.job(request(project, tasks: Array(0..<12), needs: 1)))
        runs += job.request.tasks(of: job.id).map {
          Example.run(
            RunID(task: $0, attempt: 1), from: allocation, hold: GPUTime(milliseconds: 36_000))
        }
      }
      let done = try await withThrowingTaskGroup(of: GuardedOutcome.self) { group in
        for run in runs { group.addTask { try await store.commit(run) } }
        return try await group.reduce(into: 0) { $0 += $1 == .done ? 1 : 0 }
      }
      #expect(done == count)
      let open = try await database.number("SELECT count(*) FROM open_run")
      #expect(open == Int64(count) && store.counts.deadlockRetries == 0)
    }
  }
}
