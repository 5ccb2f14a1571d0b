import ArgumentParser
import Client
import Wire

struct NodeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "node",
    abstract: "The machine's nodes.",
    subcommands: [NodeList.self, NodeDrain.self, NodeResume.self])
}

struct NodeDrain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drain",
    abstract: "Start nothing new on nodes; for administrators.",
    discussion: """
      What runs there runs on. Slurm shows the reason to everybody, and keeps the first one of a \
      node that is drained already. What is planned there is planned anew elsewhere. Each is a line of \
      the audit log, without the reason.

      Example:

        polder node drain gn03 gn04 --reason="fan 2 is loud"
      """)

  @Argument(help: ArgumentHelp("Nodes, as `polder node list` names them.", valueName: "node"))
  var nodes: [String]

  @Option(help: ArgumentHelp("Why; 1 to 200 characters.", valueName: "text"))
  var reason: String

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let reason = reason
    try await NodeActs.perform(on: nodes, listing, connection) { client, node in
      try await client.drain(node, reason: reason)
    }
  }
}

struct NodeResume: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Take nodes back that are drained or down; for administrators.",
    discussion: "Example:\n\n  polder node resume gn03 gn04")

  @Argument(help: ArgumentHelp("Nodes, as `polder node list` names them.", valueName: "node"))
  var nodes: [String]

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    try await NodeActs.perform(on: nodes, listing, connection) { client, node in
      try await client.resume(node)
    }
  }
}

private enum NodeActs {
  /// One after the other; the first that fails ends it, when what came before has been told.
  static func perform(
    on nodes: [String], _ listing: Listing, _ connection: Connection,
    _ act: @Sendable @escaping (PolderClient, String) async throws -> NodeActView
  ) async throws {
    var done: [NodeActView] = []
    for node in nodes {
      let view = try await connection.client { client in try await act(client, node) }
      done.append(view)
      if listing.format != .json { Terminal.say(line(view)) }
    }
    if listing.format == .json { try printJSON(done) }
  }

  private static func line(_ view: NodeActView) -> String {
    let rest =
      view.act == "drained" && view.runs > 0
      ? "; \(Text.count(view.runs, "run")) on it \(view.runs == 1 ? "runs" : "run") on" : ""
    return "\(view.node) is \(view.act)\(rest)."
  }
}

struct NodeList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Nodes, their state, and the GPUs that are free on each.",
    discussion: """
      Free is what Polder may plan: nothing on a node that a job which is not Polder's is on.

      Example:

        polder node list
      """)

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let nodes = try await connection.client { client in try await client.nodes() }
    if listing.format == .json {
      try printJSON(nodes)
      return
    }
    Self.table(nodes).lines().forEach(Terminal.say)
  }

  static func table(_ nodes: [NodeView]) -> Table {
    let isShared = nodes.contains { $0.shards != nil }
    var table = Table(
      ["NODE", "STATE", "GPU TYPE", ">GPUS", ">FREE"] + (isShared ? [">SHARDS FREE"] : [])
        + [">CPUS", ">MEMORY (MiB)"])
    for node in nodes {
      let free = node.state == "up" ? "\(max(0, node.gpus - node.gpusInUse))" : "–"
      table.add(
        [
          .init(node.name), .init(node.state, .of(state: node.state)), .init(node.gpuType),
          .init("\(node.gpus)"), .init(free),
        ] + (isShared ? [.init(shards(of: node))] : [])
          + [.init("\(node.cpus)"), .init("\(node.memoryMiB)")],
        beneath: note(on: node))
    }
    return table
  }

  /// What Slurm says of it, and who else is on it.
  private static func note(on node: NodeView) -> String? {
    let reason = node.state.contains(node.reason) ? "" : node.reason
    let notes = [reason, node.foreign ?? ""].filter { !$0.isEmpty }
    return notes.isEmpty ? nil : notes.joined(separator: "; ")
  }

  private static func shards(of node: NodeView) -> String {
    guard node.state == "up", let free = node.shardsFree, let all = node.shards else { return "–" }
    return "\(free) of \(all)"
  }
}
