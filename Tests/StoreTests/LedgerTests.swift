// Why: the schema is the last line of the books. It must hold against a bug above it.
import Domain
import Ledger
import Lifecycle
import Postgres
import Reporting
import Services
import Store
import Testing

@Suite("the ledger", .serialized, .timeLimit(.minutes(1)))
struct LedgerTests {
  @Test("its rows are never updated or deleted, not even by a superuser")
  func immutable() async throws {
    try await withStore { _, database in
      for command in [
        "UPDATE ledger_entry SET amount_gpu_ms = 1", "DELETE FROM ledger_entry",
        "TRUNCATE ledger_entry CASCADE", "DELETE FROM ledger_entry WHERE false",
        "UPDATE ledger_entry_default SET amount_gpu_ms = 1", "TRUNCATE ledger_entry_default",
        "DELETE FROM ledger_act", "DELETE FROM run", "UPDATE act_note SET note = 'x'",
        "UPDATE audit_line SET actor = 'x'", "DELETE FROM node_change",
      ] {
        let error = await #expect(throws: PostgresError.self, "\(command)") {
          try await database.run(command)
        }
        #expect(error?.sqlState == "23001", "\(command)")
      }
    }
  }

  /// An entry written past the store.
  private func insert(
    _ id: String, _ kind: String, _ allocation: String, _ amount: Int64, run: Int64? = nil,
    corrects: String? = nil
  ) -> String {
    let key = run.map { "\($0), -1, 1" } ?? "NULL, NULL, NULL"
    func name(_ id: String) -> String { run.map { "\(id):P\($0).1" } ?? id }
    let corrected = corrects.map { "'\(name($0))'" } ?? "NULL"
    return """
      INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, job, task_index, attempt,
        corrects, effective_at, recorded_at, booked_at)
      VALUES ('\(name(id))', '\(kind)', '\(allocation)', \(amount), \(key), \(corrected), now(), now(),
        coalesce((SELECT committed_at FROM open_run WHERE job = \(run ?? 0)), now()));
      """
  }

  @Test("it refuses what breaks an invariant, even past the store")
  func constraints() async throws {
    try await withStore { store, database in
      let job = try await store.accepted()
      let number = job.id.number
      _ = try await store.commit(Example.run(job.firstRun))
      let hour: Int64 = 3_600_000
      let allocation = "longscan-large"
      func hold(_ amount: Int64) -> String {
        insert("again", "hold", "longscan-small", amount, run: number)
      }
      let refused: [(String, String?)] = [
        (insert("a", "withdrawal", "longscan-small", hour + 1), "available_not_negative"),
        (insert("a", "grant", "longscan-small", 0), "ledger_entry_amount_gpu_ms_check"),
        (insert("a", "grant", "longscan-small", -5), "ledger_entry_amount_gpu_ms_check"),
        (insert("a", "hold", "longscan-small", 5), "kind_names_its_run"),
        (hold(1), "one_of_a_kind_per_run_default"),
        (insert("c", "charge", allocation, hour + 1, run: number), nil),
        (insert("c", "charge", allocation, hour - 1, run: number), "settled_in_full"),
        (insert("r", "release", allocation, 1, run: number), "settled_in_full"),
        (insert("c", "charge", "longscan-small", hour, run: number), "held_not_negative"),
        (insert("r", "refund", allocation, 1, run: number), "refund_within_charge"),
        (
          insert("c", "charge", allocation, hour, run: number)
            + insert("r", "refund", allocation, hour + 1, run: number, corrects: "c"),
          "refund_within_charge"
        ),
        (insert("g", "hold", "unheard-of", 5, run: number), nil),
        (insert("x:P1.1", "grant", "longscan-small", 5), "id_names_its_run"),
        (
          insert("c", "charge", allocation, hour, run: number, corrects: "none"),
          "corrects_an_entry"
        ),
        (
          """
          UPDATE directive SET finished_at = now();
          INSERT INTO directive (kind, job, task_index, attempt) VALUES ('start', \(number), -1, 2)
          """,
          "start_of_open_run"
        ),
        (
          "UPDATE open_run SET attempt = 2; INSERT INTO open_run SELECT * FROM open_run",
          "one_open_run_per_task"
        ),
      ]
      for (command, constraint) in refused {
        let error = await #expect(throws: PostgresError.self, "\(command)") {
          try await database.run(command)
        }
        if let constraint { #expect(error?.constraint == constraint, "\(command)") }
      }
      try await database.run(
        insert("c", "charge", allocation, hour, run: number)
          + insert("r", "refund", allocation, hour, run: number, corrects: "c"))
      let late = await #expect(throws: PostgresError.self) {
        try await database.run(
          """
          INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, job, task_index, attempt, part,
            effective_at, recorded_at, booked_at)
          SELECT 'hold:P\(number).1/1', 'hold', allocation, 5, job, task_index, attempt, 1, now(), now(),
            booked_at FROM ledger_entry WHERE kind = 'charge'
          """)
      }
      #expect(late?.constraint == "hold_of_open_run")
    }
  }

  @Test("a run is committed once, and a month sealed when it is closed, whoever writes the row")
  func once() async throws {
    try await withStore { store, database in
      let job = try await store.accepted()
      // No start is committed before its job is submitted.
      let run = Example.run(job.firstRun, at: try await store.now())
      #expect(try await store.commit(run) == .done)
      let end = RunEnd(
        start: run.committed, end: run.committed + .minutes(5), outcome: .completed, exitCode: 0,
        signal: 0, used: .zero, refund: nil, requeued: false)
      #expect(try await store.perform(.ended(run.id, end)) == .done)
      for (command, constraint) in [
        (
          """
          INSERT INTO run SELECT (jsonb_populate_record(NULL::run, to_jsonb(run)
            || jsonb_build_object('committed_at', committed_at + interval '1 s'))).* FROM run
          """, "one_run_per_attempt"
        ),
        (
          """
          INSERT INTO run SELECT (jsonb_populate_record(NULL::run, to_jsonb(run)
            || jsonb_build_object('committed_at', polder_now() + interval '40 days'))).* FROM run
          """, "one_run_per_attempt"
        ),
        (
          """
          INSERT INTO accounting_period (month, closed_at, closed_by, entry_count, last_seq, sha256)
          VALUES (date_trunc('month', now())::date, now(), 'uid-1', 0, 0, sha256('x'))
          """, "seal_of_a_closed_period"
        ),
      ] {
        let error = await #expect(throws: PostgresError.self, "\(command)") {
          try await database.run(command)
        }
        #expect(error?.constraint == constraint, "\(command)")
      }
    }
  }

  @Test("an audit finds a balance that was changed, and a hold without its run")
  func audit() async throws {
    try await withStore { store, database in
      let first = try await store.accepted()
      let second = try await store.accepted()
      _ = try await store.commit(Example.run(first.firstRun))
      _ = try await store.commit(Example.run(second.firstRun))
      var audit = try await store.audit()
      #expect(audit.balanced && audit.openHolds == 2 && audit.runningTasks == 2)
      try await database.run(
        """
        UPDATE allocation_balance SET granted_gpu_ms = granted_gpu_ms + 1
          WHERE allocation = 'roads-fast';
        UPDATE run SET state = 'ended', ended_at = now(), outcome = 'lost', exit_code = 0,
          signal = 0, used_gpu_ms = 0, requeued = false WHERE job = \(first.id.number);
        UPDATE run SET hold_gpu_ms = 5 WHERE job = \(second.id.number)
        """)
      audit = try await store.audit()
      #expect(audit.wrong == [Example.fast])
      #expect(audit.strayHolds == [first.firstRun, second.firstRun])
    }
  }

  @Test("an audit finds a day that does not follow from the entries")
  func auditOfDays() async throws {
    try await withStore { store, database in
      #expect(try await database.number("SELECT count(*) FROM allocation_day") > 0)
      #expect(try await store.audit().balanced)
      try await database.run(
        """
        UPDATE allocation_day SET charged_gpu_ms = charged_gpu_ms + 1 WHERE allocation = 'roads-fast';
        DELETE FROM allocation_day WHERE allocation = 'longscan-small'
        """)
      #expect(Set(try await store.audit().wrong) == [Example.fast, Example.small])
    }
  }

  @Test("concurrent starts on one allocation never spend more than it has")
  func concurrent() async throws {
    try await withStore(connections: 4) { store, database in
      let job = try await store.accepted(
        Example.job(Example.request(tasks: Array(0..<40))))
      let quarter = GPUTime(milliseconds: 900_000)
      let outcomes = try await withThrowingTaskGroup(of: GuardedOutcome.self) { group in
        for task in job.request.tasks(of: job.id) {
          for _ in 0..<2 {
            group.addTask {
              try await store.commit(
                Example.run(
                  RunID(task: task, attempt: 1), from: Example.small, hold: quarter))
            }
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(outcomes.filter { $0 == .done }.count == 4)
      #expect(try await store.balances()[Example.small]?.available == .zero)
      #expect(try await database.number("SELECT count(*) FROM run") == 4)
      #expect(try await database.number("SELECT count(*) FROM directive") == 4)
      #expect(try await store.audit().balanced)
    }
  }

  @Test("the facts of a report are what was effective in its period and before its moment")
  func facts() async throws {
    try await withStore { store, _ in
      let job = try await store.accepted(Example.job(Example.request(tasks: [0, 1, 2])))
      let ends = [Example.past + .hours(2), Example.past + .hours(3), Example.past + .hours(4)]
      for (task, end) in zip(job.request.tasks(of: job.id), ends) {
        let run = Example.run(RunID(task: task, attempt: 1))
        _ = try await store.commit(run)
        let refund: EntryReason? = end == ends[1] ? .nodeFailure : nil
        _ = try await store.perform(
          .ended(run.id, Example.end(used: .hours(1), at: end, refund: refund)))
      }
      let period = (Example.past + .hours(3))..<(Example.past + .hours(4))
      let facts = try await store.accessTimeFacts(period: period, system: "S")
      #expect(facts.asOf == period.upperBound && facts.centre == Example.centre)
      #expect(facts.delivered == [Example.large: .zero])
      #expect(facts.used[Example.large] == .hours(8))
      #expect(facts.granted[Example.large] == .hours(40_000))
      let all = try await store.accessTimeFacts(
        period: Example.past..<Example.future, system: "S")
      #expect(all.delivered == [Example.large: .hours(2)])
      #expect(all.used == [Example.large: .hours(9)])
      #expect(all.asOf < Example.future)
    }
  }

  @Test("of the states of nodes only changes are recorded")
  func nodeChanges() async throws {
    try await withStore { store, _ in
      func change(
        _ node: Int, _ second: Int64, up: Bool, weight: Int64? = nil
      ) -> NodeChange {
        NodeChange(
          node: Example.nodes[node], at: Instant(seconds: second), up: up, gpus: 4,
          weight: weight.map { Weight(thousandths: $0) })
      }
      let first = [change(0, 10, up: true), change(1, 10, up: false)]
      func record(_ changes: NodeChange...) async throws {
        try await store.record(nodeStates: changes, weighings: [])
      }
      try await store.record(nodeStates: first, weighings: [])
      try await record(change(0, 20, up: true), change(1, 20, up: true))
      try await record(change(0, 30, up: true), change(1, 30, up: true))
      let facts = try await store.accessTimeFacts(
        period: Instant(seconds: 0)..<Instant(seconds: 100), system: "S")
      #expect(facts.nodeChanges == first + [change(1, 20, up: true)])
      // A rate card by which GPUs weigh something else is a change, and once.
      let weighed = change(1, 40, up: true, weight: 572)
      try await record(change(0, 40, up: true, weight: 4000), weighed)
      try await record(change(1, 50, up: true, weight: 572))
      let later = try await store.accessTimeFacts(
        period: Instant(seconds: 0)..<Instant(seconds: 100), system: "S")
      #expect(later.nodeChanges == facts.nodeChanges + [weighed])
    }
  }

  @Test("rates that came into force unseen count from then on, but in no closed month")
  func unseenRates() async throws {
    try await withStore { store, _ in
      let node = Example.nodes[0]
      let start = AccountingPeriod(containing: Example.past).start
      func at(_ hour: Int64) -> Instant { start + .hours(hour) }
      func change(_ hour: Int64, up: Bool, _ weight: Int64) -> NodeChange {
        NodeChange(
          node: node, at: at(hour), up: up, gpus: 4, weight: Weight(thousandths: weight))
      }
      func weighing(_ hour: Int64, _ weight: Int64) -> AccessTimeFacts.NodeWeighing {
        .init(at: at(hour), weights: [node: Weight(thousandths: weight)])
      }
      try await store.record(
        nodeStates: [change(10, up: false, 572)], weighings: [weighing(5, 900), weighing(10, 572)])
      // Nobody looked from hour 10 to hour 100, when it was up again; two cards began meanwhile.
      let cards = [weighing(10, 572), weighing(40, 572), weighing(50, 1000), weighing(70, 800)]
      try await store.record(
        nodeStates: [change(100, up: true, 800)], weighings: cards + [weighing(200, 1)])
      let all = [
        change(10, up: false, 572), change(50, up: false, 1000), change(70, up: false, 800),
        change(100, up: true, 800),
      ]
      let span = start..<at(4000)
      #expect(try await store.accessTimeFacts(period: span, system: "S").nodeChanges == all)
      let capacity = Capacity(all, over: at(0)..<at(110))
      // 40 h × 0.572 + 20 h × 1 + 40 h × 0.8
      #expect(capacity.total == GPUTime(milliseconds: 3_600 * (22_880 + 20_000 + 32_000)))
      let month = AccountingPeriod(containing: start)
      let line = AuditLine(
        actor: "m-1", action: AuditAction(rawValue: "close-period"), object: "\(month)",
        origin: "a test")
      _ = try await store.close(month, system: "S", audit: line)
      let open = month.end.seconds(since: start).count / 3600
      try await store.record(
        nodeStates: [change(open + 9, up: true, 200)],
        weighings: cards + [weighing(200, 800), weighing(300, 300), weighing(open + 3, 200)])
      // Whoever starts anew knows of no earlier look, and brings all rates that there were.
      try await store.record(
        nodeStates: [change(open + 20, up: true, 200)],
        weighings: [weighing(5, 900)] + cards + [
          weighing(200, 1), weighing(300, 300), weighing(open + 3, 200),
        ])
      let found = try await store.accessTimeFacts(period: span, system: "S").nodeChanges
      #expect(
        found == all + [change(open, up: true, 300), change(open + 3, up: true, 200)])
    }
  }
}

private typealias NodeChange = AccessTimeFacts.NodeChange
