import ArgumentParser
import Client
import Domain
import Foundation
import Manifests
import Wire

struct Apply: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Describe the centre: apply YAML files, after showing the difference.",
    discussion: """
      For administrators. The files say how the centre shall be: funders, programmes, nodes, \
      partitions with their rates, organisations, members, projects, allocations. What is already \
      so stays untouched, and what the files do not name is left alone. If anything in them is \
      refused, nothing at all is applied.

      ${today} in a file stands for the day in UTC, and ${today + 30d} for one 30 days later; other \
      names are given with --var.

      On a terminal it asks before it writes. Without one, and with --format json, it writes at once, \
      but for what nothing undoes: where an allocation would end it wants --yes, and ends with 64 \
      without.

      Examples:

        polder apply -f config/example --dry-run
        polder apply -f config/example --var soon=2026-12-24
        cat caps.yaml | polder apply -f - --dry-run
      """)

  @Option(
    name: [.short, .long], parsing: .upToNextOption,
    help: ArgumentHelp(
      "Files, or folders with all *.yaml below them; - is the standard input.", valueName: "path"))
  var file: [String]

  @Flag(help: "Show the difference and stop.")
  var dryRun = false

  @Option(
    name: .customLong("var"),
    help: ArgumentHelp("What ${NAME} stands for.", valueName: "NAME=VALUE"))
  var variables: [String] = []

  @Flag(
    help: "Do not ask. Wanted without a terminal where rights end, which nothing undoes.")
  var yes = false

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let objects = try read()
    let (dryRun, yes, isJSON) = (dryRun, yes, listing.format == .json)
    try await connection.client { client in
      let difference = try await client.apply(
        ApplyRequest(objects: objects, dryRun: true, thenApply: !dryRun))
      try Self.refuse(difference, isJSON)
      let text = DifferenceText(difference)
      if !isJSON { text.lines.forEach(Terminal.say) }
      guard !dryRun, !difference.changes.isEmpty else {
        if isJSON { try printJSON(difference) }
        return
      }
      if !yes {
        try Self.refuseUnasked(difference, canAsk: Terminal.isInteractive && !isJSON)
      }
      if !yes, !isJSON, Terminal.isInteractive, !Terminal.agrees("Apply \(text.summary)?") {
        Terminal.say("Nothing was applied.")
        return
      }
      let result = try await client.apply(ApplyRequest(objects: objects, dryRun: false))
      try Self.refuse(result, isJSON)
      if isJSON { try printJSON(result) } else { Terminal.say("Applied: \(text.done).") }
    }
  }

  private func read() throws -> [DescribedObject] {
    var values: [String: String] = [:]
    for variable in variables {
      let parts = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw Failure(.usage, "--var \(variable): write it as NAME=VALUE")
      }
      values[String(parts[0])] = String(parts[1])
    }
    let today = CivilDate(Instant(milliseconds: Clock.current().now))
    let reader = ManifestReader(variables: values, today: today)
    switch reader.read(paths: file, input: try standardInput()) {
    case .success(let objects): return objects
    case .failure(let errors):
      if listing.format == .json {
        try printJSON(
          ApplyResult(
            changes: [], unchanged: 0, notDescribed: [], refusals: errors.places, applied: false))
      }
      throw Self.refusal(errors.places)
    }
  }

  /// All of the standard input if a path is `-`.
  private func standardInput() throws -> String? {
    file.contains(ManifestReader.inputPath) ? try ScriptFile.read(ManifestReader.inputPath) : nil
  }

  /// What can't be undone is said twice: on a terminal, which a program that reads JSON is not, or
  /// by `--yes`.
  static func refuseUnasked(_ difference: ApplyResult, canAsk: Bool) throws(Failure) {
    guard !canAsk, !difference.irrevocable.isEmpty else { return }
    throw Failure(
      .usage,
      "nothing was applied: this can't be undone, and nobody can be asked here: "
        + difference.irrevocable.joined(separator: "; "),
      next: "look at it with --dry-run, and say so with --yes")
  }

  /// The refusals are told to people, and as JSON to who asked for that.
  private static func refuse(_ result: ApplyResult, _ isJSON: Bool) throws {
    guard !result.refusals.isEmpty else { return }
    if isJSON { try printJSON(result) }
    throw refusal(result.refusals)
  }

  private static func refusal(_ places: [Problem.Place]) -> Failure {
    // A place without a line is a file that can't be read: nothing was described yet.
    if places.allSatisfy({ $0.line == 0 }) {
      return Failure(
        Problem(
          title: "nothing was read, and nothing was applied", status: 422, code: "invalid",
          detail: "", nextStep: "name files or folders that are there, with -f", places: places))
    }
    let count = places.count == 1 ? "1 error" : "\(places.count) errors"
    return Failure(
      Problem(
        title: "\(count) in the description; nothing was applied", status: 422, code: "invalid",
        detail: "", nextStep: "correct the lines above", places: places
      ))
  }
}
