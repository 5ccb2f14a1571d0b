import ArgumentParser
import Client
import Wire

struct Status: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Whether Polder and what it stands on are well, and whether the books balance.",
    discussion: """
      Exit code 75 if a part is not well or the books do not balance.

      Example:

        polder status
      """)

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let health = try await connection.client { client in try await client.health() }
    let clock = Clock.current()
    if listing.format == .json {
      try printJSON(health)
    } else {
      var facts = LabelledLines()
      for part in health.parts {
        facts.add(part.name, part.detail, part.well ? .good : .bad)
      }
      facts.add(
        "books",
        health.booksBalance
          ? "balance: at a glance (`polder admin verify` sums everything)" : "DO NOT BALANCE",
        health.booksBalance ? .good : .bad)
      facts.add("open holds", "\(health.openHolds)")
      facts.add("jobs", "\(health.runningTasks) running, \(health.waitingTasks) waiting")
      if health.foreignNodes > 0 { facts.add("nodes", Self.foreign(health.foreignNodes), .waiting) }
      if let counts = health.transactions {
        facts.add("transactions", Self.transactions(counts))
      }
      facts.add("as of", clock.full(health.asOf))
      facts.lines().forEach(Terminal.say)
    }
    let unwell = health.parts.filter { !$0.well }.map(\.name)
    if !unwell.isEmpty {
      throw Failure(
        .unavailable, "not well: \(unwell.joined(separator: ", "))",
        next:
          "nothing that was accepted is lost; try again, and tell the administrators if it lasts")
    }
    if !health.booksBalance {
      throw Failure(
        .unavailable, "the books do not balance",
        next: "tell the administrators at once; the entries are kept as they are")
    }
  }

  /// Of them only what happened: `812 since the daemon began; 3 tried again since another was first`.
  static func transactions(_ counts: HealthView.Transactions) -> String {
    let besides = [
      (counts.serializationRetries, "tried again since another was first"),
      (counts.deadlockRetries, "tried again since two waited for each other"),
      (counts.timedOut, "given up since they took too long"),
      (counts.disconnected, "not done since their connection was lost"),
      (counts.unknown, "read back since COMMIT was not answered"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    return (["\(counts.committed) since the daemon began"] + besides).joined(separator: "; ")
  }

  static func foreign(_ nodes: Int) -> String {
    "\(Text.count(nodes, "node")) \(nodes == 1 ? "is" : "are") in use by jobs that are not "
      + "Polder's: polder bridge check"
  }
}

struct WhoAmI: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "whoami",
    abstract: "Who you are to Polder, and which projects you are a member of.",
    discussion: "Example:\n\n  polder whoami")

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let caller = try await connection.client { client in try await client.caller() }
    if listing.format == .json {
      try printJSON(caller)
      return
    }
    var facts = LabelledLines()
    facts.add("Account", caller.account, .strong)
    facts.add(
      "Role", caller.role == "none" ? "none: this account is not known to Polder" : caller.role)
    facts.add("Projects", Self.projects(caller))
    facts.lines().forEach(Terminal.say)
  }

  /// `longscan (PI), seals (viewer)`.
  static func projects(_ caller: CallerView) -> String {
    let words = caller.projects.map { project in
      project + (caller.roles[project].map { " (\($0))" } ?? "")
    }
    return words.isEmpty ? "none" : words.joined(separator: ", ")
  }
}

struct ExitCodes: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exit-codes",
    abstract: "What polder's exit codes mean.",
    discussion: """
      \(lines(width: 78).joined(separator: "\n"))

      Example:

        polder job wait P12; [ $? = 75 ] && echo "try again later"
      """)

  mutating func run() throws { Self.lines(width: Terminal.columns).forEach(Terminal.say) }

  /// Each number with what it means, under each other.
  static func lines(width: Int) -> [String] {
    ExitStatus.allCases.flatMap { status in
      Text.wrapped(status.meaning, width: width - 4).enumerated().map { index, piece in
        let number = index == 0 ? "\(status.rawValue)" : ""
        return number + String(repeating: " ", count: 4 - number.count) + piece
      }
    }
  }
}
