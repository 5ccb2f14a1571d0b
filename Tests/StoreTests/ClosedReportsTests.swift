// Why: a funder who reads any report of a closed month again must read the same, whatever is described
// since, and whatever Slurm tells late of that month's runs; and that must be told somewhere.
import Domain
import Ledger
import Lifecycle
import Postgres
import Reporting
import Seeds
import Services
import Store
import Testing

@Suite("reports of closed months", .serialized, .timeLimit(.minutes(2)))
struct ClosedReportsTests {
  private static let month = AccountingPeriod(containing: Example.past)
  private static let opening = month.end

  /// All reports over an interval, each with its rows and its notes.
  private static func reports(
    _ store: PostgresStore, over period: Range<Instant> = month.interval
  ) async throws -> [String: [[String]]] {
    let reports = [
      AccessTimeReport(try await store.accessTimeFacts(period: period, system: "s")).report,
      AvailabilityReport(try await store.availabilityFacts(period: period, system: "s")).report,
      IndicatorsReport(try await store.indicatorsFacts(period: period, system: "s")) { from, to in
        let days = Int((to.milliseconds - from.milliseconds) / 86_400_000)
        return .init(days: days, workingDays: days)
      }.report,
      ProjectsReport(try await store.projectsFacts(period: period, system: "s")).report,
      WorthReport(try await store.worthFacts(period: period, system: "s")).report,
      StatementReport(
        try await store.statementFacts(of: Example.longscan, period: period, system: "s")
      ).report,
    ]
    return Dictionary(
      uniqueKeysWithValues: reports.map { ($0.title, $0.rows + [$0.columns, $0.notes]) })
  }

  private static func close(_ period: AccountingPeriod, _ store: PostgresStore) async throws {
    let line = AuditLine(
      actor: "m-1", action: AuditAction(rawValue: "close-period"), object: "\(period)",
      origin: "a test")
    guard case .closed = try await store.close(period, system: "s", audit: line) else {
      throw Unexpected("the period was not closed")
    }
  }

  private static func overturn(_ store: PostgresStore) async throws {
    #expect(
      try await store.replaceCentre(
        with: try PeriodFactsTests.overturn(Example.centre), postings: [], ifStill: Example.centre,
        by: "m-1") == .done)
  }

  // MARK: Descriptions

  @Test("tell what was described at the closing, whatever becomes of it")
  func described() async throws {
    try await withStore { store, _ in
      _ = try await LateRuns(store)
      let open = try await Self.reports(store)
      try await Self.close(Self.month, store)
      let closed = try await Self.reports(store)
      #expect(closed.keys.count == 6)
      let seal = try Regex("\(Self.month) closed [^,]+ form 5")
      for (title, rows) in closed {
        // A report says when its month was closed, and nothing else is otherwise.
        let wasOpen = rows.map { $0.map { $0.replacing(seal, with: "\(Self.month) open") } }
        #expect(wasOpen == open[title], "\(title)")
      }
      try await Self.overturn(store)
      #expect(try await Self.reports(store) == closed)
      let next = try await Self.reports(store, over: Self.month.next.interval)
      #expect(next["Projects"]?.contains { $0.contains("food") } == true)
    }
  }

  // MARK: Runs

  @Test(
    "stay as they are when Slurm tells of their runs late, and the open month has it",
    arguments: 1...4)
  func lateRuns(seed: Int) async throws {
    try await withStore { store, database in
      var runs = try await LateRuns(store)
      try await Self.close(Self.month, store)
      let closed = try await Self.reports(store)
      let next = Self.month.next
      let quiet = try await Counts(store, over: next.interval)
      var random = SplitMix64(seed: UInt64(seed))
      while let transition = runs.next(&random) {
        #expect(try await store.perform(transition) == .done)
        #expect(try await Self.reports(store) == closed, "seed \(seed), \(transition)")
      }
      let first = try await Counts(store, over: Self.month.interval)
      let second = try await Counts(store, over: next.interval)
      let both = try await Counts(store, over: Self.month.start..<next.end)
      #expect(first == Counts(tasks: 2, failures: 0, jobs: 2), "seed \(seed)")
      #expect(quiet == Counts(tasks: 0, failures: 0, jobs: 0), "seed \(seed)")
      // What began late, and what failed late, also of what began in time.
      #expect(second == Counts(tasks: 3, failures: 2, jobs: 3), "seed \(seed)")
      #expect(both == Counts(tasks: 5, failures: 2, jobs: 5), "seed \(seed)")
      // Once the second is closed it stays as well.
      try await Self.close(next, store)
      let later = try await Self.reports(store, over: next.interval)
      try await Self.overturn(store)
      #expect(try await Self.reports(store, over: next.interval) == later)
      #expect(try await Self.reports(store) == closed)
      let administration = StoreAdministration(conninfo: database.conninfo)
      try await administration.migrate()
      #expect(try await administration.verify().faults == [])
    }
  }

  @Test("have a first job that was told late in the open month, on the day on which it began")
  func firstJob() async throws {
    try await withStore { store, _ in
      let job = try await store.accepted()
      // Not of the allocation that was in use before.
      let run = Example.run(job.firstRun, from: Example.small, hold: .zero)
      #expect(try await store.commit(run) == .done)
      try await Self.close(Self.month, store)
      let began = run.committed + Seconds(90)
      #expect(
        try await store.perform(
          .started(run.id, at: began, weight: run.weight, slurmJobID: 1, devices: [])) == .done)
      func firstJobs(_ period: AccountingPeriod) async throws -> [AllocationID: Instant] {
        try await store.indicatorsFacts(period: period.interval, system: "s").firstJobs
      }
      #expect(try await firstJobs(Self.month) == [:])
      #expect(try await firstJobs(Self.month.next) == [run.allocation: began])
      // One that began before it, and was told later still, is not the first.
      let other = try await store.accepted()
      let early = Example.run(
        other.firstRun, from: Example.small, hold: .zero, at: Example.past + .minutes(1))
      try await Self.close(Self.month.next, store)
      #expect(try await store.perform(.adopted(other.task, early, slurmJobID: 2)) == .done)
      #expect(try await firstJobs(Self.month.next) == [run.allocation: began])
      #expect(try await firstJobs(Self.month.next.next) == [:])
    }
  }
}

/// What the reports count of runs.
private struct Counts: Hashable {
  let tasks: Int
  let failures: Int
  let jobs: Int

  init(tasks: Int, failures: Int, jobs: Int) {
    self.tasks = tasks
    self.failures = failures
    self.jobs = jobs
  }

  init(_ store: PostgresStore, over period: Range<Instant>) async throws {
    let parts = try await store.availabilityFacts(period: period, system: "s").parts
    let all = parts.last?.tallies.first { $0.mode == nil }
    tasks = all?.begun ?? 0
    failures = all?.nodeFailures ?? 0
    jobs = try await store.projectsFacts(period: period, system: "s").figures.values
      .reduce(0) { $0 + $1.jobs }
  }
}

/// Runs that were committed in a month, and what is left to tell of them.
private struct LateRuns {
  /// Each in its own order.
  private var left: [[Transition]] = []
  private static let start = Example.past + .hours(30)

  /// Two that began in time, one of which is over, and four of which nothing is known.
  init(_ store: PostgresStore) async throws {
    var runs: [RunRecord] = []
    for number in 0..<6 {
      let job = try await store.accepted(Example.job(key: "job-\(number)"))
      let run = Example.run(
        job.firstRun, from: Example.small, hold: .zero, at: Self.start + Seconds(Int64(number)))
      if number < 5 { #expect(try await store.commit(run) == .done) }
      runs.append(run)
    }
    for run in runs[0..<2] { #expect(try await store.perform(Self.started(run)) == .done) }
    #expect(try await store.perform(Self.ended(runs[0], .completed)) == .done)
    left = [
      // Its start is told otherwise at its end.
      [Self.ended(runs[1], .nodeFailed, start: Self.start + .minutes(7))],
      [Self.started(runs[2]), Self.ended(runs[2], .completed)],
      // Its start was never told.
      [Self.ended(runs[3], .nodeFailed)],
      [.returned(runs[4].id, cause: "not started")],
      [.adopted(runs[5].id.task, runs[5], slurmJobID: 9), Self.ended(runs[5], .completed)],
    ]
  }

  /// What is told next.
  mutating func next(_ random: inout SplitMix64) -> Transition? {
    guard !left.isEmpty else { return nil }
    let place = random.pick(0...(left.count - 1))
    let first = left[place].removeFirst()
    if left[place].isEmpty { left.remove(at: place) }
    return first
  }

  private static func started(_ run: RunRecord) -> Transition {
    .started(
      run.id, at: run.committed + .minutes(2), weight: run.weight, slurmJobID: 1, devices: [])
  }

  private static func ended(
    _ run: RunRecord, _ outcome: TaskOutcome, start: Instant? = nil
  ) -> Transition {
    .ended(
      run.id,
      RunEnd(
        start: start ?? run.committed + .minutes(2), end: run.committed + .minutes(40),
        outcome: outcome, exitCode: 0, signal: 0, used: .zero, refund: nil, requeued: false))
  }
}
