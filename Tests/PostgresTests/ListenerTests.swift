// Why: the scheduler's cycle is woken by these events; a missed one delays every job behind it.
import Foundation
import Postgres
import Testing

@Suite("a listener", .serialized, .timeLimit(.minutes(1)))
struct ListenerTests {
  /// A listener that can be told apart in pg_stat_activity, by its application name.
  private func events(
    _ channels: [String]
  ) throws -> (events: AsyncStream<PostgresEvent>, name: String) {
    let name = "l" + String(UInt64.random(in: .min ... .max), radix: 36)
    var configuration = try Server.configuration()
    configuration.applicationName = name
    return (try PostgresListener.events(configuration, channels: channels), name)
  }

  @Test("gets what is notified on its channels, in order, and nothing else")
  func notifications() async throws {
    let pool = try Server.pool()
    let channel = "C\"" + String(UInt64.random(in: .min ... .max), radix: 36)
    let notify = Statement("SELECT pg_notify($1, $2)")
    var events = try events([channel, "other"]).events.makeAsyncIterator()
    #expect(await events.next() == .listening)
    try await pool.transaction { tx throws(PostgresError) in
      try tx.execute(notify, [.text("elsewhere"), .text("0")])
      for payload in ["1", "", "3"] { try tx.execute(notify, [.text(channel), .text(payload)]) }
    }
    for payload in ["1", "", "3"] {
      #expect(await events.next() == .notification(channel: channel, payload: payload))
    }
    await pool.close()
  }

  @Test("says when it was cut off and when it listens again", arguments: 1...10)
  func reconnects(round: Int) async throws {
    let pool = try Server.pool()
    let channel = "c" + String(UInt64.random(in: .min ... .max), radix: 36)
    let (stream, name) = try events([channel])
    var events = stream.makeAsyncIterator()
    #expect(await events.next() == .listening)
    let backend = try await pool.number(
      "SELECT pid::bigint FROM pg_stat_activity WHERE application_name = $1", [.text(name)])
    try await pool.terminate(backend)
    guard case .interrupted = await events.next() else {
      Issue.record("no interruption")
      return
    }
    #expect(await events.next() == .listening)
    _ = try await pool.transaction { tx throws(PostgresError) in
      try tx.execute(Statement("SELECT pg_notify($1, 'again')"), [.text(channel)])
    }
    #expect(await events.next() == .notification(channel: channel, payload: "again"))
    await pool.close()
  }

  @Test("says why it can't listen")
  func unavailable() async throws {
    var configuration = try Server.configuration()
    configuration.conninfo = "host=/nonexistent"
    var events = try PostgresListener.events(configuration, channels: ["c"]).makeAsyncIterator()
    guard case .interrupted(let reason) = await events.next() else {
      Issue.record("no interruption")
      return
    }
    #expect(reason.contains("/nonexistent"))
  }

  @Test("ends its connection when nobody reads it any more")
  func ends() async throws {
    let pool = try Server.pool()
    let name: String
    do {
      let (stream, own) = try events(["c"])
      name = own
      var events = stream.makeAsyncIterator()
      #expect(await events.next() == .listening)
    }
    let count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1"
    while try await pool.number(count, [.text(name)]) > 0 { try Task.checkCancellation() }
    await pool.close()
  }
}
