package import Domain
import Ledger
import Lifecycle
package import Scheduling

/// The order of the waiting tasks.
extension Cycle {
  /// By the state's policy; without one first come, first served, ties by id; in either case rank
  /// after rank: ``OrderedRequest/rank``.
  func ordered(
    _ tasks: [TaskRecord], _ state: EngineState, _ payers: inout Payers, now: Instant
  ) -> [TaskRecord] {
    let inOrder = tasks.sorted { $0.id < $1.id }
    guard state.order.policy != nil else {
      return byRank(inOrder, state, &payers)
    }
    let waiting = Self.leaves(of: Set(inOrder.map(\.id.job)), state, now: now)
    guard
      let scale = Self.priorityScale(
        state, waiting: waiting, &payers, grace: lifecycle.grace, now: now)
    else {
      return inOrder
    }
    let weights = RequestWeights(state.centre, at: now)
    var places: [Place] = []
    places.reserveCapacity(inOrder.count)
    // Tasks of one job follow each other, and share all that is looked at.
    var last: (job: JobID, place: Place)?
    for (index, task) in inOrder.enumerated() {
      if let last, last.job == task.id.job {
        places.append(last.place.at(index))
        continue
      }
      guard let job = state.jobs[task.id.job] else { continue }
      let request = Self.orderedRequest(
        job, waiting[job.id], state.centre, gpuWeight: weights.gpuWeight(of: job.request),
        isBeyondSoftCap: payers.purse(of: job.request).isBeyondSoftCap)
      let place = Place(
        rank: request.rank, priority: scale.priority(of: request),
        submitted: job.submitted.milliseconds, index: index)
      places.append(place)
      last = (job.id, place)
    }
    places.sort()
    return places.map { inOrder[$0.index] }
  }

  /// What a task is put in order by.
  private struct Place: Comparable {
    let rank: Int
    let priority: Int64
    let submitted: Int64
    /// Among the tasks by id.
    let index: Int

    func at(_ index: Int) -> Place {
      Place(rank: rank, priority: priority, submitted: submitted, index: index)
    }

    static func < (left: Self, right: Self) -> Bool {
      (left.rank, right.priority, left.submitted, left.index)
        < (right.rank, left.priority, right.submitted, right.index)
    }
  }

  private func byRank(
    _ inOrder: [TaskRecord], _ state: EngineState, _ payers: inout Payers
  ) -> [TaskRecord] {
    let hasSoftCaps = state.caps.contains { $0.strength == .soft }
    guard hasSoftCaps || state.centre.qosClasses.values.contains(where: { $0.preemption != nil })
    else { return inOrder }
    var ranks: [JobID: Int] = [:]
    for task in inOrder where ranks[task.id.job] == nil {
      guard let job = state.jobs[task.id.job] else { continue }
      let isBeyond = hasSoftCaps && payers.purse(of: job.request).isBeyondSoftCap
      ranks[job.id] =
        Self.orderedRequest(
          job, nil, state.centre, gpuWeight: .zero, isBeyondSoftCap: isBeyond
        ).rank
    }
    return (0...3).flatMap { rank in inOrder.filter { (ranks[$0.id.job] ?? 0) == rank } }
  }

  /// Why a job has its place in the queue; nil without a policy, or if the job is unknown.
  package static func explanation(
    of job: JobID, _ state: EngineState, now: Instant
  ) -> PriorityExplanation? {
    explanations(of: [job], state, now: now)[job]
  }

  /// Why jobs have their places in the queue; none without a policy, and of those that are unknown.
  ///
  /// - Parameter grace: is held beside the time limit, which says who can be paid for.
  /// - Complexity: a look at all that waits, runs and was used, once for all of them.
  package static func explanations(
    of jobs: some Collection<JobID>, _ state: EngineState, grace: Seconds = .zero, now: Instant
  ) -> [JobID: PriorityExplanation] {
    var waiting: Set<JobID> = []
    for task in state.tasks.values where task.state == .waiting { waiting.insert(task.id.job) }
    let leaves = leaves(of: waiting, state, now: now)
    var payers = Payers(state, now: now)
    guard let scale = priorityScale(state, waiting: leaves, &payers, grace: grace, now: now)
    else { return [:] }
    let weights = RequestWeights(state.centre, at: now)
    var explanations: [JobID: PriorityExplanation] = [:]
    for job in jobs {
      guard let record = state.jobs[job] else { continue }
      let leaf = leaves[job] ?? state.leaf(of: record.request, now: now)
      let isBeyond = payers.purse(of: record.request).isBeyondSoftCap
      explanations[job] = scale.explanation(
        of: orderedRequest(
          record, leaf, state.centre, gpuWeight: weights.gpuWeight(of: record.request),
          isBeyondSoftCap: isBeyond))
    }
    return explanations
  }

  /// What gives the priorities of a state; nil if it has no policy.
  private static func priorityScale(
    _ state: EngineState, waiting: [JobID: UsageLeaf], _ payers: inout Payers,
    grace: Seconds, now: Instant
  ) -> PriorityScale? {
    guard let policy = state.order.policy else { return nil }
    var usage: [UsageLeaf: GPUTime] = [:]
    for leaf in state.order.usage.byLeaf.keys {
      usage[leaf] = state.order.usage.used(by: leaf, policy, at: now)
    }
    var delivered: [FunderID: GPUTime] = [:]
    for funder in state.centre.funders.keys {
      delivered[funder] = state.order.usage.delivered(to: funder, policy, at: now)
    }
    for run in state.runs.values {
      guard let leaf = state.leaf(of: run) else { continue }
      let used = state.useUnderWay(of: run, policy, now: now)
      usage[leaf, default: .zero] += used
      delivered[leaf.funder, default: .zero] += used
    }
    let leaves = Set(waiting.values)
    for leaf in leaves { usage[leaf, default: .zero] += .zero }
    let demanding = demanding(
      waiting, of: Set(leaves.map(\.funder)).count, state, &payers, grace: grace, now: now)
    let day = CivilDate(now)
    let standings = Set(state.centre.funders.keys).union(delivered.keys).sorted().map {
      Entitlement.Standing(
        funder: $0, basisPoints: Int64(state.centre.funders[$0]?.basisPoints(on: day) ?? 0),
        delivered: delivered[$0] ?? .zero, hasDemand: demanding.contains($0))
    }
    return PriorityScale(
      policy: policy,
      tree: FairTree(usage, state.order.weights ?? ShareWeights(state.centre, at: now)),
      entitlements: Entitlement.all(standings),
      machineWeight: state.centre.gpuWeight(at: now), now: now)
  }

  /// Whose use the requests of jobs will be, by job: one look at the allocations for all of them.
  private static func leaves(
    of jobs: Set<JobID>, _ state: EngineState, now: Instant
  ) -> [JobID: UsageLeaf] {
    var known: [LeafKey: UsageLeaf?] = [:]
    var leaves: [JobID: UsageLeaf] = [:]
    for job in jobs {
      guard let request = state.jobs[job]?.request else { continue }
      let key = LeafKey(
        project: request.project, allocation: request.allocation, member: request.member)
      let leaf = known[key] ?? state.leaf(of: request, now: now)
      known[key] = .some(leaf)
      leaves[job] = leaf
    }
    return leaves
  }

  /// All that the leaf of a request depends on.
  private struct LeafKey: Hashable {
    let project: ProjectID
    let allocation: AllocationID?
    let member: MemberID
  }

  private static func orderedRequest(
    _ job: JobRecord, _ leaf: UsageLeaf?, _ centre: Centre, gpuWeight: Weight,
    isBeyondSoftCap: Bool
  ) -> OrderedRequest {
    let qos = centre.qosClass(of: job.request)
    return OrderedRequest(
      leaf: leaf, partition: job.request.partition, gpuWeight: gpuWeight,
      waitsSince: max(job.submitted, job.request.notBefore ?? job.submitted),
      qosPriority: qos?.priority ?? 0, nice: Int64(job.request.wishes.nice),
      isBeyondSoftCap: isBeyondSoftCap, isPreemptable: qos?.preemption != nil)
  }
}
