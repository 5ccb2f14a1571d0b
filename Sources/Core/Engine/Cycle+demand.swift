import Domain
import Ledger
import Lifecycle
import Scheduling

/// Who is in demand: the funders that could use more of the machine now if it were free. All others
/// lend what they are entitled to (``Entitlement``).
extension Cycle {
  /// The funders with a task that is eligible and can be paid for now, whatever is free.
  ///
  /// - Parameters:
  ///   - waiting: whose use the waiting jobs will be.
  ///   - funders: how many these have.
  /// - Complexity: of each funder its jobs until one is in demand, in no order; what comes out does
  ///   not depend on it.
  static func demanding(
    _ waiting: [JobID: UsageLeaf], of funders: Int, _ state: EngineState, _ payers: inout Payers,
    grace: Seconds, now: Instant
  ) -> Set<FunderID> {
    guard !waiting.isEmpty else { return [] }
    let demand = Demand(state, grace: grace, now: now)
    var demanding: Set<FunderID> = []
    for (job, leaf) in waiting {
      guard demanding.count < funders else { break }
      guard !demanding.contains(leaf.funder), let record = state.jobs[job] else { continue }
      if demand.covers(record, state, &payers) { demanding.insert(leaf.funder) }
    }
    return demanding
  }
}

/// What is looked at to tell whether a job is in demand.
private struct Demand {
  private let now: Instant
  private let grace: Seconds
  private let weights: LeastWeights
  private let singletons: Singletons
  /// What each hard cap leaves.
  private let rooms: [CapID: GPUTime]
  /// Tasks that start or run, by job.
  private let underWay: [JobID: Int]

  init(_ state: EngineState, grace: Seconds, now: Instant) {
    self.now = now
    self.grace = grace
    weights = LeastWeights(state.centre, at: now)
    singletons = Singletons(state)
    rooms = Dictionary(
      state.caps.filter { $0.strength == .hard }.map {
        ($0.id, $0.limit - (state.capUses[$0.id] ?? CapUse()).taken)
      }
    ) { first, _ in first }
    var underWay: [JobID: Int] = [:]
    for run in state.runs.keys { underWay[run.task.job, default: 0] += 1 }
    self.underWay = underWay
  }

  /// True if one of its tasks is eligible, and can be paid for.
  func covers(_ job: JobRecord, _ state: EngineState, _ payers: inout Payers) -> Bool {
    let request = job.request
    guard singletons.wait(of: job) == nil, isPaid(request, state, &payers) else { return false }
    let waiting = request.tasks(of: job.id).lazy.compactMap { state.tasks[$0] }
      .filter { $0.state == .waiting }
    // The tasks of an array differ in what they wait for only where they wait for single ones.
    let looked = request.hasCorrespondence ? Array(waiting) : Array(waiting.prefix(1))
    for task in looked {
      let eligibility = Cycle.eligibility(
        of: request, index: task.id.index, started: underWay[job.id] ?? 0, state, &payers,
        now: now)
      if eligibility == .eligible, state.planned(task, of: job) != nil { return true }
    }
    return false
  }

  /// True if an allocation has what its shortest run holds at least, inside its window and under the
  /// caps above it.
  private func isPaid(_ request: JobRequest, _ state: EngineState, _ payers: inout Payers) -> Bool {
    guard let weight = weights.weight(of: request) else { return false }
    let span = request.leastLimit + grace
    let hold = weight * span
    return payers.purse(of: request).options.contains { option in
      now + span <= option.windowEnd
        && hold <= (state.balances[option.allocation]?.available ?? .zero)
        && option.caps.allSatisfy { hold <= rooms[$0] ?? .zero }
    }
  }
}

/// The least that a request can weigh, by the kinds of nodes that its partitions have.
private struct LeastWeights {
  private struct Kind: Hashable {
    let gpuType: String
    let capacity: NodeResources
  }

  private struct Hall {
    let rates: Rates
    let wholeNodes: Bool
    let kinds: Set<Kind>
  }

  private let halls: [PartitionName: Hall]

  /// - Complexity: linear in the nodes of all partitions.
  init(_ centre: Centre, at now: Instant) {
    halls = centre.partitions.mapValues { partition in
      let nodes = partition.nodes.lazy.compactMap { centre.nodes[$0] }
      return Hall(
        rates: partition.rateCard(at: now).rates, wholeNodes: partition.wholeNodes,
        kinds: Set(nodes.map { Kind(gpuType: $0.gpuType, capacity: $0.capacity) }))
    }
  }

  /// On all its nodes; nil if no node of its partitions could hold it.
  func weight(of request: JobRequest) -> Weight? {
    let share = request.perNode
    let weights = request.partitions.lazy.compactMap { halls[$0] }.flatMap { hall in
      hall.kinds.lazy.filter { kind in
        share.fits(in: kind.capacity) && (request.gpuType.map { $0 == kind.gpuType } ?? true)
      }.map { kind in
        hall.rates.weight(of: hall.wholeNodes ? kind.capacity : share, gpuType: kind.gpuType)
      }
    }
    return weights.min().map {
      Weight(thousandths: $0.thousandths * Int64(request.nodeCount))
    }
  }
}
