import Domain
import Ledger
import Lifecycle
import Scheduling
import Services
import Yams

/// What `polderd --config FILE` reads: where things are, and who may do what. The centre itself is
/// described by `polder apply`.
struct Configuration: Decodable {
  struct Bridge: Decodable {
    /// The Unix socket of `polder-bridge`.
    let socket: String
  }

  /// The Unix socket to serve, at most 107 bytes.
  let socket: String
  /// A libpq connection string.
  let database: String
  let bridge: Bridge
  /// UNIX accounts that may describe the centre and see everything.
  let administrators: [String]
  /// UNIX accounts that may read balances, ledgers and reports.
  let auditors: [String]
  /// The account slurmctld runs as: the only one, beside root, that may ask as the plugin.
  let slurmUser: String
  /// The system's name in reports.
  let system: String
  /// Taken where a request names no partition.
  let defaultPartition: String
  /// Acts by hand of more than this need another administrator's approval; nil for none.
  let fourEyesAbove: GPUTime?
  let planning: PlanningPolicy
  /// How many waiting tasks get exact nodes, and a promise: see docs/adr/0013-a-plan-has-two-tiers.md.
  let promisedTasks: Int
  let lifecycle: LifecyclePolicy
  /// What becomes of what runs in Slurm and was never Polder's.
  let unknownJobs: Adoption.Policy
  /// How long what is personal is kept.
  let retention: RetentionPolicy
  /// Nil where reports are not sealed.
  let sealing: SealingSettings?

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case socket, database, bridge, administrators, auditors, slurmUser, system, defaultPartition
    case planning, retention, graceSeconds, startTimeoutSeconds, absenceTimeoutSeconds, refunds
    case fourEyesAboveGPUHours, promisedTasks, unknownJobs, sealing
  }

  init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    socket = try keys.decode(String.self, forKey: .socket)
    database = try keys.decode(String.self, forKey: .database)
    bridge = try keys.decode(Bridge.self, forKey: .bridge)
    administrators = try keys.decode([String].self, forKey: .administrators)
    auditors = try keys.decodeIfPresent([String].self, forKey: .auditors) ?? []
    slurmUser = try keys.decodeIfPresent(String.self, forKey: .slurmUser) ?? "slurm"
    system = try keys.decodeIfPresent(String.self, forKey: .system) ?? "Groningen AI Factory"
    defaultPartition =
      try keys.decodeIfPresent(String.self, forKey: .defaultPartition) ?? "gpu"
    fourEyesAbove = try keys.decodeIfPresent(UInt32.self, forKey: .fourEyesAboveGPUHours)
      .map { GPUTime.hours(Int64($0)) }
    retention =
      try keys.decodeIfPresent(RetentionSettings.self, forKey: .retention)?.policy
      ?? RetentionPolicy()
    sealing = try keys.decodeIfPresent(SealingSettings.self, forKey: .sealing)
    planning = try Self.planning(keys)
    promisedTasks = Int(try keys.decodeIfPresent(UInt16.self, forKey: .promisedTasks) ?? 100)
    unknownJobs = try keys.decodeIfPresent(Adoption.Policy.self, forKey: .unknownJobs) ?? .list
    lifecycle = LifecyclePolicy(
      grace: try Self.seconds(keys, .graceSeconds, default: 60),
      startTimeout: try Self.seconds(keys, .startTimeoutSeconds, default: 30),
      absenceTimeout: try Self.seconds(keys, .absenceTimeoutSeconds, default: 60),
      refunds: try Self.refunds(keys))
  }

  /// Throws a description for a person if the file can't be read as a configuration.
  static func read(_ text: String, from file: String) throws(ConfigurationError) -> Configuration {
    do {
      return try YAMLDecoder().decode(Configuration.self, from: text)
    } catch {
      throw ConfigurationError(message: "\(file): \(Self.describe(error))")
    }
  }

  private static func describe(_ error: any Error) -> String {
    switch error as? DecodingError {
    case .keyNotFound(let key, _): "the key '\(key.stringValue)' is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .dataCorrupted(let context):
      "\(context.codingPath.map(\.stringValue).joined(separator: ".")): \(context.debugDescription)"
    default: "\(error)"
    }
  }

  private static func seconds(
    _ keys: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys, default standard: Int64
  ) throws -> Seconds {
    let count = try keys.decodeIfPresent(Int64.self, forKey: key) ?? standard
    guard (0...86_400).contains(count) else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: keys, debugDescription: "\(count) is not in 0 to 86400 seconds")
    }
    return Seconds(count)
  }

  /// What the charge of a run is given back for: `full` or `none` by reason.
  private static func refunds(
    _ keys: KeyedDecodingContainer<CodingKeys>
  ) throws -> Set<EntryReason> {
    let names: [String: EntryReason] = [
      "nodeFailure": .nodeFailure, "bootFailure": .bootFailure, "preemption": .preempted,
      "administratorCancel": .administratorCancel, "vanished": .vanished,
    ]
    var refunds = LifecyclePolicy.standardRefunds
    let chosen = try keys.decodeIfPresent([String: String].self, forKey: .refunds) ?? [:]
    for (name, part) in chosen.sorted(by: { $0.key < $1.key }) {
      guard let reason = names[name], ["full", "none"].contains(part) else {
        throw DecodingError.dataCorruptedError(
          forKey: .refunds, in: keys,
          debugDescription: "'\(name): \(part)': accepted are full and none for "
            + names.keys.sorted().joined(separator: ", "))
      }
      if part == "full" { refunds.insert(reason) } else { refunds.remove(reason) }
    }
    return refunds
  }

  private static func planning(
    _ keys: KeyedDecodingContainer<CodingKeys>
  ) throws -> PlanningPolicy {
    guard let name = try keys.decodeIfPresent(String.self, forKey: .planning) else {
      return .conservative
    }
    guard let policy = PlanningPolicy(rawValue: name) else {
      let known = PlanningPolicy.allCases.map(\.rawValue).joined(separator: ", ")
      throw DecodingError.dataCorruptedError(
        forKey: .planning, in: keys, debugDescription: "'\(name)' is none of \(known)")
    }
    return policy
  }
}

/// Why polderd can't be configured, for a person.
struct ConfigurationError: Error {
  let message: String
}
