// Why: these tests need a real server; where there is none they fail and say how to get one.
import Foundation
import Postgres
import Testing

/// The server that the tests run on.
enum Server {
  struct Missing: Error, CustomStringConvertible {
    let description =
      "POLDER_TEST_PG is not set: give it the connection string of a superuser of a private "
      + "Postgres, such as \"host=/tmp/pg user=postgres dbname=postgres\" (make test does)"
  }

  static func configuration() throws -> PostgresConfiguration {
    guard let conninfo = ProcessInfo.processInfo.environment["POLDER_TEST_PG"] else {
      throw Missing()
    }
    return PostgresConfiguration(conninfo: conninfo, applicationName: "postgres-tests")
  }

  static func pool(
    size: Int = 1, maximumWaiting: Int = 1_000,
    _ change: (inout PostgresConfiguration) -> Void = { _ in }
  ) throws -> PostgresPool {
    var configuration = try configuration()
    change(&configuration)
    return try PostgresPool(configuration, size: size, maximumWaiting: maximumWaiting)
  }
}

/// A schema of its own for one test, dropped after it.
func withSchema(
  _ definition: String, _ body: (_ schema: String) async throws -> Void
) async throws {
  let schema = "t" + String(UInt64.random(in: .min ... .max), radix: 36)
  let pool = try Server.pool()
  let script = "CREATE SCHEMA \(schema); SET LOCAL search_path = \(schema); \(definition)"
  try await pool.transaction { tx throws(PostgresError) in try tx.run(script: script) }
  let outcome: Result<Void, any Error>
  do {
    outcome = .success(try await body(schema))
  } catch {
    outcome = .failure(error)
  }
  let drop = "SET LOCAL client_min_messages = warning; DROP SCHEMA \(schema) CASCADE"
  try await pool.transaction { tx throws(PostgresError) in try tx.run(script: drop) }
  await pool.close()
  try outcome.get()
}

extension PostgresPool {
  /// The only integer that a statement returns.
  func number(_ sql: String, _ values: [Value] = []) async throws -> Int64 {
    let statement = Statement(sql)
    return try await transaction { tx throws(PostgresError) in
      try tx.query(statement, values).only().int64(0)
    }
  }

  /// The server's process for the connection that is used next.
  func backend() async throws -> Int64 { try await number("SELECT pg_backend_pid()") }

  /// Ends a server process and waits until it is gone.
  func terminate(_ backend: Int64) async throws {
    let ended = Statement("SELECT pg_terminate_backend($1::int, 20000)")
    let isGone = try await transaction { tx throws(PostgresError) in
      try tx.query(ended, [.int64(backend)]).only().bool(0)
    }
    try #require(isGone)
  }
}

/// A door that one side waits at, on a thread that may block, until the other opens it.
final class Gate: Sendable {
  private let semaphore = DispatchSemaphore(value: 0)
  func open() { semaphore.signal() }
  func wait() { semaphore.wait() }
}
