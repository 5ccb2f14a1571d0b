// Why: what restates the invariants in the database is worth what somebody notices of its absence.
import Domain
import Ledger
import Lifecycle
import Postgres
import Services
import Store
import Testing

@Suite("guards of the database", .serialized, .timeLimit(.minutes(1)))
struct GuardTests {
  @Test("verify names each trigger, constraint, index and policy that was dropped, or is off")
  func dropped() async throws {
    try await withDatabase { database in
      #expect(try await StoreAdministration(conninfo: database.conninfo).verify().faults == [])
      try await database.run(
        """
        CREATE TEMPORARY TABLE guard (word text, act text) ON COMMIT DROP;
        INSERT INTO guard
        SELECT format('trigger %s of %s is missing', tgname, tgrelid::regclass),
          format('DROP TRIGGER %I ON %s', tgname, tgrelid::regclass)
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE relnamespace = 'public'::regnamespace AND NOT tgisinternal AND tgparentid = 0
        UNION ALL
        SELECT format('trigger %s of %s is disabled', tgname, tgrelid::regclass),
          format('ALTER TABLE %s DISABLE TRIGGER %I', tgrelid::regclass, tgname)
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE relnamespace = 'public'::regnamespace AND NOT tgisinternal
          AND tgrelid::regclass::text !~ '_20[0-9_]+$'
        UNION ALL
        SELECT format('constraint %s of %s is missing', conname, conrelid::regclass),
          format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', conrelid::regclass, conname)
        FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'p', 'u', 'x')
          AND coninhcount = 0 AND conparentid = 0
        UNION ALL
        SELECT format('policy %s of %s is missing', polname, polrelid::regclass),
          format('DROP POLICY %I ON %s', polname, polrelid::regclass)
        FROM pg_policy
        UNION ALL
        SELECT format('row-level security of %s is off', oid::regclass),
          format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', oid::regclass)
        FROM pg_class WHERE relrowsecurity
        UNION ALL
        SELECT format('index %s of %s is missing', indexrelid::regclass, indrelid::regclass),
          format('DROP INDEX %s', indexrelid::regclass)
        FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
        WHERE relnamespace = 'public'::regnamespace AND indisunique AND NOT relispartition
          AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid
            AND contype IN ('p', 'u'));
        CREATE TABLE unnoticed (word text);
        DO $do$
        DECLARE
          guard record;
          noticed boolean;
        BEGIN
          FOR guard IN SELECT word, act FROM guard LOOP
            noticed := NULL;
            BEGIN
              EXECUTE guard.act;
              SELECT bool_or(what = guard.word) INTO noticed FROM (\(Query.unguarded.statement.sql))
                AS unguarded;
              -- Puts it back.
              RAISE EXCEPTION USING ERRCODE = 'P0099';
            EXCEPTION WHEN SQLSTATE 'P0099' THEN
              IF noticed IS NOT TRUE THEN INSERT INTO unnoticed VALUES (guard.word); END IF;
            END;
          END LOOP;
        END
        $do$;
        INSERT INTO unnoticed SELECT 'of few guards' WHERE (SELECT count(*) < 250 FROM guard);
        """)
      let unnoticed = try await database.text(
        "SELECT coalesce(string_agg(word, ', ' ORDER BY word), '') FROM unnoticed")
      #expect(
        unnoticed == "",
        "not noticed; what a migration adds or renames belongs into queries/unguarded.sql")
      #expect(try await StoreAdministration(conninfo: database.conninfo).verify().unguarded == [])
    }
  }

  @Test("verify names what was given back beyond its charge, and a transfer whose halves differ")
  func unbalanced() async throws {
    try await withStore { store, database in
      let job = try await store.accepted()
      _ = try await store.commit(Example.run(job.firstRun))
      _ = try await store.perform(
        .ended(
          job.firstRun,
          Example.end(used: .hours(1), outcome: .nodeFailed, refund: .nodeFailure)))
      #expect(try await store.audit().balanced)
      // By who has all guards off: one half of a transfer, and a refund twice.
      try await database.run(
        """
        SET LOCAL session_replication_role = replica;
        INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, job, task_index, attempt,
          part, reason, corrects, effective_at, recorded_at, booked_at)
        SELECT 'refund:' || run_name(job, task_index, attempt) || '/1', kind, allocation,
          1, job, task_index, attempt, 1, reason, corrects,
          effective_at, recorded_at, booked_at
        FROM ledger_entry WHERE kind = 'refund';
        INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, reason, effective_at,
          recorded_at, booked_at)
        SELECT 'carry:x:' || half, 'transfer-' || half, allocation, amount, 'carried-over',
          recorded_at, recorded_at, recorded_at
        FROM ledger_entry, (VALUES ('out', 5), ('in', 4)) AS halves (half, amount)
        WHERE kind = 'refund' AND part = 0;
        """)
      let faults = try await StoreAdministration(conninfo: database.conninfo).verify().bookFaults
      let charge = "charge:\(job.firstRun)"
      #expect(
        faults.contains("more was given back of entry \(charge) than it charged"), "\(faults)")
      #expect(
        faults.contains("transfer carry:x leaves one allocation and does not enter another alike"),
        "\(faults)")
      #expect(try await !store.audit().balanced)
    }
  }
}
