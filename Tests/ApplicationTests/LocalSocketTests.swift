// Why: the daemon and its privileged helper meet over this socket; what it does when the other
// side is slow, gone or hostile decides whether either of them hangs.
import Foundation
import LocalSocket
import Testing
import Threads

/// A folder of its own for each test, removed with it.
private final class Folder: Sendable {
  let path: String

  init() throws {
    path = "/tmp/ls-" + String(UInt64.random(in: .min ... .max), radix: 36)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Runs blocking code on a thread of its own.
private func blocking<T: Sendable>(
  _ body: @escaping @Sendable () throws -> T
) async throws -> T {
  try await withCheckedThrowingContinuation { continuation in
    do {
      try OwnThread.start(named: "test") { continuation.resume(with: Result(catching: body)) }
    } catch {
      continuation.resume(throwing: error)
    }
  }
}

/// Generous: passes only when something is broken.
private var soon: Deadline { .milliseconds(20_000) }

/// A listener with one connection to it, both ends.
private struct Pair {
  let folder: Folder
  let listener: LocalListener
  let client: LocalConnection
  let server: LocalConnection

  init(maximumFrameBytes: Int = LocalConnection.defaultMaximumFrameBytes) throws {
    folder = try Folder()
    listener = try LocalListener(
      path: folder.file("s"), mode: 0o600, maximumFrameBytes: maximumFrameBytes)
    client = try LocalConnection.connect(to: folder.file("s"), before: soon)
    server = try listener.accept(before: soon)
  }
}

@Suite("a local socket", .timeLimit(.minutes(1)))
struct LocalSocketTests {
  @Test("carries frames of any length in both directions", arguments: [0, 1, 4, 70_000, 3 << 20])
  func framesRoundTrip(count: Int) async throws {
    let pair = try Pair()
    let sent = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let echo = Task {
      try await blocking {
        try pair.server.writeFrame(pair.server.readFrame(before: soon), before: soon)
      }
    }
    let received = try await blocking {
      try pair.client.writeFrame(sent, before: soon)
      return try pair.client.readFrame(before: soon)
    }
    try await echo.value
    #expect(received == sent)
  }

  @Test("keeps frames apart that arrive together")
  func framesStayApart() throws {
    let pair = try Pair()
    for byte in 0..<100 as Range<UInt8> { try pair.client.writeFrame([byte, byte], before: soon) }
    for byte in 0..<100 as Range<UInt8> {
      #expect(try pair.server.readFrame(before: soon) == [byte, byte])
    }
  }

  @Test("tells who is on the other side")
  func peerCredentials() throws {
    let pair = try Pair()
    #expect(pair.server.peer.processID == getpid())
    #expect(pair.server.peer.userID == geteuid())
    #expect(pair.server.peer.groupID == getegid())
    #expect(pair.client.peer == pair.server.peer)
  }

  @Test("a path over 107 bytes is refused by name and length, one of 107 is not")
  func pathLength() throws {
    let folder = try Folder()
    let longest =
      folder.path + "/" + String(repeating: "x", count: 107 - folder.path.utf8.count - 1)
    let listener = try LocalListener(path: longest, mode: 0o600)
    listener.close()
    let tooLong = longest + "x"
    let error = LocalSocketError.pathTooLong(path: tooLong, bytes: 108, maximumBytes: 107)
    #expect(throws: error) { try LocalListener(path: tooLong, mode: 0o600) }
    #expect(throws: error) { try LocalConnection.connect(to: tooLong, before: soon) }
  }

  @Test("a socket that a dead process left is replaced")
  func staleSocketIsReplaced() throws {
    let folder = try Folder()
    let path = folder.file("s")
    // A hard link keeps the dead socket's file when its listener removes its own path.
    do {
      let dead = try LocalListener(path: folder.file("other"), mode: 0o600)
      try FileManager.default.linkItem(atPath: folder.file("other"), toPath: path)
      dead.close()
    }
    let listener = try LocalListener(path: path, mode: 0o600)
    _ = try LocalConnection.connect(to: path, before: soon)
    _ = try listener.accept(before: soon)
  }

  @Test("a socket on which somebody answers is not taken over")
  func liveSocketIsKept() throws {
    let folder = try Folder()
    let path = folder.file("s")
    let first = try LocalListener(path: path, mode: 0o600)
    #expect(throws: LocalSocketError.pathInUse(path: path)) {
      try LocalListener(path: path, mode: 0o600)
    }
    _ = try LocalConnection.connect(to: path, before: soon)
    _ = try first.accept(before: soon)
  }

  @Test("a file that is not a socket is not removed")
  func otherFilesAreKept() throws {
    let folder = try Folder()
    let path = folder.file("other")
    #expect(FileManager.default.createFile(atPath: path, contents: nil))
    #expect(throws: LocalSocketError.pathInUse(path: path)) {
      try LocalListener(path: path, mode: 0o600)
    }
    #expect(FileManager.default.fileExists(atPath: path))
  }

  @Test("the path has the mode that was asked for, whatever the umask")
  func mode() throws {
    let folder = try Folder()
    let listener = try LocalListener(path: folder.file("s"), mode: 0o666)
    let attributes = try FileManager.default.attributesOfItem(atPath: listener.path)
    #expect(attributes[.posixPermissions] as? Int == 0o666)
  }

  @Test("close removes the path, but not one that another listener took since")
  func closeRemovesItsOwnPath() throws {
    let folder = try Folder()
    let path = folder.file("s")
    let first = try LocalListener(path: path, mode: 0o600)
    try FileManager.default.removeItem(atPath: path)
    let second = try LocalListener(path: path, mode: 0o600)
    first.close()
    #expect(FileManager.default.fileExists(atPath: path))
    second.close()
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("where nobody listens, connect says so")
  func nobodyListens() throws {
    let folder = try Folder()
    #expect(throws: LocalSocketError.nobodyListens(path: folder.file("s"))) {
      try LocalConnection.connect(to: folder.file("s"), before: soon)
    }
  }

  @Test("connect gives up at its deadline when the backlog stays full")
  func fullBacklog() async throws {
    let folder = try Folder()
    let listener = try LocalListener(path: folder.file("s"), mode: 0o600, backlog: 0)
    try await blocking {
      var held: [LocalConnection] = []
      #expect(throws: LocalSocketError.timedOut) {
        while held.count < 10 {
          held.append(try LocalConnection.connect(to: listener.path, before: .milliseconds(20)))
        }
      }
    }
  }

  @Test("a read that times out before a frame begins leaves the connection usable")
  func timeoutBetweenFrames() throws {
    let pair = try Pair()
    #expect(throws: LocalSocketError.timedOut) {
      try pair.server.readFrame(before: .milliseconds(5))
    }
    try pair.client.writeFrame([7], before: soon)
    #expect(try pair.server.readFrame(before: soon) == [7])
  }

  @Test("a write that times out in mid-frame closes the connection, and the reader sees no frame")
  func timeoutInMidFrame() throws {
    let pair = try Pair()
    let large = [UInt8](repeating: 1, count: 8 << 20)
    #expect(throws: LocalSocketError.timedOut) {
      try pair.client.writeFrame(large, before: .milliseconds(5))
    }
    #expect(throws: LocalSocketError.closed) { try pair.client.writeFrame([1], before: soon) }
    #expect(throws: LocalSocketError.closed) { try pair.server.readFrame(before: soon) }
  }

  @Test("accept gives up at its deadline")
  func acceptTimesOut() throws {
    let folder = try Folder()
    let listener = try LocalListener(path: folder.file("s"), mode: 0o600)
    #expect(throws: LocalSocketError.timedOut) { try listener.accept(before: .milliseconds(5)) }
  }

  @Test("a frame over the writer's maximum is refused before a byte of it is written")
  func tooLargeToWrite() throws {
    let pair = try Pair(maximumFrameBytes: 10)
    let error = LocalSocketError.tooLarge(bytes: 11, maximumBytes: 10)
    #expect(throws: error) {
      try pair.server.writeFrame([UInt8](repeating: 0, count: 11), before: soon)
    }
    try pair.server.writeFrame([9], before: soon)
    #expect(try pair.client.readFrame(before: soon) == [9])
  }

  @Test("a frame over the reader's maximum closes the connection")
  func tooLargeToRead() throws {
    let pair = try Pair(maximumFrameBytes: 10)
    try pair.client.writeFrame([UInt8](repeating: 0, count: 11), before: soon)
    #expect(throws: LocalSocketError.tooLarge(bytes: 11, maximumBytes: 10)) {
      try pair.server.readFrame(before: soon)
    }
    #expect(throws: LocalSocketError.closed) { try pair.client.readFrame(before: soon) }
  }

  @Test("writing to a side that has gone is an error and not a signal")
  func writeAfterPeerClosed() throws {
    let pair = try Pair()
    pair.server.close()
    #expect(throws: LocalSocketError.closed) { try pair.client.writeFrame([1], before: soon) }
    #expect(throws: LocalSocketError.closed) { try pair.client.readFrame(before: soon) }
  }

  @Test("close wakes a thread that reads and one that accepts")
  func closeWakes() async throws {
    let pair = try Pair()
    let reader = Task { try await blocking { try pair.server.readFrame(before: .never) } }
    let acceptor = Task { try await blocking { try pair.listener.accept() } }
    pair.server.close()
    pair.listener.close()
    await #expect(throws: LocalSocketError.closed) { try await reader.value }
    await #expect(throws: LocalSocketError.closed) { try await acceptor.value }
  }
}

@Suite("a thread executor", .timeLimit(.minutes(1)))
struct ThreadExecutorTests {
  private actor Log {
    private let thread: ThreadExecutor
    // The actor owns its executor, so the unowned reference lives as long as the actor.
    nonisolated var unownedExecutor: UnownedSerialExecutor {
      unsafe thread.asUnownedSerialExecutor()
    }
    private(set) var threads: Set<ObjectIdentifier> = []
    private(set) var count = 0

    init(_ thread: ThreadExecutor) { self.thread = thread }

    func add() {
      threads.insert(ObjectIdentifier(Thread.current))
      count += 1
    }
  }

  @Test("runs all jobs of its actor on one thread of its own")
  func oneThread() async throws {
    let log = Log(try ThreadExecutor(named: "log"))
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<1000 { group.addTask { await log.add() } }
    }
    #expect(await log.count == 1000)
    #expect(await log.threads.count == 1)
  }

  @Test("survives the end of its actor's life on its own thread")
  func actorEndsOnItsThread() async throws {
    for _ in 0..<200 {
      let log = Log(try ThreadExecutor(named: "short"))
      let last = Task { await log.add() }
      await last.value
    }
  }
}
