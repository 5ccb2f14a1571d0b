import CPosix
import Glibc
import Synchronization
package import Threads

/// The process on the other side, as the kernel saw it when the connection was made.
package struct PeerCredentials: Sendable, Equatable {
  /// Process id in this process's pid namespace; 0 when it is not visible there.
  package let processID: Int32
  /// Effective user id.
  package let userID: UInt32
  /// Effective group id.
  package let groupID: UInt32
}

/// One connection over a Unix-domain socket that carries frames: a length of 4 bytes, big-endian,
/// and that many bytes.
///
/// All calls block until their deadline: make them on a thread of their own. One thread may read
/// while another writes; two that read (or write) at once are a programmer error, which traps.
/// `close` may be called from any thread and wakes both. A call that fails in mid-frame closes
/// the connection, for the two sides no longer agree on where the next frame begins.
package final class LocalConnection: Sendable {
  /// 16 MiB.
  package static let defaultMaximumFrameBytes = 16 << 20

  /// Who is on the other side.
  package let peer: PeerCredentials
  private let descriptor: Descriptor
  private let maximumFrameBytes: Int
  private let reading = Mutex(())
  private let writing = Mutex(())

  /// Takes the connected, non-blocking `descriptor` over.
  init(_ descriptor: Descriptor, maximumFrameBytes: Int) throws(LocalSocketError) {
    precondition(maximumFrameBytes >= 0 && maximumFrameBytes <= Int(UInt32.max))
    self.descriptor = descriptor
    self.maximumFrameBytes = maximumFrameBytes
    var (process, user, group): (Int32, UInt32, UInt32) = (0, 0, 0)
    // The call writes the three results before it returns and keeps no pointer.
    let status = unsafe cposix_local_peer(descriptor.number, &process, &user, &group)
    guard status == 0 else { throw .system(errno: -status, call: "getsockopt") }
    peer = PeerCredentials(processID: process, userID: user, groupID: group)
  }

  /// Connects to the listener at `path`. Throws `nobodyListens`, `timedOut` when its backlog stays
  /// full, `pathTooLong` or `system` (EACCES: no write access to the path).
  package static func connect(
    to path: String, before deadline: Deadline,
    maximumFrameBytes: Int = LocalConnection.defaultMaximumFrameBytes
  ) throws(LocalSocketError) -> LocalConnection {
    let path = try SocketPath(path)
    let descriptor = try Descriptor.socket()
    var status: Int32
    repeat {
      let left = deadline.remainingMilliseconds ?? -1
      // The path is zero-terminated by the bridge for the duration of the call.
      status = unsafe cposix_local_connect(descriptor.number, path.text, left)
    } while status == -EINTR
    switch -status {
    case 0: break
    case EAGAIN: throw .timedOut
    case ENOENT, ECONNREFUSED: throw .nobodyListens(path: path.text)
    default: throw .system(errno: -status, call: "connect \(path.text)")
    }
    status = cposix_set_nonblocking(descriptor.number)
    guard status == 0 else { throw .system(errno: -status, call: "fcntl") }
    return try LocalConnection(descriptor, maximumFrameBytes: maximumFrameBytes)
  }

  /// The next frame. Throws `closed`, `timedOut`, `tooLarge` (which closes) or `system`.
  package func readFrame(before deadline: Deadline) throws(LocalSocketError) -> [UInt8] {
    let outcome = reading.withLockIfAvailable { _ in
      Result { () throws(LocalSocketError) in try nextFrame(before: deadline) }
    }
    guard let outcome else { preconditionFailure("two threads read one connection") }
    return try outcome.get()
  }

  /// Writes one frame. Throws `closed`, `timedOut`, `tooLarge` (nothing was written) or `system`;
  /// after any but `tooLarge` and a `timedOut` before its first byte the connection is closed.
  package func writeFrame(
    _ bytes: [UInt8], before deadline: Deadline
  ) throws(LocalSocketError) {
    guard bytes.count <= maximumFrameBytes else {
      throw .tooLarge(bytes: bytes.count, maximumBytes: maximumFrameBytes)
    }
    var frame: [UInt8] = []
    frame.reserveCapacity(4 + bytes.count)
    let length = UInt32(bytes.count)
    for shift in [24, 16, 8, 0] as [UInt32] {
      frame.append(UInt8(truncatingIfNeeded: length >> shift))
    }
    frame.append(contentsOf: bytes)
    let outcome = writing.withLockIfAvailable { _ in
      Result { () throws(LocalSocketError) in try send(frame, before: deadline) }
    }
    guard let outcome else { preconditionFailure("two threads write one connection") }
    try outcome.get()
  }

  /// Ends the talk in both directions; the other side sees the end of the stream. Idempotent, from
  /// any thread. The descriptor is given back with the last reference.
  package func close() { descriptor.shutdown() }

  private func nextFrame(before deadline: Deadline) throws(LocalSocketError) -> [UInt8] {
    let header = try receive(count: 4, isFrameBegun: false, before: deadline)
    let count = header.reduce(0) { $0 << 8 | Int($1) }
    guard count <= maximumFrameBytes else {
      close()
      throw .tooLarge(bytes: count, maximumBytes: maximumFrameBytes)
    }
    return try receive(count: count, isFrameBegun: true, before: deadline)
  }

  /// Exactly `count` bytes.
  private func receive(
    count: Int, isFrameBegun: Bool, before deadline: Deadline
  ) throws(LocalSocketError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let received = unsafe bytes.withUnsafeMutableBytes { buffer in
        // The free part of `bytes`: count - filled > 0 bytes, owned by the array during the call.
        unsafe cposix_receive(
          descriptor.number, buffer.baseAddress?.advanced(by: filled), count - filled)
      }
      if received > 0 {
        filled += Int(received)
      } else if received == -Int64(EAGAIN) {
        try waiting(isFrameBegun: isFrameBegun || filled > 0) { () throws(LocalSocketError) in
          try descriptor.waitReadable(before: deadline)
        }
      } else if received != -Int64(EINTR) {
        close()
        throw received == 0 ? .closed : .of(Int32(received), "recv")
      }
    }
    return bytes
  }

  private func send(_ frame: [UInt8], before deadline: Deadline) throws(LocalSocketError) {
    var sentBytes = 0
    while sentBytes < frame.count {
      let sent = unsafe frame.withUnsafeBytes { buffer in
        // The rest of `frame`: count - sentBytes > 0 bytes, owned by the array during the call.
        unsafe cposix_send(
          descriptor.number, buffer.baseAddress?.advanced(by: sentBytes), frame.count - sentBytes)
      }
      if sent >= 0 {
        sentBytes += Int(sent)
      } else if sent == -Int64(EAGAIN) {
        try waiting(isFrameBegun: sentBytes > 0) { () throws(LocalSocketError) in
          try descriptor.waitWritable(before: deadline)
        }
      } else if sent != -Int64(EINTR) {
        close()
        throw .of(Int32(sent), "send")
      }
    }
  }

  /// Waits, and closes the connection when that fails within a frame.
  private func waiting(
    isFrameBegun: Bool, _ wait: () throws(LocalSocketError) -> Void
  ) throws(LocalSocketError) {
    do {
      try wait()
    } catch {
      if isFrameBegun { close() }
      throw error
    }
  }
}
