// Why: these tests need a real server; where there is none they fail and say how to get one.
import Foundation
import Postgres
import Services
import Store
import Testing

enum Server {
  struct Missing: Error, CustomStringConvertible {
    let description =
      "POLDER_TEST_PG is not set: give it the connection string of a superuser of a private "
      + "Postgres, such as \"host=/tmp/pg user=postgres dbname=postgres\" (make test does)"
  }

  static func conninfo() throws -> String {
    guard let conninfo = ProcessInfo.processInfo.environment["POLDER_TEST_PG"] else {
      throw Missing()
    }
    return conninfo
  }

  /// Where its socket is.
  static func socketFolder() throws -> String {
    let host = try conninfo().split(separator: " ").last { $0.hasPrefix("host=/") }
    guard let host else { throw Missing() }
    return String(host.dropFirst("host=".count))
  }

  static func pool(_ conninfo: String, size: Int = 1) throws -> PostgresPool {
    try PostgresPool(
      PostgresConfiguration(conninfo: conninfo, applicationName: "store-tests"), size: size)
  }

  static func freshName() -> String {
    "polder_test_" + String(UInt64.random(in: .min ... .max), radix: 36)
  }

  /// Runs a command on the server's own database.
  static func run(_ command: String) async throws {
    var configuration = PostgresConfiguration(
      conninfo: try conninfo(), applicationName: "store-tests")
    // A copy of a database waits for the disk, and is not what is tested.
    configuration.statementTimeoutMilliseconds = 120_000
    let pool = try PostgresPool(configuration, size: 1)
    let outcome: Result<Void, any Error>
    do {
      outcome = .success(try await pool.runOutsideTransaction(command))
    } catch {
      outcome = .failure(error)
    }
    await pool.close()
    try outcome.get()
  }
}

/// A migrated database without content, made once, of which every test gets a copy.
private actor Template {
  static let shared = Template()
  private var making: Task<String, any Error>?

  func name() async throws -> String {
    let making =
      self.making
      ?? Task {
        let name = Server.freshName()
        try await Server.run("CREATE DATABASE \(name)")
        try await StoreAdministration(conninfo: Server.conninfo() + " dbname=\(name)").migrate()
        return name
      }
    self.making = making
    return try await making.value
  }
}

/// Lets as many tests have a database at once as a small machine serves in time: all of them at
/// once would wait for its disk longer than a statement may take, and say nothing of the store.
private actor Seats {
  static let shared = Seats(8)
  /// Whether this test has a seat: a second database of one test takes none.
  @TaskLocal static var isTaken = false

  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(_ count: Int) { free = count }

  nonisolated func take(_ body: () async throws -> Void) async throws {
    guard !Self.isTaken else { return try await body() }
    await sit()
    let outcome: Result<Void, any Error>
    do {
      outcome = .success(try await Self.$isTaken.withValue(true) { try await body() })
    } catch {
      outcome = .failure(error)
    }
    await rise()
    try outcome.get()
  }

  private func sit() async {
    guard free == 0 else { return free -= 1 }
    await withCheckedContinuation { waiting.append($0) }
  }

  private func rise() {
    guard !waiting.isEmpty else { return free += 1 }
    waiting.removeFirst().resume()
  }
}

/// A database of its own for one test, dropped after it.
struct Database: Sendable {
  let conninfo: String
  /// With the rights that polderd has.
  var asDaemon: String { conninfo + " options='-c role=polder_daemon'" }
  /// As superuser, beside the store.
  let raw: PostgresPool

  func number(_ sql: String, _ values: [Value] = []) async throws -> Int64 {
    let statement = Statement(sql)
    return try await raw.transaction { tx throws(PostgresError) in
      try tx.query(statement, values).only().int64(0)
    }
  }

  func text(_ sql: String) async throws -> String {
    let statement = Statement(sql)
    return try await raw.transaction { tx throws(PostgresError) in
      try tx.query(statement).only().text(0)
    }
  }

  func run(_ script: String) async throws {
    try await raw.transaction { tx throws(PostgresError) in try tx.run(script: script) }
  }
}

/// With `migrated: false` the database is empty.
func withDatabase(
  migrated: Bool = true, _ body: (Database) async throws -> Void
) async throws {
  try await Seats.shared.take { try await withOwnDatabase(migrated: migrated, body) }
}

private func withOwnDatabase(
  migrated: Bool, _ body: (Database) async throws -> Void
) async throws {
  let name = Server.freshName()
  let template = migrated ? " TEMPLATE \(try await Template.shared.name())" : ""
  try await Server.run("CREATE DATABASE \(name)\(template)")
  let conninfo = try Server.conninfo() + " dbname=\(name)"
  let database = Database(conninfo: conninfo, raw: try Server.pool(conninfo))
  let outcome: Result<Void, any Error>
  do {
    outcome = .success(try await body(database))
  } catch {
    outcome = .failure(error)
  }
  await database.raw.close()
  try await Server.run("DROP DATABASE \(name) WITH (FORCE)")
  try outcome.get()
}

/// A store that holds the centre of ``Example``, with the rights of the daemon and no others.
func withStore(
  connections: Int = 2, _ body: (PostgresStore, Database) async throws -> Void
) async throws {
  try await withDatabase { database in
    let store = try await PostgresStore.open(
      conninfo: database.asDaemon, connections: connections)
    let outcome: Result<Void, any Error>
    do {
      try await Example.load(into: store)
      outcome = .success(try await body(store, database))
    } catch {
      outcome = .failure(error)
    }
    await store.close()
    try outcome.get()
  }
}
