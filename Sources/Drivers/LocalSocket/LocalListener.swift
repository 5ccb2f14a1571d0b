import CPosix
import Glibc
package import Threads

/// A Unix-domain socket that waits for connections of processes on this machine.
///
/// ```swift
/// let listener = try LocalListener(path: "/run/x.sock", mode: 0o660)
/// try OwnThread.start(named: "accept") {
///   while let connection = try? listener.accept() { serve(connection) }
/// }
/// ```
/// `accept` blocks: call it on a thread of its own (`OwnThread`, or an actor on a
/// `ThreadExecutor`). `close` may be called from any thread and wakes it.
package final class LocalListener: Sendable {
  /// Where it listens.
  package let path: String
  private let socketPath: SocketPath
  private let descriptor: Descriptor
  private let identity: FileIdentity?
  private let maximumFrameBytes: Int

  /// Binds and listens. A socket that a dead process left at the path is replaced; one on which
  /// somebody answers is not, and neither is any other kind of file.
  ///
  /// Two processes that find the same dead socket at the same instant are not told apart: the
  /// later one wins. Start one server a path.
  ///
  /// - Parameters:
  ///   - path: at most 107 bytes.
  ///   - mode: access of the path; connecting needs write access.
  ///   - backlog: connections that may wait to be accepted.
  ///   - maximumFrameBytes: the limit that accepted connections get.
  package init(
    path: String, mode: UInt32, backlog: Int32 = 64,
    maximumFrameBytes: Int = LocalConnection.defaultMaximumFrameBytes
  ) throws(LocalSocketError) {
    self.path = path
    self.maximumFrameBytes = maximumFrameBytes
    socketPath = try SocketPath(path)
    var bound = try Descriptor.socket()
    // The path is zero-terminated by the bridge for the duration of the call.
    var status = unsafe cposix_local_listen(bound.number, path, mode, backlog)
    if status == -EADDRINUSE {
      try Self.removeDeadSocket(at: socketPath)
      bound = try Descriptor.socket()
      // As above.
      status = unsafe cposix_local_listen(bound.number, path, mode, backlog)
    }
    guard status != -EADDRINUSE else { throw .pathInUse(path: path) }
    guard status == 0 else { throw .system(errno: -status, call: "bind \(path)") }
    status = cposix_set_nonblocking(bound.number)
    guard status == 0 else { throw .system(errno: -status, call: "fcntl") }
    descriptor = bound
    identity = try socketPath.identity()
  }

  deinit { close() }

  /// The next connection. Throws `timedOut`, `closed` after `close`, or `system`.
  package func accept(
    before deadline: Deadline = .never
  ) throws(LocalSocketError) -> LocalConnection {
    while !descriptor.isClosed {
      let number = cposix_local_accept(descriptor.number)
      if number >= 0 {
        return try LocalConnection(Descriptor(number), maximumFrameBytes: maximumFrameBytes)
      }
      switch -number {
      case EINTR, ECONNABORTED: continue
      case EAGAIN: try descriptor.waitReadable(before: deadline)
      case EINVAL where descriptor.isClosed: throw .closed
      default: throw .system(errno: -number, call: "accept")
      }
    }
    throw .closed
  }

  /// Stops listening and removes the path, if it is still this listener's; idempotent.
  package func close() {
    descriptor.shutdown()
    guard let identity, (try? socketPath.identity()) == identity else { return }
    // The path is zero-terminated by the bridge for the duration of the call.
    unsafe cposix_unlink(path)
  }

  private static func removeDeadSocket(at path: SocketPath) throws(LocalSocketError) {
    guard try path.identity() != nil else { throw .pathInUse(path: path.text) }
    do {
      _ = try LocalConnection.connect(to: path.text, before: .milliseconds(1000))
    } catch {
      guard case .nobodyListens = error else { throw .pathInUse(path: path.text) }
      // The path is zero-terminated by the bridge for the duration of the call.
      unsafe cposix_unlink(path.text)
      return
    }
    throw .pathInUse(path: path.text)
  }
}
