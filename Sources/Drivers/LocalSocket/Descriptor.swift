import CPosix
import Glibc
import Synchronization
import Threads

/// A file descriptor that is closed when its last owner is gone.
///
/// Closing while another thread waits on the number would let that thread wake on a stranger's
/// descriptor; so `shutdown` ends the talk at once, from any thread, and the number is given back
/// in deinit.
final class Descriptor: Sendable {
  let number: Int32
  private let isShut = Atomic(false)

  init(_ number: Int32) { self.number = number }

  /// A new blocking stream socket.
  static func socket() throws(LocalSocketError) -> Descriptor {
    let number = cposix_local_socket()
    guard number >= 0 else { throw .system(errno: -number, call: "socket") }
    return Descriptor(number)
  }

  deinit { cposix_close(number) }

  /// Wakes all that wait on it; they see the end of the stream.
  func shutdown() {
    isShut.store(true, ordering: .sequentiallyConsistent)
    _ = cposix_shutdown(number)
  }

  /// Whether `shutdown` was called here. A listener has to ask: once it is shut down, `poll` finds
  /// it ready and `accept` finds it empty, for ever.
  var isClosed: Bool { isShut.load(ordering: .sequentiallyConsistent) }
}

/// A path that fits into a socket's address.
struct SocketPath: Sendable {
  let text: String

  init(_ text: String) throws(LocalSocketError) {
    let maximum = cposix_local_path_maximum()
    guard text.utf8.count <= maximum else {
      throw .pathTooLong(path: text, bytes: text.utf8.count, maximumBytes: maximum)
    }
    self.text = text
  }

  /// Which file stands at the path now, or nil for none.
  func identity() throws(LocalSocketError) -> FileIdentity? {
    var found = FileIdentity(device: 0, inode: 0)
    var isSocket: Int32 = 0
    // The call writes the three results before it returns and keeps no pointer.
    let status = unsafe cposix_local_identity(text, &found.device, &found.inode, &isSocket)
    switch -status {
    case 0: return isSocket != 0 ? found : nil
    case ENOENT: return nil
    default: throw .system(errno: -status, call: "lstat")
    }
  }
}

/// Tells our socket from one that took its place.
struct FileIdentity: Sendable, Equatable {
  var device: UInt64
  var inode: UInt64
}

extension Descriptor {
  /// Returns when it is readable, hung up or in error; throws `timedOut` or `system`.
  func waitReadable(before deadline: Deadline) throws(LocalSocketError) {
    try wait(before: deadline, cposix_wait_readable)
  }

  /// Returns when it is writable, hung up or in error; throws `timedOut` or `system`.
  func waitWritable(before deadline: Deadline) throws(LocalSocketError) {
    try wait(before: deadline, cposix_wait_writable)
  }

  private func wait(
    before deadline: Deadline, _ poll: (Int32, Int32) -> Int32
  ) throws(LocalSocketError) {
    while true {
      let status = poll(number, deadline.pollMilliseconds)
      if status > 0 { return }
      if status == 0 { throw .timedOut }
      if status != -EINTR { throw .system(errno: -status, call: "poll") }
    }
  }
}
