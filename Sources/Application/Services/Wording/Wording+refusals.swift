import Domain
package import Scheduling
package import Wire

extension Wording {
  /// Why a request can never run.
  ///
  /// - Parameter gpusOnNode: where GPUs were asked for in all, and the nodes follow from them.
  package static func view(_ refusal: RequestRefusal, gpusOnNode: Int? = nil) -> ReasonView {
    switch refusal {
    case .unknownPartition(let name, let accepted):
      ReasonView(
        code: "unknown-partition", text: "there is no partition '\(name)'",
        nextStep: "choose one of: \(accepted.map(\.text).joined(separator: ", "))")
    case .nothingAsked(let asked):
      ReasonView(
        code: "nothing-asked",
        text: "asks for \(counted(asked.gpus, "GPU")), \(counted(asked.cpus, "CPU")) and "
          + "\(asked.memoryMiB) MiB a node",
        nextStep: "ask for at least one of them, for instance --gpus-per-node=1")
    case .timeLimit(let asked, let maximum):
      ReasonView(
        code: "time-limit",
        text: "time limit \(asked) asked; the partition's maximum is \(maximum)",
        nextStep: "ask for --time=\(maximum) or less")
    case .gpuType(let asked, let accepted):
      ReasonView(
        code: "gpu-type", text: "no node of the partition has GPUs of type '\(asked)'",
        nextStep: accepted.isEmpty
          ? "this partition has no GPUs" : "choose one of: \(accepted.joined(separator: ", "))")
    case .features(let asked, let excluded, let count, let accepted):
      ReasonView(
        code: "features",
        text: "none of \(counted(count, "node")) is left that "
          + (asked.map { "meets '\($0)'" } ?? "could hold it")
          + (excluded > 0 ? ", with \(excluded) excluded" : ""),
        nextStep: accepted.isEmpty
          ? "its nodes have no features: leave --constraint out, or exclude fewer"
          : "features of its nodes: "
            + accepted.map { "\($0.feature) (\($0.nodes))" }.joined(separator: ", "))
    case .requiredNodes(let nodes, let wanted):
      ReasonView(
        code: "required-nodes",
        text: "\(nodes.map(\.text).joined(separator: ", ")) can't be among its "
          + "\(counted(wanted, "node")): not in the partition, too small, of another kind, or "
          + "without what --constraint asks",
        nextStep: "name other nodes with --nodelist, or ask for less of each")
    case .tooLargeForAnyNode(let resource, let asked, let most):
      ReasonView(
        code: "too-large",
        text: "asks for \(counted(asked, resource)) on one node; the largest node has \(most)",
        nextStep: "ask for \(counted(most, resource)) or less on each node, and for more nodes")
    case .shares(let asked, let cuts, let wholeNodes):
      ReasonView(
        code: "shards",
        text: wholeNodes
          ? "asks for a share of a GPU; the partition gives whole nodes"
          : "asks for \(Weight(thousandths: Int64(asked))) of a GPU"
            + (cuts.isEmpty
              ? "; no GPU here is cut into shards"
              : "; GPUs here are cut into \(cuts.map(String.init).joined(separator: ", ")) shards"),
        nextStep: wholeNodes || cuts.isEmpty
          ? "ask for whole GPUs, or for another partition" : "ask for --gres=shard:N")
    case .tooFewNodes(let asked, let most):
      ReasonView(
        code: "too-many-nodes",
        text: "asks for \(counted(asked, "node")); the partition has \(most) that could hold it",
        nextStep: gpusOnNode.map { "ask for --gpus=\(most * $0) or fewer" }
          ?? "ask for --nodes=\(most) or fewer")
    case .tooExpensive(let most):
      ReasonView(
        code: "too-expensive", text: "would cost more than the largest amount, \(most)",
        nextStep: "ask for fewer nodes, tasks or hours")
    }
  }
}

extension Wording {
  /// What who asks how Polder is hears where the store is away: since when, and what goes on without it.
  ///
  /// - Parameter answered: when the store answered last, so far as is known.
  static func health(_ error: StoreError, answered: Instant?) -> Problem {
    switch error {
    case .unknown, .broken: return error.problem
    case .unavailable, .notAdmitted:
      let since = answered.map { "since \($0)" } ?? "since polderd began"
      let why =
        if case .notAdmitted = error { "Postgres has not let polderd in \(since)" } else {
          "Postgres has not answered \(since)"
        }
      return Problem(
        title: "Polder's database can't be reached", status: 503, code: "unavailable",
        detail: "\(why): nothing can be submitted, not by sbatch either, nothing is started, and "
          + "no job, balance or report can be read. What was accepted is kept. What runs goes on, and "
          + "is charged when Postgres is back; Slurm's squeue and scancel work",
        nextStep: "try again in a minute; if it lasts, tell whoever keeps the database")
    }
  }
}

extension StoreError {
  /// One word for the audit log.
  var word: String {
    switch self {
    case .unavailable: "unavailable"
    case .notAdmitted: "not let in"
    case .unknown: "outcome unknown"
    case .broken: "refused by the store"
    }
  }

  /// What a client is told: nothing was accepted, and trying again is safe.
  package var problem: Problem {
    switch self {
    case .unavailable, .notAdmitted:
      Problem(
        title: "Polder's database can't be reached", status: 503, code: "unavailable",
        detail: "nothing was accepted and nothing is charged",
        nextStep: "try again in a minute; what runs goes on")
    case .unknown:
      Problem(
        title: "The database went away while it answered", status: 503, code: "unknown",
        detail: "it may have been accepted",
        nextStep: "repeat it under the same key: it will not be done twice")
    case .broken(let why):
      Problem(
        title: "Polder's database contradicts Polder", status: 500, code: "broken", detail: why,
        nextStep: "tell the administrator; nothing was charged by this request")
    }
  }
}
