// Why: one accepted request becomes one job, whatever is repeated.
import Domain
import Engine
import Ledger
import Lifecycle
import Postgres
import Services
import Store
import Testing

@Suite("jobs", .serialized, .timeLimit(.minutes(1)))
struct JobTests {
  @Test("an accepted job comes back with all its parts")
  func roundTrip() async throws {
    try await withStore { store, _ in
      let first = try await store.accepted()
      let request = JobRequest(
        name: "naam 'x' \"y\" ü", member: Example.alice, project: Example.longscan,
        allocation: Example.small, partition: Example.gpu, nodeCount: 2,
        perNode: NodeResources(gpus: 4, cpus: 80, memoryMiB: 512_000), gpuType: nil,
        timeLimit: Seconds(61), arrayIndices: [0, 3, 17], arrayThrottle: 2,
        dependencies: [
          Dependency(condition: .afterok, job: first.id),
          Dependency(condition: .after, job: JobID(number: 999), delay: .minutes(5)),
          Dependency(condition: .aftercorr, job: JobID(number: 998)),
          Dependency(condition: .afterany, job: first.id, index: 3),
        ], dependencyRule: .any, notBefore: Instant(milliseconds: 1_800_000_000_123), requeue: true,
        terms: NodeTerms(
          features: FeatureExpression("ib&nvme|h100"), excluded: [Example.nodes[0]],
          required: [Example.nodes[1]],
          switches: SwitchWish(most: 2, until: Instant(milliseconds: 1_800_000_000_789))),
        wishes: TimeWishes(
          minimumTime: Seconds(60), deadline: Instant(milliseconds: 1_800_000_100_456), nice: 7,
          isSingleton: true, qos: QOSName("urgent")),
        licences: [LicenceShare(name: Example.id("matlab"), count: 2)],
        otherPartitions: [Example.id("whole"), Example.id("debug")])
      let record = try await store.accepted(
        NewJob(request: request, origin: .slurm, payload: Example.payload, key: nil))
      #expect(record.request == request)
      let sheet = try #require(try await store.sheets(SheetFilter(job: record.id)).first)
      #expect(sheet.job == record)
      #expect(sheet.tasks == request.tasks(of: record.id).map { TaskRecord(id: $0) })
      #expect(try await store.payload(of: record.id) == Example.payload)
      #expect(try await store.payload(of: JobID(number: 999)) == nil)
      #expect(try await store.snapshot().state.jobs == [first.id: first, record.id: record])
    }
  }

  @Test("a job that shares a GPU comes back with its part of it")
  func share() async throws {
    try await withStore { store, _ in
      let share = NodeResources(gpus: 1, cpus: 5, memoryMiB: 32_000, gpuThousandths: 250)
      let request = Example.request().changed(perNode: share)
      let record = try await store.accepted(Example.job(request))
      #expect(record.request.perNode == share)
      #expect(try await store.snapshot().state.jobs[record.id]?.request.perNode == share)
    }
  }

  @Test("the same key gives the same job again, for the same content only")
  func keys() async throws {
    try await withStore { store, database in
      let job = Example.job(key: "k1")
      let record = try await store.accepted(job)
      #expect(try await store.accept(job) == .again(record))
      #expect(
        try await store.accept(Example.job(Example.request(requeue: true), key: "k1"))
          == .keyUsedOtherwise(record.id))
      _ = try await store.perform(
        .bound(SlurmKey(job: record, task: TaskRecord(id: record.task)), slurmJobID: 12))
      var bound = record
      bound.binding = .bound(12)
      #expect(try await store.accept(job) == .again(bound))
      #expect(try await database.number("SELECT count(*) FROM job") == 1)
      _ = try await store.accepted(Example.job())
      _ = try await store.accepted(Example.job())
      #expect(try await database.number("SELECT count(*) FROM job") == 3)
    }
  }

  @Test("of equal submissions at once one is accepted")
  func race() async throws {
    try await withStore(connections: 4) { store, database in
      let outcomes = try await withThrowingTaskGroup(of: Acceptance.self) { group in
        for _ in 0..<8 { group.addTask { try await store.accept(Example.job(key: "k")) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      let accepted = outcomes.filter { if case .accepted = $0 { true } else { false } }
      let again = outcomes.filter { if case .again = $0 { true } else { false } }
      #expect(accepted.count == 1 && again.count == 7)
      #expect(try await database.number("SELECT count(*) FROM job") == 1)
    }
  }

  @Test("a job for an unknown project is refused by the schema, without its content")
  func unknownProject() async throws {
    try await withStore { store, _ in
      let request = Example.request(Example.id("nobody"))
      let error = await #expect(throws: StoreError.self) {
        _ = try await store.accept(Example.job(request))
      }
      guard case .broken(let why)? = error else { throw Unexpected("\(String(describing: error))") }
      #expect(why.contains("23503") && !why.contains("echo"))
    }
  }

  @Test("lists show what was asked for, the latest first")
  func lists() async throws {
    try await withStore { store, _ in
      let first = try await store.accepted()
      let second = try await store.accepted(Example.job(Example.request(Example.roads)))
      let third = try await store.accepted()
      _ = try await store.perform(.dropped(third.task, .refused, cause: "never appeared"))
      func listed(_ filter: SheetFilter) async throws -> [JobID] {
        try await store.sheets(filter).map(\.job.id)
      }
      #expect(try await listed(SheetFilter()) == [second.id, first.id])
      #expect(try await listed(SheetFilter(ended: true)) == [third.id, second.id, first.id])
      #expect(try await listed(SheetFilter(ended: true, limit: 2)) == [third.id, second.id])
      #expect(try await listed(SheetFilter(projects: [Example.roads])) == [second.id])
      #expect(try await listed(SheetFilter(projects: [])) == [])
      #expect(try await listed(SheetFilter(job: third.id)) == [third.id])
      #expect(try await listed(SheetFilter(job: third.id, projects: [Example.roads])) == [])
      let sheet = try await store.sheets(SheetFilter(job: third.id)).first
      #expect(sheet?.causes == [third.task: "never appeared"])
    }
  }

  @Test("a snapshot has the jobs that are open, and those that they depend on")
  func snapshotJobs() async throws {
    try await withStore { store, _ in
      let ended = try await store.accepted()
      let needed = try await store.accepted()
      for job in [ended, needed] {
        _ = try await store.perform(.dropped(job.task, .completed, cause: ""))
      }
      let open = try await store.accepted(
        Example.job(
          Example.request(dependencies: [Dependency(condition: .afterok, job: needed.id)])))
      let state = try await store.snapshot().state
      #expect(Set(state.jobs.keys) == [needed.id, open.id])
      #expect(Set(state.tasks.keys) == [needed.task, open.task])
    }
  }

  @Test("a write wakes those who listen")
  func wakes() async throws {
    try await withStore { store, _ in
      var changes = try store.changes().makeAsyncIterator()
      await changes.next(isolation: nil)
      _ = try await store.accepted()
      await changes.next(isolation: nil)
    }
  }

  @Test("one process leads, and the next when it is gone")
  func leads() async throws {
    try await withStore { store, database in
      let second = try await PostgresStore.open(conninfo: database.conninfo)
      let leadership = try #require(try await store.tryLead())
      #expect(try await second.tryLead() == nil)
      #expect(try await leadership.isHeld())
      await leadership.resign()
      // The server frees the lock when it has seen the connection end: waited for by the lock.
      try await database.run("SELECT pg_advisory_lock(7020530002); SELECT pg_advisory_unlock_all()")
      let next = try #require(try await second.tryLead())
      await next.resign()
      await second.close()
    }
  }

  @Test("the cursor of Slurm's record and the states of nodes are kept once")
  func smallThings() async throws {
    try await withStore { store, database in
      #expect(try await store.snapshot().recordCursor == nil)
      try await store.saveRecordCursor("1:2:3")
      try await store.saveRecordCursor("1:2:4")
      #expect(try await store.snapshot().recordCursor == "1:2:4")
      #expect(try await store.now() > Example.past)
    }
  }
}
