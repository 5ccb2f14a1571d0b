import Domain
import Services
import Store

/// Reads books that are full.
enum Reading {
  static func run(conninfo: String) async throws {
    let store = try await PostgresStore.open(conninfo: conninfo)
    let project = Town.project(0)
    try await measure("balance", 2000) { _ = try await store.balances() }
    try await measure("ledger_page", 50) {
      _ = try await store.entries(EntryFilter(project: project, limit: 1000))
    }
    try await measure("list_open", 50) {
      _ = try await store.sheets(SheetFilter(projects: [project], ended: false, limit: 50))
    }
    try await measure("list_all", 50) {
      _ = try await store.sheets(SheetFilter(projects: [project], ended: true, limit: 50))
    }
    let now = try await store.now()
    let quarter = (now - Seconds(91 * 86_400))..<now
    try await measure("quarter_report", 3) {
      _ = try await store.accessTimeFacts(period: quarter, system: "bench")
    }
    // As an administrator, whose statements may take their time.
    let verification = try await StoreAdministration(conninfo: conninfo).verify()
    guard verification.bookFaults.isEmpty else {
      throw Settling.Failure("the books do not balance: \(verification.bookFaults)")
    }
    try await snapshots(store)
    await store.close()
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
