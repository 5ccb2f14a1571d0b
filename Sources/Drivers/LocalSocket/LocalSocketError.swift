import Glibc

/// What can go wrong on a Unix-domain socket, told apart where a caller can react.
package enum LocalSocketError: Error, Sendable, Equatable {
  /// The path has more bytes than the kernel's address has room for; choose a shorter folder.
  case pathTooLong(path: String, bytes: Int, maximumBytes: Int)
  /// Somebody answers on the path, or what stands there is not a socket; nothing was removed.
  case pathInUse(path: String)
  /// Nobody listens on the path: the server is down, or not yet up.
  case nobodyListens(path: String)
  /// The other side has closed, or this side was closed; or an earlier call failed in mid-frame.
  case closed
  /// The deadline passed. In mid-frame the connection is closed, else it can be used again.
  case timedOut
  /// The frame is longer than the connection's maximum.
  case tooLarge(bytes: Int, maximumBytes: Int)
  /// Another failure of a system call.
  case system(errno: Int32, call: String)

  static func of(_ status: Int32, _ call: String) -> LocalSocketError {
    switch -status {
    case EPIPE, ECONNRESET: .closed
    default: .system(errno: -status, call: call)
    }
  }
}

extension LocalSocketError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .pathTooLong(let path, let bytes, let maximum):
      "the socket path \(path) has \(bytes) bytes, the system allows \(maximum): "
        + "choose a shorter folder"
    case .pathInUse(let path):
      "\(path) is in use: another process listens there, or it is not a socket"
    case .nobodyListens(let path): "nobody listens on \(path)"
    case .closed: "the connection is closed"
    case .timedOut: "the other side did not answer in time"
    case .tooLarge(let bytes, let maximum):
      "a frame of \(bytes) bytes is over the maximum of \(maximum)"
    case .system(let errno, let call): "\(call) failed with errno \(errno)"
    }
  }
}
