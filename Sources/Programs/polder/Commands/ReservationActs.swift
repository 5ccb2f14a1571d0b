import ArgumentParser
import Client
import Wire

struct ReservationCreate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Set nodes aside for a time; for administrators.",
    discussion: """
      No job is planned across that time on these nodes, but for jobs that name it (--reservation) of \
      those whom it is for. What is planned there is planned anew. Where runs may last beyond its \
      beginning it is refused and names them; with --ignore-jobs they run on into it.

      A maintenance is for nobody's jobs unless --projects or --users say so; it may lie over other \
      reservations. Of several projects and users both have to fit. The same again is no fault and \
      changes nothing; another of that name is refused. Each is a line of the audit log.

      Examples:

        polder reservation create m1 --nodes=gn[01-02] --maintenance \
      --from=2026-12-01T08:00Z --for=2:00:00
        polder reservation create course --nodes=gn03 --projects=cropwatch \
      --from=2026-12-01T08:00Z --until=2026-12-01T17:00Z
      """)

  @Argument(help: ArgumentHelp("Its name: letters, digits, '.', '-', '_'.", valueName: "name"))
  var name: String

  @Option(help: ArgumentHelp("Nodes: gn01 or gn[01-04,07].", valueName: "nodes"))
  var nodes: String

  @Option(
    help: ArgumentHelp(
      "When it begins, in the future: 2026-12-01T08:00Z.", valueName: "moment"))
  var from: String

  @Option(help: ArgumentHelp("When it ends.", valueName: "moment"))
  var until: String?

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp("How long, as of a job: minutes or HH:MM:SS.", valueName: "time"))
  var duration: String?

  @Flag(help: "For work on the nodes.")
  var maintenance = false

  @Option(
    name: [.customLong("projects"), .customLong("accounts")],
    help: ArgumentHelp("For jobs of these projects.", valueName: "a,b"))
  var projects: String?

  @Option(help: ArgumentHelp("For jobs of these UNIX accounts.", valueName: "a,b"))
  var users: String?

  @Flag(help: "Also where runs may last beyond its beginning: they run on into it.")
  var ignoreJobs = false

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func validate() throws {
    guard (until == nil) != (duration == nil) else {
      throw ValidationError("say until when or for how long: --until=MOMENT or --for=TIME")
    }
  }

  mutating func run() async throws {
    let wanted = ReservationRequest(
      name: name, nodes: [nodes], from: from, until: until, duration: duration,
      maintenance: maintenance, projects: Self.names(projects), users: Self.names(users),
      ignoreJobs: ignoreJobs)
    let view = try await connection.client { try await $0.reserve(wanted) }
    if listing.format == .json { return try printJSON(view) }
    Terminal.say(ReservationText.line(view, .current()))
  }

  private static func names(_ text: String?) -> [String] {
    text?.split(separator: ",").map(String.init) ?? []
  }
}

struct ReservationDelete: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Give nodes back that are set aside; for administrators.",
    discussion: """
      Slurm refuses it while jobs are in it. Jobs that wait for it say that it is gone. Each is a line \
      of the audit log.

      Example:

        polder reservation delete m1
      """)

  @Argument(
    help: ArgumentHelp("As `polder reservation list` names it.", valueName: "name"))
  var name: String

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let name = name
    let view = try await connection.client { try await $0.deleteReservation(name) }
    if listing.format == .json { return try printJSON(view) }
    Terminal.say(ReservationText.line(view, .current()))
  }
}

/// What was done about a reservation, in a sentence.
enum ReservationText {
  static func line(_ view: ReservationActView, _ clock: Clock) -> String {
    guard let nodes = view.nodes, let start = view.start, let end = view.end else {
      return "Reservation \(view.name) is \(view.act)."
    }
    let runs = view.runs ?? 0
    let rest =
      runs > 0
      ? "; \(Text.count(runs, "run")) may last into it and \(runs == 1 ? "runs" : "run") on" : ""
    return "Reservation \(view.name) \(view.act == "unchanged" ? "stands already" : "is created"): "
      + "\(Text.count(nodes.count, "node")) from \(clock.short(start)) until \(clock.short(end))"
      + rest + "."
  }
}
