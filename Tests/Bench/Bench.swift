// Why: a figure of the store means something only beside what the same server does without it.
import Foundation
import Store

/// Measures `PostgresStore`; `deploy/bench` runs it and pgbench by turns, and writes
/// `docs/benchmarks.md`.
@main
struct Bench {
  static func main() async throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard arguments.count >= 2 else { return usage() }
    let numbers = arguments.dropFirst(2).compactMap { Int($0) }
    switch (arguments[0], numbers.count) {
    case ("prepare", 0):
      try await StoreAdministration(conninfo: arguments[1]).migrate()
      let store = try await PostgresStore.open(conninfo: arguments[1])
      try await Town.load(into: store)
      await store.close()
    case ("migrate", 0):
      let clock = ContinuousClock()
      let begin = clock.now
      try await StoreAdministration(conninfo: arguments[1]).migrate()
      report("migrate_s", milliseconds(clock.now - begin) / 1000)
    case ("settle", 3):
      let store = try await PostgresStore.open(conninfo: arguments[1], connections: numbers[0])
      try await Settling(store: store, callers: numbers[0], seconds: numbers[1], batch: numbers[2])
        .run()
      await store.close()
    case ("read", 0): try await Reading.run(conninfo: arguments[1])
    case ("asked", 0): try await Reading.asked(conninfo: arguments[1])
    case ("snapshot", 0): try await Reading.snapshots(conninfo: arguments[1])
    case ("journal", 0): try await Exports.run(conninfo: arguments[1])
    case ("round", 0): try await Rounds.run(conninfo: arguments[1])
    default: usage()
    }
  }

  private static func usage() {
    print(
      "polder-bench prepare | migrate | settle CALLERS SECONDS BATCH | read | asked | snapshot | journal "
        + "| round, each with CONNINFO first"
    )
  }

  /// The most memory this process has had, in MiB.
  static var peakMiB: Int {
    var usage = rusage()
    // Written by the call, which keeps no pointer.
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss / 1024
  }

  static func milliseconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) * 1e3 + Double(duration.components.attoseconds) / 1e15
  }

  /// One line a figure: its name, and its value with two decimals.
  static func report(_ name: String, _ value: Double) {
    print(name, (value * 100).rounded() / 100, separator: "\t")
    // It is seen when it is measured, whatever comes after. All streams, so that none is named.
    fflush(nil)
  }
}
