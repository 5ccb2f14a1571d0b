import ArgumentParser
import Client
import Wire

struct ReservationCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reservation",
    abstract: "Nodes that Slurm sets aside: no job is planned across that time.",
    subcommands: [ReservationList.self, ReservationCreate.self, ReservationDelete.self])
}

struct ReservationList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Maintenances and other reservations that have not ended.",
    discussion: """
      Those that administrators make with `polder reservation create`, and those of scontrol.

      Example:

        polder reservation list
      """)

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let reservations = try await connection.client { try await $0.reservations() }
    if listing.format == .json {
      try printJSON(reservations)
      return
    }
    guard !reservations.isEmpty else { return Terminal.say("Nothing is set aside.") }
    let clock = Clock.current()
    var table = Table(["RESERVATION", "PURPOSE", "FROM", "UNTIL", "NODES"])
    for reservation in reservations {
      table.add([
        .init(reservation.name ?? "–"), .init(reservation.purpose),
        .init(clock.short(reservation.start)), .init(clock.short(reservation.end)),
        .init(nodes(reservation.nodes)),
      ])
    }
    table.lines().forEach(Terminal.say)
  }

  private func nodes(_ names: [String]) -> String {
    let most = 4
    return names.prefix(most).joined(separator: ",")
      + (names.count > most ? " and \(names.count - most) more" : "")
  }
}
