import Domain
import Doubles
import Ledger
import Services
import Store
import Wire

/// Reads books that are full.
enum Reading {
  static func run(conninfo: String) async throws {
    let store = try await PostgresStore.open(conninfo: conninfo)
    let project = Town.project(0)
    try await asked(store)
    try await measure("ledger_page", 50) {
      _ = try await store.entries(EntryFilter(project: project, limit: 1000))
    }
    try await measure("list_open", 50) {
      _ = try await store.sheets(SheetFilter(projects: [project], ended: false, limit: 50))
    }
    try await measure("list_all", 50) {
      _ = try await store.sheets(SheetFilter(projects: [project], ended: true, limit: 50))
    }
    try await capped(store)
    try await closed(store)
    // As an administrator, whose statements may take their time.
    let clock = ContinuousClock()
    let begin = clock.now
    let verification = try await StoreAdministration(conninfo: conninfo).verify()
    Bench.report("verify_s", Bench.milliseconds(clock.now - begin) / 1000)
    guard verification.bookFaults.isEmpty else {
      throw Settling.Failure("the books do not balance: \(verification.bookFaults)")
    }
    try await snapshots(store)
    await store.close()
  }

  /// Of these what people ask for alone.
  static func asked(conninfo: String) async throws {
    let store = try await PostgresStore.open(conninfo: conninfo)
    try await asked(store)
    await store.close()
  }

  /// What people ask for, through all that polderd does to answer: `polder balance` and `polder pace` of
  /// a member, and of an administrator over all projects, which is a line of the audit log each time;
  /// and reports over the last quarter.
  private static func asked(_ store: PostgresStore) async throws {
    let front = Front(
      store: store, board: StillBoard(), accounts: Town.People(),
      roles: Roles(administrators: ["beheer"], auditors: [], slurmUser: "slurm"),
      settings: Front.Settings(system: "Bench", defaultPartition: "gpu", grace: Seconds(60)))
    let member = try await front.caller(uid: Town.People.member)
    let administrator = try await front.caller(uid: Town.People.administrator)
    let project = Town.project(0).text
    try await measure("balance", 1000) {
      _ = try await front.balances(project: project, member)
    }
    try await measure("balance_of_all", 100) {
      _ = try await front.balances(project: nil, administrator)
    }
    try await measure("pace", 200) {
      _ = try await front.pace(project: project, onlyUnderUse: false, member)
    }
    try await measure("pace_of_all", 20) {
      _ = try await front.pace(project: nil, onlyUnderUse: false, administrator)
    }
    let month = CivilDate(try await store.now()).advanced(days: -30)
    let noon = "\(month)T12:00:00Z"
    try await measure("balance_a_month_ago", 20) {
      _ = try await front.balances(
        project: project, at: Front.BalanceMoments(asOf: noon, knownAt: noon), member)
    }
    try await measure("balance_of_all_a_month_ago", 20) {
      _ = try await front.balances(
        project: nil, at: Front.BalanceMoments(asOf: noon, knownAt: noon), administrator)
    }
    let today = CivilDate(try await store.now())
    let from = today.advanced(days: -91)
    try await measure("quarter_report", 5) {
      _ = try await front.report(.accessTime, from: "\(from)", to: "\(today)", administrator)
    }
    try await measure("quarter_worth", 5) {
      _ = try await front.report(.worth, from: "\(from)", to: "\(today)", administrator)
    }
  }

  /// An apply that describes a cap over everything, whose window begins and ends within a day, and one that
  /// takes it away again.
  private static func capped(_ store: PostgresStore) async throws {
    let now = try await store.now()
    let cap: CapID = Town.id("bench-cap")
    let without = try await store.centre()
    var with = without
    with.capRules[cap] = CapRule(
      id: cap, scope: .funder(Town.id("state")), limit: .amount(.hours(1_000_000_000)),
      span: .window((now - .hours(24 * 100 - 12))..<(now + .hours(12))), strength: .hard)
    func replace(_ current: Centre, by next: Centre) async throws {
      let line = AuditLine(
        actor: "m-bench", action: .apply, object: "centre", origin: "the bench")
      let outcome = try await store.replaceCentre(
        with: next, postings: [], ifStill: current, audit: line)
      guard outcome == .done else { throw Settling.Failure("an apply was not done: \(outcome)") }
    }
    try await measure("cap_described_and_removed", 5) {
      try await replace(without, by: with)
      try await replace(with, by: without)
    }
  }

  /// The first month that is over and open is closed and sealed, if there is one.
  private static func closed(_ store: PostgresStore) async throws {
    let clock = ContinuousClock()
    let now = try await store.now()
    var month = AccountingPeriod(containing: now - .hours(24 * 130))
    if let last = try await store.closedPeriods().last { month = last.period.next }
    guard month.next.end <= now else { return }
    let begin = clock.now
    let line = AuditLine(
      actor: "m-bench", action: .closePeriod, object: "\(month.next)", origin: "the bench")
    // The first month has but a few days of entries: it is closed with the next.
    guard
      case .closed(let periods) = try await store.close(month.next, system: "Bench", audit: line)
    else { throw Settling.Failure("\(month.next) was not closed") }
    Bench.report("closed_entries", Double(periods.reduce(0) { $0 + $1.seal.entryCount }))
    Bench.report("closed_s", Bench.milliseconds(clock.now - begin) / 1000)
  }

  static func snapshots(conninfo: String) async throws {
    let store = try await PostgresStore.open(conninfo: conninfo)
    try await snapshots(store)
    await store.close()
  }

  private static func snapshots(_ store: PostgresStore) async throws {
    try await measure("snapshot", 5) { _ = try await store.snapshot() }
    Bench.report("peak_mib", Double(Bench.peakMiB))
  }

  /// Median and 99th percentile in milliseconds, after one run that is not counted.
  static func measure(
    _ name: String, _ times: Int, _ body: () async throws -> Void
  ) async throws {
    let clock = ContinuousClock()
    try await body()
    var taken: [Double] = []
    for _ in 0..<times {
      let begin = clock.now
      try await body()
      taken.append(Bench.milliseconds(clock.now - begin))
    }
    taken.sort()
    Bench.report("\(name)_p50_ms", taken[(taken.count - 1) / 2])
    Bench.report("\(name)_p99_ms", taken[(taken.count * 99 - 1) / 100])
  }
}
