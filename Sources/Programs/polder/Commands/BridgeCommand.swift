import ArgumentParser
import Client
import Foundation
import Wire

struct BridgeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bridge",
    abstract: "Polder's side of Slurm, for administrators.",
    subcommands: [BridgeCheck.self])
}

struct BridgeCheck: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Where the description and Slurm differ, and what mends each difference.",
    discussion: """
      Nodes with their GPUs, shards and features, partitions, UNIX accounts of members, the grace, \
      and jobs that are not Polder's. Changes nothing without --fix. Ends with 1 if anything differs.

      --fix runs the command that mends a difference in Slurm, where there is one, and asks before \
      each. It runs as you, so that you want the right to: of root, SlurmUser or an operator of Slurm's.

      Examples:

        polder bridge check
        sudo polder bridge check --fix
      """)

  @Flag(help: "Run the commands that mend differences in Slurm; asks before each.")
  var fix = false

  @Flag(help: "With --fix: ask nothing.")
  var yes = false

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  func validate() throws {
    guard fix || !yes else { throw ValidationError("--yes goes with --fix") }
    guard !fix || yes || (Terminal.isInteractive && listing.format != .json) else {
      throw ValidationError("nobody can be asked here: --fix wants --yes")
    }
  }

  mutating func run() async throws {
    var drift = try await connection.client { client in try await client.drift() }
    if fix, try mend(drift) {
      // Polder looks at Slurm once a second at least: the next look but one has seen it.
      try await Task.sleep(for: .seconds(2))
      drift = try await connection.client { client in try await client.drift() }
    }
    if listing.format == .json {
      try printJSON(drift)
    } else {
      Self.lines(drift).forEach(Terminal.say)
    }
    guard drift.differences.isEmpty else {
      throw Failure(
        .jobFailed, "\(Text.count(drift.differences.count, "difference")) between Polder and Slurm")
    }
  }

  /// True if any command was run.
  private func mend(_ drift: DriftView) throws -> Bool {
    var ran = false
    for difference in drift.differences {
      guard let command = difference.command else { continue }
      let words = command.joined(separator: " ")
      guard yes || Terminal.agrees("\(difference.subject): \(difference.slurm). Run \(words)?")
      else { continue }
      Terminal.complain(words)
      let status = try Self.run(command)
      guard status == 0 else {
        throw Failure(
          .unavailable, "'\(words)' ended with \(status)",
          next: "run it as root, as SlurmUser, or as one whom Slurm counts as an operator")
      }
      ran = true
    }
    return ran
  }

  /// Its output is this command's errors: what is printed is the drift alone.
  private static func run(_ command: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.standardError
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  static func lines(_ drift: DriftView) -> [String] {
    guard !drift.differences.isEmpty else { return ["Polder and Slurm agree."] }
    var table = Table(["WHAT", "OF", "POLDER", "SLURM"])
    for difference in drift.differences {
      table.add(
        [
          .init(difference.kind), .init(difference.subject), .init(difference.polder),
          .init(difference.slurm),
        ], beneath: difference.mend)
    }
    return table.lines()
  }
}
