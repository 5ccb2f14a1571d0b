// SPDX-License-Identifier: GPL-2.0-or-later
import BridgeProtocol
import FoundationEssentials
package import Logging
import LocalSocket
import Threads

/// The bridge's side of the socket: one thread a connection, only the daemon's account is heard.
package final class BridgeServer: Sendable {
  /// What the bridge needs to know.
  package struct Options: Sendable {
    /// Where it listens.
    package var socketPath: String
    /// The one account that is heard.
    package var allowedUserID: UInt32
    /// slurmctld's record of ended runs (JobCompLoc).
    package var recordPath: String

    package init(socketPath: String, allowedUserID: UInt32, recordPath: String) {
      self.socketPath = socketPath
      self.allowedUserID = allowedUserID
      self.recordPath = recordPath
    }
  }

  private let listener: LocalListener
  private let options: Options
  private let acts: BridgeActs
  private let logger: Logger

  /// Binds the socket and reads Slurm's configuration. Throws `LocalSocketError`; libslurm ends the
  /// process when there is no configuration.
  package init(options: Options, logger: Logger) throws {
    self.options = options
    self.logger = logger
    acts = BridgeActs(recordPath: options.recordPath, logger: logger)
    // The file's mode lets everyone connect; the peer's account decides who is heard.
    listener = try LocalListener(
      path: options.socketPath, mode: 0o666, maximumFrameBytes: BridgeFrame.maximumReplyBytes)
  }

  /// Serves until ``stop()``. Throws `LocalSocketError` when listening fails.
  package func run() throws {
    logger.info("listening", metadata: ["socket": "\(options.socketPath)"])
    while true {
      let connection: LocalConnection
      do {
        connection = try listener.accept()
      } catch LocalSocketError.closed {
        return
      }
      guard connection.peer.userID == options.allowedUserID else {
        logger.warning("a stranger is turned away", metadata: ["uid": "\(connection.peer.userID)"])
        connection.close()
        continue
      }
      try OwnThread.start(named: "bridge") { self.serve(connection) }
    }
  }

  /// Ends ``run()``, from any thread; an act under way is finished by its own thread.
  package func stop() { listener.close() }

  private func serve(_ connection: LocalConnection) {
    defer { connection.close() }
    while true {
      do {
        let json = try connection.readFrame(before: .never)
        guard json.count <= BridgeFrame.maximumRequestBytes else { return }
        let request = try BridgeFrame.decode(BridgeRequest.self, from: Data(json))
        let reply = BridgeReply(id: request.id, outcome: outcome(of: request))
        try connection.writeFrame(
          Array(try BridgeFrame.encode(reply)), before: .milliseconds(30_000))
        if request.version != BridgeRequest.version { return }
      } catch LocalSocketError.closed {
        return
      } catch let error as LocalSocketError {
        logger.warning("a connection ends", metadata: ["why": "\(error)"])
        return
      } catch {
        // Nothing that was sent is repeated in the log: it may hold a member's script.
        logger.error("a request is not of the protocol: the connection ends")
        return
      }
    }
  }

  private func outcome(of request: BridgeRequest) -> BridgeOutcome<BridgeAnswer> {
    guard request.version == BridgeRequest.version else {
      let message =
        "the bridge speaks version \(BridgeRequest.version), the daemon \(request.version): "
        + "run both from one release"
      return .refused(refusal: BridgeRefusal(code: 0, reason: .version, message: message))
    }
    let outcome = acts.perform(request.act)
    switch (request.act, outcome) {
    case _ where request.act.onlyLooks: break
    case (_, .accepted): logger.info("\(request.act.name)")
    case (_, .refused(let refusal)):
      logger.notice("\(request.act.name): refused", metadata: ["why": "\(refusal.message)"])
    case (_, .unavailable(let message)), (_, .unknown(let message)):
      logger.warning("\(request.act.name): not known to be done", metadata: ["why": "\(message)"])
    }
    return outcome
  }
}
