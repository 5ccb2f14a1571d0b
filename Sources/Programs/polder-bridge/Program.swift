// SPDX-License-Identifier: GPL-2.0-or-later
import ArgumentParser
import Dispatch
import Glibc
import Logging
import SlurmControl

/// The privileged helper: it alone links libslurm, runs as SlurmUser, and performs for the daemon
/// what the protocol names and nothing else.
@main
struct PolderBridge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "polder-bridge",
    abstract: "Performs the daemon's requests on Slurm. Runs as SlurmUser.")

  @Option(help: ArgumentHelp("Where to listen.", valueName: "path"))
  var socket: String

  @Option(help: ArgumentHelp("The account of the daemon, the only one that is heard."))
  var allowUid: UInt32

  @Option(help: ArgumentHelp("slurmctld's record of ended runs (JobCompLoc).", valueName: "path"))
  var jobcomp: String

  @Option(help: "trace, debug, info, notice, warning or error.")
  var logLevel: String = "info"

  func validate() throws {
    guard Logger.Level(rawValue: logLevel) != nil else {
      throw ValidationError("'\(logLevel)' is no log level")
    }
  }

  func run() throws {
    LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
    var logger = Logger(label: "polder-bridge")
    logger.logLevel = Logger.Level(rawValue: logLevel) ?? .info
    let server = try BridgeServer(
      options: BridgeServer.Options(
        socketPath: socket, allowedUserID: allowUid, recordPath: jobcomp),
      logger: logger)
    let stops = [SIGTERM, SIGINT].map { number in
      // The default would end the process before the source is asked.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { server.stop() }
      source.resume()
      return source
    }
    try server.run()
    for stop in stops { stop.cancel() }
    logger.info("stopped")
  }
}
