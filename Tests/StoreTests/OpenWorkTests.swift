// Why: a round looks at what has changed since the round before. What it sees must be what reading
// everything would have shown, in whatever order others begin, commit, roll back or break.
import Domain
import Engine
import Lifecycle
import Postgres
import Services
import Store
import Seeds
import Testing

@Suite("the picture of what is open", .serialized, .timeLimit(.minutes(3)))
struct OpenWorkTests {
  @Test(
    "follows every history as if all of it were read anew: late commits, rollbacks, restarts",
    arguments: 1...8)
  func follows(seed: Int) async throws {
    try await withStore { store, database in
      var walk = try await OpenWalk(writer: store, database: database, seed: UInt64(seed))
      for _ in 1...60 {
        for _ in 1...walk.random.pick(1...4) { try await walk.step() }
        try await walk.compare()
      }
      // Few of them were read in whole: the rest followed the changes.
      #expect(walk.wholePictures < 25)
      try await walk.end()
    }
  }

  @Test("of an unchanged database reads nothing anew, and of a changed one what has changed")
  func idle() async throws {
    try await withStore { store, database in
      _ = try await store.snapshot()
      let first = try await store.accepted()
      _ = try await store.snapshot()
      let whole = store.wholePictures
      let second = try await store.accepted()
      #expect(try await store.snapshot().state.jobs == [first.id: first, second.id: second])
      #expect(try await store.perform(.dropped(first.task, .cancelled, cause: "x")) == .done)
      #expect(try await store.snapshot().state.tasks.keys.sorted() == [second.task])
      #expect(store.wholePictures == whole)
      // The server forgets all connections, as after a crash.
      try await database.run(
        """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
        """)
      #expect(try await store.snapshot().state.tasks.keys.sorted() == [second.task])
      #expect(store.wholePictures == whole + 1)
    }
  }

  @Test("shows a change whose transaction began before it and was committed after it")
  func lateCommit() async throws {
    try await withStore { store, database in
      let (first, second) = (try await store.accepted(), try await store.accepted())
      _ = try await store.snapshot()
      let held = try await HeldTransaction(
        database, "UPDATE task SET generation = 7 WHERE job = \(first.id.number)")
      try await database.run("UPDATE task SET generation = 8 WHERE job = \(second.id.number)")
      var tasks = try await store.snapshot().state.tasks
      #expect(tasks[first.task]?.generation == 1 && tasks[second.task]?.generation == 8)
      try await held.end(committing: true)
      tasks = try await store.snapshot().state.tasks
      #expect(tasks[first.task]?.generation == 7 && tasks[second.task]?.generation == 8)
    }
  }

  @Test("is read in whole when changes were pruned meanwhile; what a restore brings is put right")
  func pruned() async throws {
    try await withStore { store, database in
      let job = try await store.accepted()
      _ = try await store.snapshot()
      _ = try await store.snapshot()
      let whole = store.wholePictures
      try await database.run("UPDATE task SET generation = 7 WHERE job = \(job.id.number)")
      try await database.run(
        """
        UPDATE change_floor SET xid = pg_snapshot_xmax(pg_current_snapshot());
        DELETE FROM job_change
        """)
      #expect(try await store.snapshot().state.tasks[job.task]?.generation == 7)
      #expect(store.wholePictures == whole + 1)
      // What a backup of another server brings: transactions that have not been here yet.
      try await database.run(
        """
        UPDATE change_floor SET xid = '9000000000000000000';
        INSERT INTO job_change (xid, job) VALUES ('8000000000000000000', \(job.id.number))
        """)
      try await busy(store, database, job, pictures: 200)
      // What other tests write on the same server at once holds the pruning back.
      for _ in 0..<40 where try await database.number("SELECT count(*) FROM job_change") > 130 {
        try await busy(store, database, job, pictures: 40)
      }
      #expect(try await database.number("SELECT count(*) FROM job_change") <= 130)
      let settled = store.wholePictures
      try await busy(store, database, job, pictures: 3)
      #expect(store.wholePictures == settled)
    }
  }

  private func busy(
    _ store: PostgresStore, _ database: Database, _ job: JobRecord, pictures: Int
  ) async throws {
    for generation in 1...pictures {
      try await database.run(
        "UPDATE task SET generation = \(generation) WHERE job = \(job.id.number)")
      #expect(try await store.snapshot().state.tasks[job.task]?.generation == generation)
    }
  }
}
