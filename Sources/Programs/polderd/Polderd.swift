import ArgumentParser
import Engine
import FoundationEssentials
import Lifecycle
import Logging
import ServiceLifecycle
import Services
import SlurmBridge
import Store
import UnixSignals
import Web

/// The daemon: puts the parts together and runs them until it is told to stop.
@main
struct Polderd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "polderd",
    abstract: "Allocates GPU nodes by budget, and keeps the books of what was used.",
    discussion: "Runs in the foreground, logs to standard error, ends on SIGTERM or SIGINT.")

  @Option(help: ArgumentHelp("What it needs to know of this machine.", valueName: "file"))
  var config = "/etc/polder/polderd.yaml"

  @Flag(help: "Log every step.")
  var verbose = false

  func run() async throws {
    LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
    var logger = Logger(label: "polderd")
    logger.logLevel = verbose ? .debug : .info
    let configuration = try read(config, logger)
    let store = try await open(configuration.database, logger)
    let leadership = try await lead(store, logger)
    let bridge = try BridgeClient(
      options: BridgeClient.Options(socketPath: configuration.bridge.socket), logger: logger)
    let conductor = Conductor(
      store: store, slurm: bridge,
      cycle: Cycle(
        planning: configuration.planning, lifecycle: configuration.lifecycle,
        exactTasks: configuration.promisedTasks),
      adoption: Adoption(policy: configuration.unknownJobs, accounts: SystemAccounts()),
      logger: logger)
    let front = Front(
      store: store, board: conductor, accounts: SystemAccounts(),
      roles: Roles(
        administrators: configuration.administrators, auditors: configuration.auditors,
        slurmUser: configuration.slurmUser),
      settings: Front.Settings(
        system: configuration.system, defaultPartition: configuration.defaultPartition,
        grace: configuration.lifecycle.grace, fourEyesAbove: configuration.fourEyesAbove,
        retention: configuration.retention),
      sealing: configuration.sealing?.sealing)
    let services: [any Service] = [
      LeadershipWatch(leadership: leadership, logger: logger), conductor,
      StoreWatch(store: store, conductor: conductor),
      RecordWatch(
        bridge: try BridgeClient(
          options: BridgeClient.Options(socketPath: configuration.bridge.socket), logger: logger),
        conductor: conductor),
      BooksWatch(
        store: store, administration: StoreAdministration(conninfo: configuration.database),
        system: configuration.system, logger: logger),
      ReadsWatch(store: store, logger: logger),
      RetentionKeeper(store: store, policy: configuration.retention, logger: logger),
      WebServer(front: front, socket: configuration.socket, logger: logger),
    ]
    let group = ServiceGroup(
      services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    try await group.run()
    await leadership.resign()
    await store.close()
  }

  private func read(_ file: String, _ logger: Logger) throws -> Configuration {
    let text: String
    do {
      text = try String(contentsOf: URL(filePath: file), encoding: .utf8)
    } catch {
      logger.critical("the configuration can't be read", metadata: ["file": "\(file)"])
      throw ExitCode(78)
    }
    do throws(ConfigurationError) {
      let configuration = try Configuration.read(text, from: file)
      // A certificate can run out while the rest goes on: that alone is no reason not to start.
      if let words = try configuration.sealing?.check() {
        logger.warning("reports can't be sealed", metadata: ["why": "\(words)"])
      }
      return configuration
    } catch {
      logger.critical("\(error.message)")
      throw ExitCode(78)
    }
  }

  /// Opens the store, and waits for Postgres as long as it takes.
  private func open(_ conninfo: String, _ logger: Logger) async throws -> PostgresStore {
    while true {
      do throws(StoreError) {
        return try await PostgresStore.open(conninfo: conninfo)
      } catch {
        switch error {
        case .unavailable(let why), .notAdmitted(let why):
          logger.warning("waiting for Postgres", metadata: ["why": "\(why)"])
        case .broken(let why), .unknown(let why):
          logger.critical("the database can't be used", metadata: ["why": "\(why)"])
          throw ExitCode(78)
        }
      }
      try await Task.sleep(for: .milliseconds(500))
    }
  }

  /// Waits until no other polderd leads.
  private func lead(_ store: PostgresStore, _ logger: Logger) async throws -> Leadership {
    var said = false
    while true {
      do throws(StoreError) {
        if let leadership = try await store.tryLead() { return leadership }
        if !said { logger.notice("another polderd leads; waiting for it to end") }
        said = true
      } catch {
        logger.warning("waiting for Postgres", metadata: ["why": "\(error)"])
      }
      try await Task.sleep(for: .milliseconds(500))
    }
  }
}
