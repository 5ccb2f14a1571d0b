import Testing

/// Imports go down only, and the core knows nothing of the world.
@Suite("floors")
struct FloorTests {
  /// What each module of the two upper floors may import; the standard library's own aside.
  private static let allowed: [String: Set<String>] = [
    "Domain": [],
    "Ledger": ["Domain"],
    "Scheduling": ["Domain", "Ledger"],
    "Lifecycle": ["Domain", "Ledger"],
    "Reporting": ["Domain", "Ledger"],
    "Engine": ["Domain", "Ledger", "Scheduling", "Lifecycle"],
    "Wire": [],
    "BridgeProtocol": ["FoundationEssentials"],
    "Simulation": core.union(["Crypto", "FoundationEssentials"]),
    "Services": core.union(application).union([
      "Crypto", "Logging", "ServiceLifecycle", "Synchronization",
    ]),
  ]

  private static let core: Set<String> = [
    "Domain", "Ledger", "Scheduling", "Lifecycle", "Reporting", "Engine",
  ]
  private static let application: Set<String> = ["Wire", "BridgeProtocol", "Services"]
  private static let drivers: Set<String> = [
    "CLibpq", "COpenSSL", "CPosix", "CSlurm", "CZlib", "Gzip", "LocalSocket", "OpenSSL", "Postgres",
    "Threads",
  ]
  /// What one adapter alone may import.
  private static let owned: [String: String] = [
    "CSlurm": "SlurmControl", "Postgres": "Store", "StoreSQL": "Store", "Hummingbird": "Web",
    "AsyncHTTPClient": "Client", "OpenSSL": "Seals", "Yams": "Manifests",
  ]

  private static func files(of floor: String) throws -> [SwiftFile] {
    try Repository.swiftFiles().filter { $0.path.hasPrefix("Sources/\(floor)/") }
  }

  @Test("core and application import what stands below them, and nothing else")
  func upperFloors() throws {
    for file in try Self.files(of: "Core") + Self.files(of: "Application") {
      let allowed = try #require(Self.allowed[file.parts[2]], "\(file.path): an unknown module")
      for (line, module) in file.imports where !allowed.contains(module) {
        Issue.record("\(file.path):\(line) imports \(module)")
      }
    }
  }

  @Test("adapters import no other adapter, and each driver has one that owns it")
  func adapters() throws {
    let files = try Self.files(of: "Adapters")
    let adapters = Set(files.map { $0.parts[2] })
    for file in files {
      for (line, module) in file.imports {
        let foreign = adapters.contains(module) && module != file.parts[2]
        let owner = Self.owned[module] ?? file.parts[2]
        if foreign || owner != file.parts[2] {
          Issue.record("\(file.path):\(line) imports \(module)")
        }
      }
    }
  }

  @Test("drivers know no word of the domain")
  func driversAlone() throws {
    let allowed = Self.drivers.union(["Glibc", "Synchronization"])
    for file in try Self.files(of: "Drivers") {
      for (line, module) in file.imports where !allowed.contains(module) {
        Issue.record("\(file.path):\(line) imports \(module)")
      }
    }
  }

  @Test("the core reads no clock, waits for nothing and throws no dice")
  func pureCore() throws {
    let banned = #/\b(async|await|Task|Clock|ContinuousClock|SuspendingClock|Date|Thread)\b/#
    let random = #/\brandom\w*\b|\bshuffled?\b|\bSystemRandomNumberGenerator\b/#
    for file in try Self.files(of: "Core") {
      for place in file.places(of: banned) + file.places(of: random) {
        Issue.record("\(place)")
      }
    }
  }

  @Test("no type is named like its module")
  func typesAndModules() throws {
    let declaration = #/\b(?:struct|class|enum|actor|protocol|typealias)\s+(\w+)/#
    for file in try Repository.swiftFiles() where file.parts[0] == "Sources" {
      for line in file.code {
        for match in line.matches(of: declaration) where String(match.1) == file.parts[2] {
          Issue.record("\(file.path): the type \(match.1)")
        }
      }
    }
  }
}
