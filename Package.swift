// swift-tools-version: 6.2
// Polder's floors, drawn by hand: a target may import only what stands above it in this file's
// section order (Core, Application, Adapters, Programs; Drivers beside Adapters). TidyTests hold it.
import PackageDescription

/// One list of settings for every Swift target: strict where the compiler can be strict.
let house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

func floor(_ folder: String, _ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/\(folder)/\(name)",
    exclude: name == "Store" ? ["SQL"] : [], swiftSettings: house)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, path: "Sources/Programs/\(name)", swiftSettings: house)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], besides: [String] = []
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, path: "Tests/\(name)", exclude: besides,
    swiftSettings: house)
}

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(
  name: "UnixSignals", package: "swift-service-lifecycle")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
  name: "polder",
  products: [
    .executable(name: "polderd", targets: ["polderd"]),
    .executable(name: "polder", targets: ["polder"]),
    .executable(name: "polder-bridge", targets: ["polder-bridge"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // Core: pure values.
    floor("Core", "Domain"),
    floor("Core", "Ledger", ["Domain"]),
    floor("Core", "Scheduling", ["Domain", "Ledger"]),
    floor("Core", "Lifecycle", ["Domain", "Ledger"]),
    floor("Core", "Reporting", ["Domain", "Ledger"]),
    floor("Core", "Engine", ["Domain", "Ledger", "Scheduling", "Lifecycle"]),

    // Application: use cases and the ports they need.
    floor("Application", "Wire"),
    floor("Application", "BridgeProtocol"),
    floor(
      "Application", "Services",
      [
        "Domain", "Ledger", "Scheduling", "Lifecycle", "Engine", "Reporting", "Wire",
        "BridgeProtocol", crypto, logging, lifecycle,
      ]),

    floor(
      "Application", "Simulation",
      ["Domain", "Ledger", "Scheduling", "Lifecycle", "Engine", crypto]),

    // Adapters: import ports and drivers, never each other.
    .target(name: "StoreSQL", path: "Sources/Adapters/StoreSQL"),
    floor(
      "Adapters", "Store",
      [
        "Domain", "Ledger", "Scheduling", "Lifecycle", "Engine", "Reporting", "Services",
        "Postgres",
        "StoreSQL",
      ]),
    floor(
      "Adapters", "SlurmBridge", ["BridgeProtocol", "LocalSocket", "Services", "Threads", logging]),
    floor(
      "Adapters", "SlurmControl",
      ["BridgeProtocol", "LocalSocket", "Threads", "CPosix", "CSlurm", logging]),
    floor(
      "Adapters", "Web",
      ["Services", "Wire", "LocalSocket", "Threads", hummingbird, nio, logging, lifecycle]),
    floor("Adapters", "Client", ["Wire", httpClient, nio, nioHTTP]),
    floor("Adapters", "Manifests", ["Domain", "Simulation", "Wire", yams]),
    floor("Adapters", "Documents", ["Domain", "Services", "Wire"]),
    floor("Adapters", "Seals", ["OpenSSL", "Services"]),

    // Drivers: know no word of the domain.
    .systemLibrary(
      name: "CLibpq", path: "Sources/Drivers/CLibpq", pkgConfig: "libpq",
      providers: [.apt(["libpq-dev"])]),
    .target(
      name: "CSlurm", path: "Sources/Drivers/CSlurm", linkerSettings: [.linkedLibrary("slurm")]),
    .systemLibrary(
      name: "CZlib", path: "Sources/Drivers/CZlib", pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CPosix", path: "Sources/Drivers/CPosix"),
    .target(
      name: "COpenSSL", path: "Sources/Drivers/COpenSSL",
      linkerSettings: [.linkedLibrary("crypto")]),
    floor("Drivers", "OpenSSL", ["COpenSSL"]),
    floor("Drivers", "Gzip", ["CZlib"]),
    floor("Drivers", "Threads", ["CPosix"]),
    floor("Drivers", "Postgres", ["CLibpq", "CPosix", "Threads"]),
    floor("Drivers", "LocalSocket", ["CPosix", "Threads"]),

    // Programs: composition roots.
    program(
      "polderd",
      [
        "BridgeProtocol", "Domain", "Ledger", "Lifecycle", "Scheduling", "Engine", "Services",
        "Store", "Documents", "Seals",
        "SlurmBridge", "Web", argumentParser, logging, lifecycle, unixSignals, yams,
      ]),
    program(
      "polder",
      [
        "Client", "Documents", "Domain", "Reporting", "Wire", "Manifests", "Services", "Simulation",
        "Store", "CPosix", "Gzip", "OpenSSL", argumentParser,
      ]),
    program("polder-bridge", ["SlurmControl", argumentParser, logging]),

    // Tests: the first seven need no server; the others fail without one.
    tests(
      "CoreTests", ["Domain", "Ledger", "Scheduling", "Lifecycle", "Reporting", "Engine"],
      besides: ["Tables"]),
    .target(name: "Seeds", path: "Tests/Seeds", swiftSettings: house),
    .target(
      name: "Doubles",
      dependencies: [
        "BridgeProtocol", "Domain", "Ledger", "Scheduling", "Lifecycle", "Engine", "Reporting",
        "Services",
      ], path: "Tests/Doubles", swiftSettings: house),
    tests(
      "ApplicationTests",
      [
        "Domain", "Ledger", "Scheduling", "Lifecycle", "Engine", "Wire", "BridgeProtocol",
        "Services", "Manifests", "LocalSocket", "Threads", "Doubles", "Seeds", logging,
      ]),
    tests("SimulationTests", ["Simulation", "Manifests", "Gzip"]),
    tests(
      "CommandTests",
      [
        "polder", "Client", "Documents", "Domain", "Manifests", "OpenSSL", "Reporting", "Seals",
        "Services", "Simulation", "Wire", argumentParser, nio, nioHTTP, nioPosix,
      ]),
    tests(
      "BridgeTests",
      ["BridgeProtocol", "SlurmBridge", "SlurmControl", "LocalSocket", "Threads", logging]),
    tests(
      "WebTests",
      [
        "Client", "Domain", "Doubles", "Ledger", "Services", "Web", "Wire", httpClient, lifecycle,
        logging, nio, nioHTTP,
      ]),
    // `make bench`: no product, and no test.
    .executableTarget(
      name: "polder-bench",
      dependencies: [
        "BridgeProtocol", "Domain", "Doubles", "Engine", "Ledger", "Lifecycle", "Reporting",
        "Scheduling", "Services", "Store", "Wire", logging,
      ],
      path: "Tests/Bench",
      exclude: [
        "full_begin.sql", "full_end.sql", "settled.sql", "settled_group.sql", "waiting.sql",
      ],
      swiftSettings: house),
    .executableTarget(
      name: "polder-planning-bench",
      dependencies: ["Domain", "Scheduling", "Engine", "Simulation", "Gzip"],
      path: "Tests/PlanningBench", swiftSettings: house),
    tests("TidyTests", []),
    tests("PostgresTests", ["Postgres", "LocalSocket"]),
    tests(
      "StoreTests",
      [
        "Doubles", "Domain", "Ledger", "Scheduling", "Lifecycle", "Engine", "Reporting", "Services",
        "Store", "Postgres", "Seeds", "Threads", "CPosix",
      ], besides: ["Stages"]),
    tests("JournalTests", ["Domain", "Ledger", "Reporting", "Seeds"]),
    tests("SiteTests", ["Wire", "Seeds"], besides: ["UnderFire/cut_answers.py"]),
  ]
)
