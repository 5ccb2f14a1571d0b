// Why: many submit at the same moment; they share transactions, and none may notice.
import Domain
import Lifecycle
import Postgres
import Services
import Store
import Testing

@Suite("acceptance", .serialized, .timeLimit(.minutes(1)))
struct AcceptanceTests {
  /// All at once; what became of each, in order.
  private static func accept(
    _ jobs: [NewJob], _ store: PostgresStore
  ) async -> [Result<Acceptance, StoreError>] {
    await withTaskGroup(of: (Int, Result<Acceptance, StoreError>).self) { group in
      for (index, job) in jobs.enumerated() {
        group.addTask {
          do throws(StoreError) {
            return (index, .success(try await store.accept(job)))
          } catch {
            return (index, .failure(error))
          }
        }
      }
      var outcomes: [Int: Result<Acceptance, StoreError>] = [:]
      for await (index, outcome) in group { outcomes[index] = outcome }
      return jobs.indices.compactMap { outcomes[$0] }
    }
  }

  @Test("submissions at once share transactions, and each has an outcome of its own")
  func together() async throws {
    try await withStore(connections: 4) { store, database in
      let before = store.counts.commits
      // Each twice, and one key for something else.
      let jobs = (0..<100).map { Example.job(key: "k\($0 % 50)") }
      let other = Example.job(Example.request(tasks: [1, 2]), key: "k0")
      let outcomes = await Self.accept(jobs, store)
      var ids: [JobID: Int] = [:]
      var new = 0
      for outcome in outcomes {
        let acceptance = try outcome.get()
        switch acceptance {
        case .accepted(let record):
          new += 1
          ids[record.id, default: 0] += 1
        case .again(let record): ids[record.id, default: 0] += 1
        case .keyUsedOtherwise, .refused: Issue.record("the same content is not something else")
        }
      }
      #expect(new == 50 && ids.count == 50 && ids.values.allSatisfy { $0 == 2 })
      #expect(try await database.number("SELECT count(*) FROM job") == 50)
      #expect(try await database.number("SELECT count(*) FROM task") == 50)
      let commits = store.counts.commits - before
      #expect(commits < 50, "\(commits) commits")
      let answer = try await store.accept(other)
      let key = try #require(other.key)
      #expect(try await store.standing(of: Example.alice, under: key) == answer)
      guard case .keyUsedOtherwise = answer else {
        Issue.record("another content is not the same: \(answer)")
        return
      }
    }
  }

  @Test("a submission that Postgres refuses fails alone")
  func refusedAlone() async throws {
    try await withStore { store, database in
      var jobs = (0..<40).map { Example.job(key: "k\($0)") }
      jobs[7] = Example.job(Example.request(Example.id("no-such-project")), key: "k7")
      let payload = Example.payload
      jobs[23] = NewJob(
        request: Example.request(), origin: .polder,
        payload: JobPayload(
          uid: payload.uid, gid: payload.gid, script: "#!/bin/sh\n\0", environment: [],
          workingDirectory: "/", standardOutput: nil, standardError: nil, standardInput: nil,
          comment: nil, taskCount: 1, cpusPerTask: 1),
        key: SubmissionKey(text: "k23", content: []))
      let outcomes = await Self.accept(jobs, store)
      let refused = outcomes.indices.filter { index in
        if case .failure(.broken) = outcomes[index] { true } else { false }
      }
      let accepted = outcomes.count { outcome in
        if case .success(.accepted) = outcome { true } else { false }
      }
      #expect(refused == [7, 23])
      #expect(accepted == 38)
      let written = try await database.number("SELECT count(*) FROM job_payload")
      #expect(written == 38)
    }
  }

  @Test("what arrives while a group is written is the next group, of a bounded size")
  func gathered() async throws {
    let gathering = Gathering<Int, Int>(groupSize: 3, maximumWaiting: 7)
    let (began, begins) = AsyncStream.makeStream(of: Void.self)
    let (gate, opens) = AsyncStream.makeStream(of: Void.self)
    let (groups, written) = AsyncStream.makeStream(of: [Int].self)
    let write = { @Sendable (items: [Int]) async -> [Result<Int, StoreError>] in
      written.yield(items)
      begins.yield()
      if items == [0] { for await _ in gate { break } }
      return items.map { $0 == 4 ? .failure(.broken("four")) : .success($0 * 10) }
    }
    let first = Task { try? await gathering.outcome(of: 0, write) }
    for await _ in began { break }
    // The first group is being written: the seven that wait are refused no place, an eighth is.
    var waiting: [Task<Int?, Never>] = []
    for item in 1...7 {
      waiting.append(Task { try? await gathering.outcome(of: item, write) })
      while gathering.waitingCount < item { await Task.yield() }
    }
    await #expect(throws: StoreError.self) { () async throws in
      _ = try await gathering.outcome(of: 8, write)
    }
    opens.yield()
    let begun = await first.value
    #expect(begun == 0)
    var outcomes: [Int?] = []
    for task in waiting { outcomes.append(await task.value) }
    #expect(outcomes == [10, 20, 30, nil, 50, 60, 70])
    written.finish()
    var sizes: [[Int]] = []
    for await group in groups { sizes.append(group) }
    #expect(sizes == [[0], [1, 2, 3], [4, 5, 6], [7]])
  }
}
