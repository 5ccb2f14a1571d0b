import Domain

/// What was told to the audit log a moment ago, so that following one job (`polder job wait` looks
/// every second) is one line and not one for each look.
package actor RecentReads {
  /// So long one line stands for all looks at the same thing by the same subject.
  static let span = Seconds.minutes(10)
  private static let most = 10_000

  private struct Read: Hashable {
    let actor: String
    let action: String
    let object: String

    init(_ line: AuditLine) {
      actor = line.actor
      action = line.action.rawValue
      object = line.object
    }
  }

  private var told: [Read: Instant] = [:]

  package init() {}

  /// True if a line of this read was written within ``span`` before.
  func covers(_ line: AuditLine, now: Instant) -> Bool {
    guard let last = told[Read(line)] else { return false }
    return last <= now && now < last + Self.span
  }

  /// Remembers that a line was written.
  func wrote(_ line: AuditLine, now: Instant) {
    if told.count >= Self.most {
      told = told.filter { now < $0.value + Self.span }
      if told.count >= Self.most { told.removeAll() }
    }
    told[Read(line)] = now
  }
}
