import Domain
import Engine
import Ledger
import Lifecycle
import Scheduling
import Testing

/// A centre that fits in the head: four nodes of four GPUs in a shared and a whole-node partition,
/// one project with a large allocation and a small one. Time is counted in seconds from its start.
enum SmallSite {
  static let project = name("longscan", ProjectID.self)
  static let large = name("longscan-1", AllocationID.self)
  static let small = name("longscan-2", AllocationID.self)
  static let gpu = name("gpu", PartitionName.self)
  static let whole = name("whole", PartitionName.self)
  static let nodes = (1...4).map { name("gn0\($0)", NodeName.self) }
  static let capacity = NodeResources(gpus: 4, cpus: 80, memoryMiB: 512_000)
  static let oneGPU = NodeResources(gpus: 1, cpus: 20, memoryMiB: 64_000)
  static let rates = Rates(perGPU: 1000, perCPU: 50, perGiB: 0)

  static let policy = LifecyclePolicy(
    grace: Seconds(10), startTimeout: Seconds(30), absenceTimeout: Seconds(60))
  static let cycle = Cycle(planning: .conservative, lifecycle: policy)

  static func at(_ second: Int64) -> Instant { Instant(seconds: 1_795_000_000 + second) }

  static func name<Kind>(_ text: String, _ type: Identifier<Kind>.Type) -> Identifier<Kind> {
    guard let name = Identifier<Kind>(text) else { preconditionFailure("\(text) is a name") }
    return name
  }

  static func partition(_ name: PartitionName, wholeNodes: Bool) -> Partition {
    Partition(
      name: name, nodes: nodes, wholeNodes: wholeNodes, defaultTimeLimit: Seconds(60),
      maximumTimeLimit: .hours(24), defaultsPerGPU: oneGPU,
      rateCards: [RateCard(version: 3, inForceFrom: Instant(milliseconds: 0), rates: rates)])
  }

  static func allocation(
    _ id: AllocationID, _ granted: GPUTime, until end: Int64
  ) -> Allocation {
    Allocation(
      id: id, project: project, programme: name("playground", ProgrammeID.self), granted: granted,
      window: at(0)..<at(end), opening: .zero)
  }

  static var centre: Centre {
    var centre = Centre()
    for node in nodes {
      centre.nodes[node] = Node(name: node, gpuType: "h100", capacity: capacity)
    }
    centre.partitions[gpu] = partition(gpu, wholeNodes: false)
    centre.partitions[whole] = partition(whole, wholeNodes: true)
    centre.allocations[large] = allocation(large, .hours(100), until: 90_000)
    centre.allocations[small] = allocation(small, .hours(1), until: 80_000)
    return centre
  }

  /// The centre with its grants in the books, all nodes up, and no job.
  static var empty: EngineState {
    EngineState(
      centre: centre,
      balances: [large: Balance(granted: .hours(100)), small: Balance(granted: .hours(1))],
      nodeStates: Dictionary(uniqueKeysWithValues: nodes.map { ($0, .up) }))
  }

  /// The same, where a programme releases the large allocation in two months, the second half later.
  static func releasedMonthly(_ granted: GPUTime, deferred: GPUTime) -> EngineState {
    var state = empty
    let programme = name("playground", ProgrammeID.self)
    state.centre.programmes[programme] = Programme(
      id: programme, name: "Playground", funder: name("state", FunderID.self),
      mode: "Playground", amount: .hours(1)...(.hours(100)), maximumMonths: 3, demand: .open,
      accessWorkingDays: 2, release: .monthly(burstBasisPoints: 0))
    state.centre.allocations[large] = allocation(large, granted, until: 86_400 * 45)
    state.balances[large] = Balance(granted: granted, deferred: deferred)
    return state
  }

  static func request(
    partition: PartitionName = gpu, allocation: AllocationID? = large, nodes: Int = 1,
    perNode: NodeResources = oneGPU, limit: Int64 = 100, array: [Int] = [], throttle: Int? = nil,
    after dependencies: [Dependency] = [], notBefore: Instant? = nil, requeue: Bool = false,
    wishes: TimeWishes = .none
  ) -> JobRequest {
    JobRequest(
      name: "primes", member: name("m-0001", MemberID.self), project: project,
      allocation: allocation, partition: partition, nodeCount: nodes, perNode: perNode,
      gpuType: nil, timeLimit: Seconds(limit), arrayIndices: array, arrayThrottle: throttle,
      dependencies: dependencies, notBefore: notBefore, requeue: requeue, wishes: wishes)
  }

  static func job(
    _ number: Int64, _ request: JobRequest, _ origin: JobOrigin = .polder,
    bound slurmJobID: Int64? = nil
  ) -> JobRecord {
    JobRecord(
      id: JobID(number: number), request: request, origin: origin, submitted: at(0),
      binding: slurmJobID.map { .bound($0) } ?? .unbound)
  }
}

extension EngineState {
  /// The state with one more job, all of whose tasks wait.
  func with(_ job: JobRecord) -> EngineState {
    var next = self
    next.jobs[job.id] = job
    for task in job.request.tasks(of: job.id) { next.tasks[task] = TaskRecord(id: task) }
    return next
  }

  /// The state after a decision; nil if it is stale, which must change nothing.
  func after(_ decision: Decision) -> EngineState? {
    var next = self
    let applied = next.apply(decision)
    #expect(applied || next == self, "stale, but something changed: \(decision)")
    return applied ? next : nil
  }

  /// The state after a transition; nil if it is stale, which must change nothing.
  func after(_ transition: Transition) -> EngineState? {
    var next = self
    let applied = next.apply(transition)
    #expect(applied || next == self, "stale, but something changed: \(transition)")
    return applied ? next : nil
  }

  /// The state after one cycle, and the runs that it started.
  func cycled(now: Instant) -> (state: EngineState, started: [RunRecord]) {
    var next = self
    var started: [RunRecord] = []
    for decision in SmallSite.cycle.run(self, now: now).decisions {
      let applied = next.apply(decision)
      if case .start(let run) = decision, applied { started.append(run) }
    }
    return (next, started)
  }

  /// The state after Slurm started a run, with the weight that was planned.
  func started(_ run: RunRecord, at start: Instant) -> EngineState {
    var next = self
    next.apply(
      .started(run.id, at: start, weight: run.weight, slurmJobID: 17, devices: ["gn01:0"]))
    return next
  }
}
