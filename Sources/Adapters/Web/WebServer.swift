import Foundation
import Hummingbird
import HummingbirdCore
import LocalSocket
package import Logging
import NIOCore
import ServiceLifecycle
package import Services
import Threads

/// Serves the HTTP interface on a Unix socket that every account may connect to; what each may do
/// is decided by its peer credentials.
package struct WebServer: Service {
  private let front: Front
  private let socket: String
  private let logger: Logger

  /// - Parameter socket: a path of at most 107 bytes; its folder must exist.
  package init(front: Front, socket: String, logger: Logger) {
    self.front = front
    self.socket = socket
    self.logger = logger
  }

  /// Serves until the service group shuts down; then finishes what was begun.
  ///
  /// - Throws: ``WebError`` if the socket can't be served.
  package func run() async throws {
    try requireFree()
    let (socket, logger) = (socket, logger)
    let application = Application(
      router: Routes(front: front).router(),
      server: .http1(configuration: HTTP1Channel.Configuration(idleTimeout: .seconds(60))),
      configuration: ApplicationConfiguration(
        address: .unixDomainSocket(path: socket), serverName: "polderd"),
      onServerRunning: { _ in
        do {
          try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: socket)
        } catch {
          logger.error("the socket can't be opened to all", metadata: ["socket": "\(socket)"])
        }
      },
      logger: logger)
    try await application.run()
  }

  /// A socket that nobody serves any more is replaced when binding; one that is served is not.
  private func requireFree() throws(WebError) {
    do throws(LocalSocketError) {
      try LocalConnection.connect(to: socket, before: .milliseconds(1000)).close()
    } catch {
      switch error {
      case .nobodyListens: return
      case .pathTooLong: throw .socketUnusable(socket, "the path is longer than 107 bytes")
      case .timedOut: throw .alreadyServed(socket)
      default: throw .socketUnusable(socket, "\(error)")
      }
    }
    throw .alreadyServed(socket)
  }
}

/// Why the interface can't be served.
package enum WebError: Error, Hashable, Sendable {
  /// Another process answers on the socket.
  case alreadyServed(String)
  case socketUnusable(String, String)
}

extension WebError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .alreadyServed(let socket):
      "another polderd serves \(socket): stop that one first"
    case .socketUnusable(let socket, let why): "\(socket) can't be served: \(why)"
    }
  }
}
