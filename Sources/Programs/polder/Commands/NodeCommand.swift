import ArgumentParser
import Client
import Wire

struct NodeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "node",
    abstract: "The machine's nodes.",
    subcommands: [NodeList.self])
}

struct NodeList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Nodes, their state, and the GPUs that are free on each.",
    discussion: "Example:\n\n  polder node list")

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let nodes = try await connection.client { client in try await client.nodes() }
    if listing.format == .json {
      try printJSON(nodes)
      return
    }
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
        beneath: node.reason.isEmpty || node.state.contains(node.reason) ? nil : node.reason)
    }
    table.lines().forEach(Terminal.say)
  }

  private func shards(of node: NodeView) -> String {
    guard node.state == "up", let free = node.shardsFree, let all = node.shards else { return "–" }
    return "\(free) of \(all)"
  }
}
