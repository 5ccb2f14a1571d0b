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
    try await requireAdministrator(caller, to: "drain nodes", .changeNode, "node \(name)")
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
    try await requireAdministrator(caller, to: "resume nodes", .changeNode, "node \(name)")
    return try await act(on: name, "resumed", caller) { node in await board.resume(node) }
  }

  /// The line is written first: Slurm can't be asked to forget what could not be written down.
  private func act(
    on name: String, _ act: String, _ caller: Caller,
    _ perform: (NodeName) async -> BridgeOutcome<Done>
  ) async throws(Problem) -> NodeActView {
    let centre = try await centre()
    guard let node = NodeName(name), centre.nodes[node] != nil else {
      let near = Spelling.nearest(to: name, in: centre.nodes.keys.map(\.text))
      throw Problem(
        title: "No such node", status: 404, code: "unknown-node",
        detail: "the centre has no node '\(name)'" + (near.map { "; do you mean \($0)?" } ?? ""),
        nextStep: "see the nodes with `polder node list`")
    }
    try await record(caller.line(.changeNode, "node \(node)", detail: act))
    let outcome = await perform(node)
    guard case .accepted = outcome else {
      let problem = Self.problem(outcome, node)
      await attempt(
        caller.line(.changeNode, "node \(node)", .failed, detail: "not \(act): \(problem.detail)"))
      throw problem
    }
    await board.wake()
    let snapshot = try await asked { () async throws(StoreError) in try await store.snapshot() }
    let runs = snapshot.state.runs.values.filter { $0.placement.nodes.contains(node) }
    return NodeActView(node: node.text, act: act, runs: runs.count)
  }

  private static func problem(_ outcome: BridgeOutcome<Done>, _ node: NodeName) -> Problem {
    switch outcome {
    case .accepted, .unavailable:
      Problem(
        title: "Slurm can't be asked", status: 503, code: "unavailable",
        detail: "nothing was done on \(node): \(outcome.message ?? "Slurm does not answer")",
        nextStep: "ask again when it answers; `polder status` says what is away")
    case .unknown(let message):
      Problem(
        title: "Not known whether it was done", status: 503, code: "unknown-outcome",
        detail: "Slurm's answer about \(node) was lost: \(message)",
        nextStep: "see `polder node list`, and ask again: to repeat it does no harm")
    case .refused(let refusal):
      Problem(
        title: "Slurm refuses", status: 409, code: "refused-by-slurm",
        detail: "\(node): \(refusal.message)",
        nextStep: "see how Slurm has it with `scontrol show node \(node)`")
    }
  }
}

extension BridgeOutcome {
  fileprivate var message: String? {
    if case .unavailable(let message) = self { message } else { nil }
  }
}
