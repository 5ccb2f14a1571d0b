import Domain
import Doubles
import Services
import Store

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
    // As an administrator, whose statements may take their time.
    let verification = try await StoreAdministration(conninfo: conninfo).verify()
    guard verification.bookFaults.isEmpty else {
      throw Settling.Failure("the books do not balance: \(verification.bookFaults)")
    }
    try await snapshots(store)
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
    let today = CivilDate(try await store.now())
    let from = today.advanced(days: -91)
    try await measure("quarter_report", 5) {
      _ = try await front.accessTime(from: "\(from)", to: "\(today)", administrator)
    }
    try await measure("quarter_worth", 5) {
      _ = try await front.worth(from: "\(from)", to: "\(today)", administrator)
    }
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
