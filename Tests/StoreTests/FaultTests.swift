// Why: whatever write fails, and wherever the server dies, the books must balance after it, with
// nothing doubled and nothing missing that was accepted.
import Domain
import Engine
import Foundation
import Ledger
import Lifecycle
import Postgres
import Services
import Store
import Testing

@Suite("a fault", .serialized, .timeLimit(.minutes(4)))
struct FaultTests {
  /// What happens at the operation of the number in `failing`: each statement that writes, and each
  /// COMMIT, is one.
  private func fault(_ deed: String) -> String {
    """
    CREATE SEQUENCE operation;
    CREATE TABLE failing (number bigint NOT NULL);
    INSERT INTO failing VALUES (0);
    CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
      IF nextval('operation') = (SELECT number FROM failing) THEN \(deed); END IF;
      RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER commit_fails AFTER INSERT ON receipt DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION fails();
    """
      + [
        "receipt", "job", "job_payload", "task", "run", "open_run", "directive", "ledger_entry",
        "ledger_act", "allocation_balance", "allocation_day", "audit_line", "cap_use",
        "use_day", "rated_day", "borne_day",
      ].map {
        """
        CREATE TRIGGER fails AFTER INSERT OR UPDATE OR DELETE ON \($0)
          FOR EACH STATEMENT EXECUTE FUNCTION fails();
        """
      }.joined()
  }

  @Test(
    "at any write of a history is survived",
    arguments: [
      "PERFORM pg_terminate_backend(pg_backend_pid())",
      "RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'",
      "RAISE EXCEPTION 'others were first' USING ERRCODE = 'serialization_failure'",
    ])
  func anyWrite(deed: String) async throws {
    try await withStore { store, database in
      try await Self.addCap(to: store)
      try await database.run(fault(deed))
      var failing: Int64 = 0
      var last: Int64 = 0
      repeat {
        failing += 1
        try await database.run(
          "UPDATE failing SET number = \(failing); ALTER SEQUENCE operation RESTART")
        try await Self.history(Int(failing), store)
        try await database.run("UPDATE failing SET number = 0")
        last = try await database.number("SELECT last_value FROM operation")
        try await Self.check(rounds: failing, store, database)
      } while failing <= last
      #expect(failing > 40, "a history has \(failing) writes")
      print("a fault at each of \(failing - 1) writes was survived: \(deed)")
    }
  }

  /// The same for what a write reads: each row that the daemon looks at in one of these tables is an
  /// operation, by a policy that counts. (Where nothing is written nothing can be counted.)
  private func faultOfReads(_ deed: String) -> String {
    """
    CREATE SEQUENCE operation;
    CREATE TABLE failing (number bigint NOT NULL);
    INSERT INTO failing VALUES (0);
    CREATE FUNCTION reads() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
      IF current_setting('transaction_read_only') = 'off'
        AND nextval('operation') = (SELECT number FROM failing)
      THEN \(deed); END IF;
      RETURN true;
    END $$;
    GRANT EXECUTE ON FUNCTION reads() TO polder_daemon;
    """
      + [
        "job", "job_payload", "task", "run", "open_run", "directive", "ledger_entry", "ledger_act",
        "allocation_balance", "allocation", "books", "centre_version", "receipt",
      ].map {
        """
        ALTER TABLE \($0) ENABLE ROW LEVEL SECURITY;
        DROP POLICY IF EXISTS daemon_sees_all ON \($0);
        CREATE POLICY daemon_sees_all ON \($0) TO polder_daemon
          USING (reads()) WITH CHECK (true);
        """
      }.joined()
  }

  @Test(
    "at any read of a history is survived",
    arguments: [
      "PERFORM pg_terminate_backend(pg_backend_pid())",
      "RAISE EXCEPTION 'others were first' USING ERRCODE = 'serialization_failure'",
    ])
  func anyRead(deed: String) async throws {
    try await withStore { store, database in
      try await database.run(faultOfReads(deed))
      var failing: Int64 = 0
      var last: Int64 = 0
      repeat {
        failing += 1
        try await database.run(
          "UPDATE failing SET number = \(failing); ALTER SEQUENCE operation RESTART")
        try await Self.history(Int(failing), store)
        try await database.run("UPDATE failing SET number = 0")
        last = try await database.number("SELECT last_value FROM operation")
        try await Self.check(rounds: failing, store, database)
      } while failing <= last
      #expect(failing > 30, "a history reads \(failing) rows")
      print("a fault at each of \(failing - 1) reads was survived: \(deed)")
    }
  }

  @Test(
    "of the wire at any statement of a history is survived, BEGIN, locks and questions included",
    arguments: CutWire.Moment.allCases)
  func anyStatement(moment: CutWire.Moment) async throws {
    try await withStore { loaded, database in
      try await Self.addCap(to: loaded)
      let wire = try CutWire(to: Server.socketFolder(), cutting: moment)
      defer { wire.close() }
      // The one connection: statements go by in the same order each time.
      let store = try await PostgresStore.open(
        conninfo: database.asDaemon + wire.detour, connections: 1)
      var failing = 0
      var last = 0
      repeat {
        failing += 1
        wire.cut(at: failing)
        try await Self.history(failing, store)
        last = wire.count
        wire.cut(at: 0)
        try await Self.check(rounds: Int64(failing), loaded, database)
      } while failing <= last
      await store.close()
      #expect(wire.cuts == failing - 1 && failing > 60, "a history has \(last) statements")
      print("a cut at each of \(failing - 1) statements was survived: \(moment)")
    }
  }

  @Test(
    "of a server process that is killed with SIGKILL is survived",
    .enabled(if: ProcessInfo.processInfo.environment["POLDER_TEST_CRASH"] != nil))
  func killed() async throws {
    try await withStore(connections: 4) { store, database in
      let rounds = 40
      let workers = Task {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for worker in 0..<4 {
            group.addTask {
              for round in 0..<rounds { try await Self.history(worker * 1000 + round, store) }
            }
          }
          try await group.waitForAll()
        }
      }
      var kills = 0
      for after in [10, 40, 80, 120] {
        // The server goes through its crash recovery; whoever asks meanwhile is refused.
        while try await persistentNumber("SELECT count(*) FROM job", database) < after {}
        // The program's parent is this very connection's process: it gives no answer any more.
        await #expect(throws: PostgresError.self) {
          try await database.run("COPY (SELECT 1) TO PROGRAM 'kill -9 $PPID'")
        }
        kills += 1
      }
      try await workers.value
      try await Self.check(rounds: Int64(4 * rounds), store, database)
      print("\(kills) kills with SIGKILL were survived by \(4 * rounds) histories")
    }
  }

  private func persistentNumber(_ sql: String, _ database: Database) async throws -> Int64 {
    while true {
      if let number = try? await database.number(sql) { return number }
      try Task.checkCancellation()
    }
  }

  /// Of a funder, so that holds and debits read and lock what was taken of it.
  private static func addCap(to store: PostgresStore) async throws {
    var centre = Example.centre
    let cap: CapID = Example.id("all")
    centre.capRules[cap] = CapRule(
      id: cap, scope: .funder(Example.id("state")), limit: .amount(.hours(100_000)),
      span: .window(Example.past..<Example.future), strength: .hard)
    _ = try await store.replaceCentre(
      with: centre, postings: [], ifStill: Example.centre, by: "m-1")
  }

  /// Submit, start, extend, end, and give back by hand; every step until it is known to be done.
  private static func history(_ round: Int, _ store: PostgresStore) async throws {
    let job = Example.job(key: "history-\(round)")
    let record = try await persistently { () async throws(StoreError) -> JobRecord? in
      switch try await store.accept(job) {
      case .accepted(let record), .again(let record): record
      case .keyUsedOtherwise, .refused: nil
      }
    }
    guard let record else { throw Unexpected("a key was used otherwise") }
    let run = try await start(record, store)
    let now = run.committed
    let change = LimitChange(limit: .hours(2), grace: .zero, maximum: .hours(1_000_000))
    _ = try await persistently { () async throws(StoreError) in
      try await store.perform(
        .started(
          run.id, at: run.committed, weight: run.weight, slurmJobID: Int64(round), devices: []))
    }
    _ = try await persistently { () async throws(StoreError) in
      try await store.change(limitOf: run.id.task, to: change)
    }
    let end = RunEnd(
      start: now, end: now + Seconds(1), outcome: .completed, exitCode: 0, signal: 0,
      used: .hours(1) + .hours(1) - GPUTime(milliseconds: 1000), refund: nil, requeued: false)
    _ = try await persistently { () async throws(StoreError) in
      try await store.perform(.ended(run.id, end))
    }
    let refund = Posting.correct(
      Correction(
        id: EntryID("refund:by-hand-\(round)"), kind: .refund, corrects: .charge(run.id),
        amount: .hours(1), reason: .goodwill,
        approval: Approval(requestedBy: "m-1", approvedBy: "m-2"), effective: nil))
    let line = AuditLine(
      actor: "m-1", action: AuditAction(rawValue: "post"), object: "books", origin: "a test")
    _ = try await persistently { () async throws(StoreError) in
      try await store.post(refund, audit: line)
    }
  }

  /// Decided once more where another round took from the allocation meanwhile.
  private static func start(_ job: JobRecord, _ store: PostgresStore) async throws -> RunRecord {
    while true {
      let now = try await persistently { () async throws(StoreError) in try await store.now() }
      let run = Example.run(job.firstRun, at: now)
      let outcome = try await persistently { () async throws(StoreError) in
        try await store.commit(run)
      }
      let state = try await persistently { () async throws(StoreError) in
        try await store.snapshot().state.tasks[run.id.task]?.state
      }
      // A commit whose answer was lost stands, and is stale when it is repeated.
      if outcome == .done || state != .waiting { return run }
    }
  }

  private static func check(
    rounds: Int64, _ store: PostgresStore, _ database: Database
  ) async throws {
    #expect(try await database.number("SELECT count(*) FROM job") == rounds)
    for (kind, number) in [("hold", 2), ("charge", 1), ("release", 1), ("refund", 1)] {
      let count = try await database.number(
        "SELECT count(*) FROM ledger_entry WHERE kind = '\(kind)'")
      #expect(count == rounds * Int64(number), "\(kind) in round \(rounds)")
    }
    let acts = try await database.number("SELECT count(*) FROM audit_line WHERE action = 'post'")
    #expect(acts == rounds)
    let balance = try await store.balances()[Example.large]
    #expect(balance?.held == .zero && balance?.refunded == .hours(rounds))
    let audit = try await store.audit()
    #expect(audit.balanced && audit.openHolds == 0 && audit.waitingTasks == 0)
  }
}
