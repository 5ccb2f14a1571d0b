import Domain
import Engine
import Ledger
import Lifecycle
import Scheduling

/// A machine of twelve nodes that three funders share by 35, 35 and 30 %, run for days by whole
/// cycles: each funder has two projects of two members, who submit as long as they have a demand.
struct FunderTown {
  private static let site = SmallSite.self
  static let funders = ["eurohpc", "state", "region"]
  static let basisPoints: [String: Int64] = ["eurohpc": 3500, "state": 3500, "region": 3000]
  static let gpus: Int64 = 48
  static let tick = Seconds(1200)
  static let longestLimit = Seconds.hours(12)
  private static let waitingPerMember = 2

  private let cycle: Cycle
  private var random: SplitMix64
  private(set) var state: EngineState
  private var promises: [PlannedReservation] = []
  private var nextJob: Int64 = 1
  /// When each run under way will end, which only the town knows.
  private var ends: [RunID: Instant] = [:]
  private(set) var now = site.at(0)
  /// GPU time that ran, by funder.
  private(set) var delivered: [String: GPUTime] = [:]

  /// - Parameter promised: how many tasks of the queue are promised their start.
  init(seed: UInt64, planning: PlanningPolicy, promised: Int) {
    random = SplitMix64(seed: seed)
    cycle = Cycle(planning: planning, lifecycle: Self.site.policy, exactTasks: promised)
    state = EngineState(centre: Self.centre, order: OrderState(Self.centre.order))
    for id in Self.centre.allocations.keys { state.balances[id] = Balance(granted: .largest) }
    for node in Self.centre.nodes.keys { state.nodeStates[node] = .up }
  }

  private static var centre: Centre {
    var centre = Centre()
    let nodes = (1...12).map { site.name("n\($0)", NodeName.self) }
    for node in nodes {
      centre.nodes[node] = Node(name: node, gpuType: "h100", capacity: site.capacity)
    }
    centre.partitions[site.gpu] = Partition(
      name: site.gpu, nodes: nodes, wholeNodes: false, defaultTimeLimit: .hours(1),
      maximumTimeLimit: longestLimit, defaultsPerGPU: site.oneGPU,
      rateCards: [RateCard(version: 1, inForceFrom: Instant(milliseconds: 0), rates: site.rates)])
    for name in funders {
      let funder = site.name(name, FunderID.self)
      let programme = site.name("\(name)-p", ProgrammeID.self)
      centre.funders[funder] = Funder(
        id: funder, name: name, contributions: [],
        shares: [
          Funder.Share(
            from: CivilDate(Instant(milliseconds: 0)), basisPoints: Int(basisPoints[name] ?? 0))
        ])
      centre.programmes[programme] = Programme(
        id: programme, name: "p", funder: funder, mode: "m", amount: .hours(1)...(.largest),
        maximumMonths: 12, demand: .open, accessWorkingDays: 2)
      for number in 1...2 {
        let project = site.name("\(name)-\(number)", ProjectID.self)
        let allocation = site.name("\(name)-\(number)-a", AllocationID.self)
        centre.projects[project] = Project(
          id: project, reference: "r", title: "t",
          organisation: site.name("o", OrganisationID.self), commercial: false, members: [])
        centre.allocations[allocation] = Allocation(
          id: allocation, project: project, programme: programme, granted: .largest,
          window: site.at(0)..<(site.at(0) + .hours(24 * 365)), opening: .zero)
      }
    }
    return centre
  }

  /// GPUs that runs of a funder occupy.
  func occupied(by funder: String) -> Int64 {
    state.runs.values.reduce(0) { sum, run in
      guard state.leaf(of: run)?.funder.text == funder else { return sum }
      return sum + Int64(run.placement.perNode.gpus * run.placement.nodes.count)
    }
  }

  /// The longest that any run under way may still occupy its nodes.
  var longestReach: Seconds {
    state.runs.values.map { (($0.started ?? $0.committed) + $0.reach).seconds(since: now) }.max()
      ?? .zero
  }

  /// One tick: what is over ends, who has a demand submits, and a cycle starts what it decides.
  mutating func step(demand: Set<String>) {
    now = now + Self.tick
    for (run, end) in ends.filter({ $0.value <= now }).sorted(by: { $0.key < $1.key }) {
      guard let record = state.runs[run], let start = record.started else { continue }
      let used = record.weight * end.seconds(since: start)
      let leaf = state.leaf(of: record)
      state.apply(
        .ended(
          run,
          RunEnd(
            start: start, end: end, outcome: .completed, exitCode: 0, signal: 0, used: used,
            refund: nil, requeued: false)))
      delivered[leaf?.funder.text ?? "", default: .zero] += used
      ends[run] = nil
      state.tasks[run.task] = nil
      state.jobs[run.task.job] = nil
    }
    submit(demand)
    let result = cycle.run(state, promises: promises, now: now)
    promises = result.promises
    for case .start(let run) in result.decisions {
      guard state.apply(.start(run)) else { continue }
      state.apply(
        .started(run.id, at: now, weight: run.weight, slurmJobID: 1, devices: []))
      let limit = run.reach - Self.site.policy.grace
      ends[run.id] = now + Seconds(limit.count * Int64(random.pick(40...100)) / 100)
    }
  }

  /// A funder has one task that waits, and can't begin within the year.
  mutating func sleeps(_ funder: String) {
    submit(
      funder, 1, Self.site.name("\(funder)-asleep", MemberID.self),
      notBefore: Self.site.at(0) + .hours(24 * 365))
  }

  /// The projects of a funder have nothing left.
  mutating func isOut(_ funder: String) {
    for number in 1...2 {
      state.balances[Self.site.name("\(funder)-\(number)-a", AllocationID.self)] = Balance()
    }
  }

  /// Each member of a project with a demand has tasks that wait.
  private mutating func submit(_ demand: Set<String>) {
    var waiting: [MemberID: Int] = [:]
    for task in state.tasks.values where task.state == .waiting {
      guard let member = state.jobs[task.id.job]?.request.member else { continue }
      waiting[member, default: 0] += 1
    }
    for funder in Self.funders where demand.contains(funder) {
      for number in 1...2 {
        for person in 1...2 {
          let member = Self.site.name("\(funder)-\(number)-\(person)", MemberID.self)
          for _ in waiting[member, default: 0]..<Self.waitingPerMember {
            submit(funder, number, member)
          }
        }
      }
    }
  }

  private mutating func submit(
    _ funder: String, _ number: Int, _ member: MemberID, notBefore: Instant? = nil
  ) {
    let gpus = random.pick(1...4)
    let id = JobID(number: nextJob)
    nextJob += 1
    state.jobs[id] = JobRecord(
      id: id,
      request: JobRequest(
        name: "j", member: member, project: Self.site.name("\(funder)-\(number)", ProjectID.self),
        allocation: nil, partition: Self.site.gpu, nodeCount: 1,
        perNode: NodeResources(gpus: gpus, cpus: 20 * gpus, memoryMiB: 64_000 * gpus),
        gpuType: nil, timeLimit: .hours(Int64(random.pick(1...12))), notBefore: notBefore),
      origin: .polder, submitted: now, binding: .unbound)
    let task = TaskID(job: id, index: nil)
    state.tasks[task] = TaskRecord(id: task)
  }
}
