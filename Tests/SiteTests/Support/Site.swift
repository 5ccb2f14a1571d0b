import Foundation
import Wire

/// The site in which this process runs, and its people's commands.
struct Site: Sendable {
  /// S, the folder of its state.
  let folder: String

  /// What a test can start, stop and kill.
  enum Service: String, CaseIterable {
    case postgres, slurmctld
    case bridge = "polder-bridge"
    case daemon = "polderd"
  }

  /// Runs a command in the account's home, or in `at`; as root unless an account is named.
  func run(
    _ words: [String], as account: String = "root", at: String? = nil,
    with more: [String: String] = [:], deadlineSeconds: Int = 60
  ) async throws -> Output {
    let home = account == "root" ? "/" : "\(folder)/home/\(account)"
    var environment = [
      "POLDER_SITE": folder, "POLDER_SOCKET": "\(folder)/run/polderd.sock",
      "SLURM_CONF": "\(folder)/etc/slurm/slurm.conf", "TZ": "UTC", "HOME": home,
      "USER": account, "LOGNAME": account, "SHELL": "/bin/bash", "LANG": "C.UTF-8",
      "PATH": "\(folder)/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    ]
    environment.merge(more) { _, new in new }
    let identity =
      account == "root"
      ? [] : ["setpriv", "--reuid", account, "--regid", account, "--init-groups"]
    return try await Command.run(
      identity + words, environment: environment, folder: at ?? home,
      deadlineSeconds: deadlineSeconds)
  }

  /// Runs a command that prints JSON.
  func read<Value: Decodable>(
    _ type: Value.Type, _ words: [String], as account: String = "beheer"
  ) async throws -> Value {
    let text = try await run(words + ["--format=json"], as: account).orThrow()
    return try JSONDecoder().decode(type, from: Data(text.utf8))
  }
}

// MARK: Services

extension Site {
  func start(_ service: Service) async throws {
    _ = try await run(["site", "start", service.rawValue]).orThrow()
  }

  func stop(_ service: Service) async throws {
    _ = try await run(["site", "stop", service.rawValue]).orThrow()
  }

  /// `kill -9`, with its children. Daemon and bridge are started again 200 ms later.
  func kill(_ service: Service) async throws {
    _ = try await run(["site", "kill", service.rawValue]).orThrow()
  }

  /// Kills a service, does something, and has it back, whatever became of that.
  func without(_ service: Service, _ act: () async throws -> Void) async throws {
    try await kill(service)
    // What is started again by itself is kept down.
    try await stop(service)
    do {
      try await act()
    } catch {
      try await start(service)
      throw error
    }
    try await start(service)
  }
}

// MARK: Once per run

struct NoSite: Error, CustomStringConvertible {
  let description: String
}

extension Site {
  /// The site with all services up and `config/example` applied.
  static func ready() async throws -> Site {
    let site = try await preparation.value.site
    // A test that failed may have left something down.
    if try await site.run(["polder", "status"], as: "beheer").status != 0 {
      for service in Service.allCases { try await site.start(service) }
    }
    return site
  }

  /// A job that will come to its limit of a minute: begun before all tests, since that takes a
  /// minute and more, so that it lives through all that they do.
  static func limited() async throws -> (desk: Desk, job: Accepted) {
    _ = try await ready()
    return try await preparation.value.limited
  }

  /// The same, with no job in it.
  static func described() async throws -> Site { try await description.value }

  private static let description = Task {
    guard let folder = ProcessInfo.processInfo.environment["POLDER_SITE"] else {
      throw NoSite(
        description: "POLDER_SITE is not set: these tests run inside a site. Run `make test`, or "
          + "`deploy/site/site up` and `deploy/site/site exec swift test --filter SiteTests`")
    }
    let site = Site(folder: folder)
    for service in Service.allCases { try await site.start(service) }
    try await site.describeCentre()
    return site
  }

  private static let preparation = Task {
    let site = try await described()
    let desk = try await Desk(site, "jelle", "cyber")
    let limited = try await desk.submit(
      Work(
        name: "limited", seconds: 600, options: ["--gpus-per-node=1", "--time=1"],
        ends: "timed-out"))
    try await desk.wait(for: limited, toHave: \.isRunning)
    return (site: site, limited: (desk: desk, job: limited))
  }

  private func describeCentre() async throws {
    let checkout = #filePath.components(separatedBy: "/Tests/SiteTests/")[0]
    _ = try await run(["polder", "apply", "--yes", "-f", "\(checkout)/config/example"]).orThrow()
  }
}
