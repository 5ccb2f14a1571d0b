import Foundation
import Glibc
import Hummingbird
import Logging
import NIOCore

/// What a request is answered with: the router's own, and the channel that knows who is there.
struct PeerContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  private let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }

  /// The user id of the process at the other end, as the kernel saw it when it connected.
  ///
  /// - Throws: ``PeerError`` on anything but a Unix socket.
  func peerUID() async throws -> UInt32 {
    guard let socket = channel as? any SocketOptionProvider else { throw PeerError.unknown }
    // The kernel fills a struct ucred of exactly the layout of Credentials, 12 bytes, into a value
    // that NIO owns for the length of the call and copies out.
    let credentials: Credentials = try await socket.unsafeGetSocketOption(
      level: Int(SOL_SOCKET), name: SO_PEERCRED
    ).get()
    // The kernel's word for "no such user": the socket is no Unix socket.
    guard credentials.uid != .max else { throw PeerError.unknown }
    return credentials.uid
  }

  /// A variable step of the path, decoded.
  func segment(_ name: String) throws -> String {
    let typed = try parameters.require(name)
    return typed.removingPercentEncoding ?? typed
  }

  /// The request's number, which the log has too; nil if nothing is logged.
  var requestNumber: String? { logger[metadataKey: "hb.request.id"].map { "\($0)" } }

  /// `struct ucred` of `<sys/socket.h>`, three 32-bit integers.
  private struct Credentials: Sendable {
    let pid: Int32
    let uid: UInt32
    let gid: UInt32
  }
}

/// Why nothing is known of the other end.
enum PeerError: Error {
  case unknown
}
