import ArgumentParser
import Client
import Wire

struct PartitionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "partition",
    abstract: "The machine's partitions, and whether they take and start jobs.",
    subcommands: [
      PartitionList.self, PartitionDrain.self, PartitionDown.self, PartitionInactive.self,
      PartitionUp.self,
    ])
}

struct PartitionDrain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drain",
    abstract: "Let partitions run empty; for administrators.",
    discussion: """
      What runs there runs on, and what stands in Slurm already (by sbatch) starts; sbatch is refused \
      there, and what was submitted with `polder job submit` waits until the partition is up. Slurm \
      keeps the state until it is changed; `scontrol reconfigure` sets it to that of slurm.conf, unless \
      ReconfigFlags=KeepPartState. Each is a line of the audit log.

      Example:

        polder partition drain gpu
      """)

  @OptionGroup var act: PartitionActs

  mutating func run() async throws { try await act.perform("drain") }
}

struct PartitionDown: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "down",
    abstract: "Start nothing more in partitions; for administrators.",
    discussion: """
      What runs there runs on. Jobs are taken, by sbatch too, and wait until the partition is up.

      Example:

        polder partition down gpu whole
      """)

  @OptionGroup var act: PartitionActs

  mutating func run() async throws { try await act.perform("down") }
}

struct PartitionInactive: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inactive",
    abstract: "Start nothing more in partitions, and have sbatch refused; for administrators.",
    discussion: """
      What runs there runs on. What was submitted with `polder job submit` waits until the partition \
      is up.

      Example:

        polder partition inactive gpu
      """)

  @OptionGroup var act: PartitionActs

  mutating func run() async throws { try await act.perform("inactive") }
}

struct PartitionUp: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up",
    abstract: "Take and start jobs in partitions again; for administrators.",
    discussion: "Example:\n\n  polder partition up gpu whole")

  @OptionGroup var act: PartitionActs

  mutating func run() async throws { try await act.perform("up") }
}

/// What all that set a partition's state take.
struct PartitionActs: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Partitions, as `polder partition list` names them.", valueName: "partition"))
  var partitions: [String]

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  /// One after the other; the first that fails ends it, when what came before has been told.
  func perform(_ state: String) async throws {
    var done: [PartitionActView] = []
    for partition in partitions {
      let view = try await connection.client { client in
        try await client.setPartition(partition, to: state)
      }
      done.append(view)
      if listing.format != .json { Terminal.say(Self.line(view)) }
    }
    if listing.format == .json { try printJSON(done) }
  }

  static func line(_ view: PartitionActView) -> String {
    let rest =
      view.state != "up" && view.runs > 0
      ? "; \(Text.count(view.runs, "run")) in it \(view.runs == 1 ? "runs" : "run") on" : ""
    return "Partition \(view.partition) is \(words(view.state))\(rest)."
  }

  private static func words(_ state: String) -> String {
    switch state {
    case "drain": "draining"
    default: state
    }
  }
}

struct PartitionList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Partitions, their state in Slurm, and the largest job that each takes.",
    discussion: """
      up takes and starts jobs; down takes them and starts none; drain takes none and starts what \
      stands in Slurm; inactive does neither.

      Example:

        polder partition list
      """)

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let partitions = try await connection.client { client in try await client.partitions() }
    if listing.format == .json {
      try printJSON(partitions)
      return
    }
    Self.table(partitions).lines().forEach(Terminal.say)
  }

  static func table(_ partitions: [PartitionView]) -> Table {
    var table = Table(
      ["PARTITION", "STATE", ">NODES", ">LARGEST JOB", ">LONGEST", ">RUNS", "NODES ARE"])
    for partition in partitions {
      table.add([
        .init(partition.name + (partition.isDefault ? "*" : "")),
        .init(partition.state, .of(state: partition.state)), .init("\(partition.nodes)"),
        .init(Text.count(partition.maximumNodes, "node")),
        .init(Clock.limit(partition.maximumTimeLimitSeconds)), .init("\(partition.runs)"),
        .init(partition.wholeNodes ? "taken whole" : "shared"),
      ])
    }
    return table
  }
}
