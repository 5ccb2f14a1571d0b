import BridgeProtocol
import Foundation
import LocalSocket
import Logging
import SlurmBridge
import Testing
import Threads

/// The daemon's side against bridges that behave and misbehave.
@Suite struct BridgeClientTests {
  /// A bridge that does `serve` with each connection, until closed.
  private final class FakeBridge: Sendable {
    let path = NSTemporaryDirectory() + "b-\(UUID().uuidString.prefix(8)).sock"
    let listener: LocalListener

    init(path: String? = nil, _ serve: @escaping @Sendable (LocalConnection) throws -> Void) throws
    {
      let listener = try LocalListener(path: path ?? self.path, mode: 0o600)
      self.listener = listener
      try OwnThread.start(named: "fake-bridge") {
        while let connection = try? listener.accept() {
          try? serve(connection)
          connection.close()
        }
      }
    }

    deinit { listener.close() }
  }

  private static func request(_ connection: LocalConnection) throws -> BridgeRequest {
    try BridgeFrame.decode(
      BridgeRequest.self, from: Data(connection.readFrame(before: .milliseconds(5000))))
  }

  private static func answer(
    _ connection: LocalConnection, _ id: Int, _ answer: BridgeAnswer
  ) throws {
    let reply = BridgeReply(id: id, outcome: .accepted(value: answer))
    try connection.writeFrame(
      Array(try BridgeFrame.encode(reply)), before: .milliseconds(5000))
  }

  private func client(_ path: String, deadline: Int64 = 5000) throws -> BridgeClient {
    var options = BridgeClient.Options(socketPath: path)
    options.deadlineMilliseconds = deadline
    return try BridgeClient(options: options, logger: Logger(label: "test"))
  }

  private let target = SlurmTarget(jobID: 1)

  @Test("without a bridge nothing was sent: unavailable")
  func nobodyListens() async throws {
    guard case .unavailable = try await client("/nonexistent/b.sock").cancel(target) else {
      Issue.record("not unavailable")
      return
    }
  }

  @Test("an act whose answer is lost may have happened, a look has not")
  func answersAreLost() async throws {
    let bridge = try FakeBridge { _ = try Self.request($0) }
    let client = try client(bridge.path)
    guard case .unknown = await client.cancel(target) else {
      Issue.record("a lost act is not unknown")
      return
    }
    guard case .unavailable = await client.jobs(since: nil) else {
      Issue.record("a lost look is not unavailable")
      return
    }
  }

  @Test("an act that is not answered in time may have happened")
  func deadlinesPass() async throws {
    let bridge = try FakeBridge { connection in
      _ = try Self.request(connection)
      _ = try? connection.readFrame(before: .milliseconds(5000))
    }
    guard case .unknown = try await client(bridge.path, deadline: 50).hold(target) else {
      Issue.record("not unknown")
      return
    }
  }

  @Test("a message that is not answered holds nothing up: the end follows")
  func messagesAreShort() async throws {
    let bridge = try FakeBridge { connection in
      let request = try Self.request(connection)
      if case .notify = request.act {
        _ = try? connection.readFrame(before: .milliseconds(60_000))
      } else {
        try Self.answer(connection, request.id, .done)
      }
    }
    var options = BridgeClient.Options(socketPath: bridge.path)
    options.deadlineMilliseconds = 60_000
    options.messageMilliseconds = 50
    let client = try BridgeClient(options: options, logger: Logger(label: "test"))
    guard case .unknown = await client.notify(target, text: "Polder ends job P1") else {
      Issue.record("not unknown")
      return
    }
    #expect(await client.cancel(target) == .accepted(value: Done()))
  }

  @Test("a bridge that was started again is found again within the same call")
  func bridgesComeBack() async throws {
    let serveOne: @Sendable (LocalConnection) throws -> Void = { connection in
      try Self.answer(connection, try Self.request(connection).id, .done)
    }
    let bridge = try FakeBridge(serveOne)
    let client = try client(bridge.path)
    for _ in 0..<3 {
      #expect(await client.cancel(target) == .accepted(value: Done()))
    }
  }

  @Test("an answer to something else is not taken for this one's")
  func answersMatch() async throws {
    let bridge = try FakeBridge { connection in
      let request = try Self.request(connection)
      try Self.answer(connection, request.id + 1, .done)
    }
    guard case .unknown = try await client(bridge.path).cancel(target) else {
      Issue.record("not unknown")
      return
    }
    let other = try FakeBridge { connection in
      let request = try Self.request(connection)
      let job = SubmittedJob(slurmJobID: 1, adopted: false)
      try Self.answer(connection, request.id, .submitted(job: job))
    }
    guard case .unknown = try await client(other.path).cancel(target) else {
      Issue.record("not unknown")
      return
    }
  }
}
