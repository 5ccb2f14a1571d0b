import Foundation
import NIOCore
package import Wire

/// Why a request brought no answer that can be used.
package enum ClientError: Error, Equatable, Sendable {
  /// Nothing listens at the socket: the request was not sent. Payload: socket, cause.
  case unreachable(String, String)
  /// The connection broke or fell silent after the request may have been sent: whether it was
  /// done is unknown. Payload: socket, cause.
  case lost(String, String)
  /// The daemon refused, with its reason.
  case refused(Problem)
  /// An answer that is not Polder's: client and daemon are of different versions.
  case unreadable(String)

  /// Sorts what the connection threw: only what fails while connecting is sure not to be sent.
  init(connecting error: any Error, socket: String) {
    if let problem = error as? IOError {
      switch problem.errnoCode {
      case ENOENT:
        self = .unreachable(socket, "there is no such socket")
        return
      case ECONNREFUSED:
        self = .unreachable(socket, "nothing listens there")
        return
      case EACCES, EPERM:
        self = .unreachable(socket, "this account may not open it")
        return
      case ENOTSOCK, ENOTDIR:
        self = .unreachable(socket, "it is not a socket")
        return
      default:
        break
      }
    }
    if error is SocketAddressError {
      self = .unreachable(socket, "the path is longer than the 107 bytes a socket may have")
      return
    }
    self = .lost(socket, "\(error)")
  }
}
