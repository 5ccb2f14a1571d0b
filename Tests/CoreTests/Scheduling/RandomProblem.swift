import Domain
import Scheduling

/// Problems of a few nodes and tasks, in which much is scarce: two partitions over the same nodes,
/// two types of GPU, nodes that are down or set aside, runs past their end, small budgets and near
/// windows.
struct RandomProblem {
  var random: SplitMix64
  private let now = Instant(milliseconds: 1_795_466_351_250)

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  mutating func problem() -> PlanningProblem {
    let nodes = (1...random.pick(1...6)).compactMap { node($0) }
    let partitions = partitions(nodes.map(\.node))
    let names = ["acme", "brek", "cees"].compactMap { AllocationID($0) }
    var budgets: [AllocationID: GPUTime] = [:]
    for name in names where !random.oneIn(5) {
      budgets[name] = GPUTime(milliseconds: Int64(random.pick(0...3_000)) * 1000)
    }
    var problem = PlanningProblem(
      now: now, nodes: nodes, partitions: partitions, occupations: occupations(nodes),
      queue: (0..<random.pick(0...24)).map { candidate($0, partitions, names) }, budgets: budgets)
    problem.reserved = (0..<random.pick(0...2)).compactMap { reservation($0, nodes) }
    return problem
  }

  /// Over some nodes, past, present or to come, whatever runs there.
  private mutating func reservation(_ number: Int, _ nodes: [NodeCondition]) -> Reservation? {
    let begin = now + Seconds(Int64(random.pick(-20...40)) * 10)
    return Reservation(
      name: "set\(number)", nodes: nodes.map(\.node.name).filter { _ in random.oneIn(2) },
      from: begin, until: begin + Seconds(Int64(random.pick(1...30)) * 10),
      isMaintenance: random.oneIn(2))
  }

  /// The same with limits, narrow ones, that count some of the runs and tasks.
  mutating func limitedProblem() -> PlanningProblem {
    var problem = problem()
    let ids = (1...3).compactMap { LimitID("limit-\($0)") }
    // One stands for each of two members.
    let members = ["m-1", "m-2"].compactMap { MemberID($0) }
    let counters =
      ids.prefix(2).map { LimitCounter($0) }
      + members.map { LimitCounter(ids[2], .member($0)) }
    problem.occupations = problem.occupations.map {
      Occupation(
        run: $0.run, placement: $0.placement, until: $0.until,
        held: GPUTime(milliseconds: Int64(random.pick(0...200)) * 1000),
        limits: some(counters))
    }
    for id in ids {
      var most: [LimitMeasure: Int64] = [:]
      if random.oneIn(2) { most[.gpus] = Int64(random.pick(0...9)) }
      if random.oneIn(3) { most[.running] = Int64(random.pick(0...4)) }
      if random.oneIn(3) { most[.held] = Int64(random.pick(0...900)) * 1000 }
      problem.limits[id] = LimitRoom(scope: .project(Ids.project), most: most)
    }
    problem.queue = problem.queue.map { candidate in
      let limits = some(counters)
      return Candidate(
        task: candidate.task, request: candidate.request,
        options: candidate.options.map {
          AllocationOption(
            allocation: $0.allocation, windowEnd: $0.windowEnd, caps: $0.caps, limits: limits)
        }, grace: candidate.grace, eligibility: candidate.eligibility)
    }
    return problem
  }

  /// The same with licences, few of them, that some of the runs have and some of the tasks need; one
  /// is none of the centre's.
  mutating func licensedProblem() -> PlanningProblem {
    var problem = limitedProblem()
    let names = ["ansys", "matlab", "lost"].compactMap { LicenceName($0) }
    for name in names.prefix(2) { problem.licences[name] = Int64(random.pick(0...5)) }
    problem.occupations = problem.occupations.map {
      let shares = shares(of: names)
      return Occupation(
        run: $0.run, placement: $0.placement, until: $0.until, held: $0.held, licences: shares,
        limits: $0.limits + shares.map { .licence($0.name) })
    }
    problem.queue = problem.queue.map { candidate in
      let shares = shares(of: random.oneIn(8) ? names : Array(names.prefix(2)))
      return Candidate(
        task: candidate.task, request: candidate.request.needing(shares),
        options: candidate.options.map {
          AllocationOption(
            allocation: $0.allocation, windowEnd: $0.windowEnd, caps: $0.caps,
            limits: $0.limits + shares.map { .licence($0.name) })
        }, grace: candidate.grace, eligibility: candidate.eligibility)
    }
    return problem
  }

  /// The same with tasks that list both partitions, in either order.
  mutating func listedProblem() -> PlanningProblem {
    var problem = licensedProblem()
    let names = problem.partitions.map(\.name)
    problem.queue = problem.queue.map {
      let listed = names.shuffled(using: &random)
      return random.oneIn(2) ? $0.asking(for: $0.request.listing(listed)) : $0
    }
    return problem
  }

  /// The same with tasks that name a reservation, there or not.
  mutating func reservedProblem() -> PlanningProblem {
    var problem = licensedProblem()
    let names = ["set0", "set1"].compactMap { ReservationName($0) }
    problem.queue = problem.queue.map { candidate in
      guard random.oneIn(3) else { return candidate }
      let terms = candidate.request.terms
      return candidate.asking(
        for: candidate.request.needing(
          candidate.request.licences,
          NodeTerms(
            features: terms.features, excluded: terms.excluded, required: [],
            reservation: names[random.pick(0...1)], switches: terms.switches)))
    }
    return problem
  }

  private mutating func shares(of names: [LicenceName]) -> [LicenceShare] {
    names.compactMap {
      random.oneIn(3) ? LicenceShare(name: $0, count: Int64(random.pick(1...3))) : nil
    }
  }

  private mutating func some(_ limits: [LimitCounter]) -> [LimitCounter] {
    limits.filter { _ in random.oneIn(2) }
  }

  private mutating func node(_ number: Int) -> NodeCondition? {
    let large = random.oneIn(3)
    guard let name = NodeName("gn0\(number)") else { return nil }
    let capacity = NodeResources(
      gpus: large ? 8 : 4, cpus: large ? 16 : 12, memoryMiB: large ? 64 : 32)
    return NodeCondition(
      node: Node(
        name: name, gpuType: random.oneIn(3) ? "a100" : "h100", capacity: capacity,
        features: ["ib", "nvme", "rack1"].compactMap { random.oneIn(2) ? FeatureName($0) : nil },
        switches: random.oneIn(4)
          ? [] : ["row", random.oneIn(2) ? "r1" : "r2"].compactMap { SwitchName($0) }),
      state: random.oneIn(6) ? .unavailable("DOWN") : .up)
  }

  private mutating func partitions(_ nodes: [Node]) -> [Partition] {
    ["shared", "whole"].compactMap { PartitionName($0) }.map { name in
      Partition(
        name: name, nodes: nodes.map(\.name).filter { _ in !random.oneIn(5) },
        wholeNodes: name.text == "whole", defaultTimeLimit: Seconds(60),
        maximumTimeLimit: Seconds(1000),
        defaultsPerGPU: NodeResources(gpus: 1, cpus: 2, memoryMiB: 4),
        rateCards: [
          RateCard(
            version: 1, inForceFrom: Instant(milliseconds: 0),
            rates: Rates(perGPU: 1000, perCPU: 400, perGiB: 20_000))
        ])
    }
  }

  private mutating func share() -> NodeResources {
    NodeResources(
      gpus: random.pick(0...5), cpus: random.pick(1...8), memoryMiB: random.pick(1...24))
  }

  /// Runs that fit beside each other.
  private mutating func occupations(_ nodes: [NodeCondition]) -> [Occupation] {
    var occupations: [Occupation] = []
    for node in nodes {
      var free = node.node.capacity
      for _ in 0..<random.pick(0...3) {
        let share = share()
        guard share.fits(in: free) else { continue }
        free = free - share
        let task = TaskID(job: JobID(number: Int64(1 + occupations.count)), index: nil)
        occupations.append(
          Occupation(
            run: RunID(task: task, attempt: 1),
            placement: Placement(nodes: [node.node.name], perNode: share),
            until: now + Seconds(Int64(random.pick(-3...30)) * 10)))
      }
    }
    return occupations
  }

  /// Of three requests in five none.
  private mutating func terms(_ nodes: [NodeName]) -> NodeTerms {
    let wish =
      random.oneIn(5)
      ? SwitchWish(most: random.pick(1...2), until: now + Seconds(Int64(random.pick(-3...60)) * 10))
      : nil
    guard random.oneIn(4) else { return NodeTerms(switches: wish) }
    let words = ["ib", "ib&nvme", "rack1|ib", "ib|nvme&rack1"]
    return NodeTerms(
      features: random.oneIn(2) ? FeatureExpression(words[random.pick(0...3)]) : nil,
      excluded: nodes.filter { _ in random.oneIn(5) },
      required: random.oneIn(3) ? Array(nodes.shuffled(using: &random).prefix(1)) : [],
      switches: wish)
  }

  private mutating func candidate(
    _ position: Int, _ partitions: [Partition], _ names: [AllocationID]
  ) -> Candidate {
    let grace = Seconds(Int64(random.pick(0...1) * 5))
    let partition = partitions[random.oneIn(4) ? 1 : 0]
    let request = JobRequest(
      name: "job", member: Ids.member, project: Ids.project, allocation: nil,
      partition: partition.name, nodeCount: random.pick(1...3),
      perNode: share(), gpuType: random.oneIn(4) ? "h100" : nil,
      timeLimit: Seconds(Int64(random.pick(1...20)) * 10),
      notBefore: random.oneIn(12) ? now + Seconds(30) : nil, terms: terms(partition.nodes),
      wishes: TimeWishes(
        minimumTime: random.oneIn(2) ? Seconds(60) : nil,
        deadline: random.oneIn(8) ? now + Seconds(Int64(random.pick(5...40)) * 10) : nil))
    let options = names.shuffled(using: &random).prefix(random.pick(1...3)).map {
      AllocationOption(
        allocation: $0, windowEnd: now + Seconds(Int64(random.pick(10...100)) * 10))
    }
    return Candidate(
      task: TaskID(job: JobID(number: Int64(100 + position)), index: nil), request: request,
      options: Array(options), grace: grace,
      eligibility: random.oneIn(10) ? .waits(.throttle(running: 2, limit: 2)) : .eligible)
  }
}

/// Ids that tests need and don't look at.
enum Ids {
  static let member = id(MemberID.self)
  static let project = id(ProjectID.self)

  private static func id<Kind>(_ type: Identifier<Kind>.Type) -> Identifier<Kind> {
    guard let id = Identifier<Kind>("x1") else { preconditionFailure("x1 is an identifier") }
    return id
  }
}

extension JobRequest {
  /// The same request with some partitions to choose from.
  func listing(_ partitions: [PartitionName]) -> JobRequest {
    JobRequest(
      name: name, member: member, project: project, allocation: allocation,
      partition: partitions.first ?? partition, nodeCount: nodeCount, perNode: perNode,
      gpuType: gpuType, timeLimit: timeLimit, arrayIndices: arrayIndices,
      arrayThrottle: arrayThrottle, dependencies: dependencies, dependencyRule: dependencyRule,
      notBefore: notBefore, requeue: requeue, terms: terms, wishes: wishes, licences: licences,
      otherPartitions: Array(partitions.dropFirst()))
  }

  /// The same request with other licences, and terms.
  func needing(_ licences: [LicenceShare], _ terms: NodeTerms? = nil) -> JobRequest {
    JobRequest(
      name: name, member: member, project: project, allocation: allocation,
      partition: partition, nodeCount: nodeCount, perNode: perNode, gpuType: gpuType,
      timeLimit: timeLimit, arrayIndices: arrayIndices, arrayThrottle: arrayThrottle,
      dependencies: dependencies, dependencyRule: dependencyRule, notBefore: notBefore,
      requeue: requeue, terms: terms ?? self.terms, wishes: wishes, licences: licences)
  }
}
