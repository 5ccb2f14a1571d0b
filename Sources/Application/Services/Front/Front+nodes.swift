import BridgeProtocol
import Domain
import Engine
import Lifecycle
package import Wire

extension Front {
  /// Has Slurm start nothing new on a node; what runs there runs on. Administrators only; a line of
  /// the audit log. Safe to repeat: Slurm keeps the reason of a node that is drained already.
  ///
  /// - Throws: `unavailable` (503) while Slurm can't be asked, `unknown-outcome` (503) if its answer
  ///   was lost.
  package func drain(
    _ name: String, _ wanted: DrainRequest, _ caller: Caller
  ) async throws(Problem) -> NodeActView {
    try await requireAdministrator(
      caller, to: "drain nodes", .changeNode, try await nodeObject(name))
    let reason = wanted.reason
    guard (1...200).contains(reason.count),
      !reason.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else {
      throw Problem(
        title: "No reason", status: 422, code: "invalid",
        detail: "a reason has 1 to 200 characters, on one line; this has \(reason.count)")
    }
    return try await act(on: name, "drained", caller) { node in
      await board.drain(node, reason: reason)
    }
  }

  /// Has Slurm take back a node that is drained or down. Administrators only; a line of the audit
  /// log. Safe to repeat.
  ///
  /// - Throws: as ``drain(_:_:_:)``.
  package func resume(_ name: String, _ caller: Caller) async throws(Problem) -> NodeActView {
    try await requireAdministrator(
      caller, to: "resume nodes", .changeNode, try await nodeObject(name))
    return try await act(on: name, "resumed", caller) { node in await board.resume(node) }
  }

  /// What the audit log says of a node that is asked for: nothing that was typed and is none.
  private func nodeObject(_ name: String) async throws(Problem) -> String {
    let nodes = try await centre().nodes
    return NodeName(name).flatMap { nodes[$0] }.map { "node \($0.name)" } ?? "an unknown node"
  }

  private func act(
    on name: String, _ act: String, _ caller: Caller,
    _ ask: (NodeName) async -> BridgeOutcome<Done>
  ) async throws(Problem) -> NodeActView {
    let centre = try await centre()
    guard let node = NodeName(name), centre.nodes[node] != nil else {
      let near = Spelling.nearest(to: name, in: centre.nodes.keys.map(\.text))
      throw Problem(
        title: "No such node", status: 404, code: "unknown-node",
        detail: "the centre has no node '\(name)'" + (near.map { "; do you mean \($0)?" } ?? ""),
        nextStep: "see the nodes with `polder node list`")
    }
    let wanted = SlurmAct(
      action: .changeNode, object: "node \(node)", result: act, list: "polder node list",
      show: "scontrol show node \(node)")
    _ = try await perform(wanted, caller) { await ask(node) }
    let snapshot = try await asked { () async throws(StoreError) in try await store.snapshot() }
    let runs = snapshot.state.runs.values.filter { $0.placement.nodes.contains(node) }
    return NodeActView(node: node.text, act: act, runs: runs.count)
  }
}
