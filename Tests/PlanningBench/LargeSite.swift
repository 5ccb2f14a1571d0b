import Domain
import Scheduling

/// A large machine with a long queue, the same for the same arguments: nodes of four GPUs of three
/// types, one in 97 of them down, shared and whole-node partitions over all of them, 200 projects
/// with an allocation each.
///
/// It is full but for fragments: runs of 1, 2 or 4 GPUs that end, minute by minute, over the next two
/// days. Tasks want 1, 2 or 4 GPUs of a node, one in six whole nodes, up to 32 of them; three in four
/// name a type. Limits are those that people type (1 to 48 hours), and CPUs and memory what comes
/// with the GPUs; where tasks are *different*, each has its own limit, CPUs and memory. Where it is
/// *limited*, three limits on what runs at once are above each run and task: GPUs of its project,
/// jobs of its member (one rule for each of a thousand), and GPU time held of its funder.
struct LargeSite {
  var nodes: Int
  var tasks: Int
  var exactTasks = 0
  var areDifferent = false
  /// True if nothing runs yet.
  var isIdle = false
  var isLimited = false

  private static let now = Instant(seconds: 1_795_466_340)
  private static let types = ["h100", "a100", "mi300"]
  private static let projects = 200
  private static let share = NodeResources(gpus: 1, cpus: 16, memoryMiB: 128 * 1024)

  func problem() -> PlanningProblem {
    var random = SplitMix64(state: 7)
    let conditions = (0..<nodes).map { number in
      NodeCondition(
        node: Node(
          name: name("gn\(100_000 + number)"), gpuType: Self.types[number * 3 / nodes],
          capacity: times(4)), state: number % 97 == 0 ? .unavailable("down") : .up)
    }
    let partitions = ["gpu", "whole"].map { partition in
      Partition(
        name: name(partition), nodes: conditions.map(\.node.name), wholeNodes: partition == "whole",
        defaultTimeLimit: .hours(1), maximumTimeLimit: .hours(72), defaultsPerGPU: Self.share,
        rateCards: [
          RateCard(
            version: 1, inForceFrom: Instant(milliseconds: 0),
            rates: Rates(perGPU: 1000, perCPU: 60, perGiB: 7))
        ])
    }
    let allocations = (0..<Self.projects).map { name("alloc\($0)") as AllocationID }
    return PlanningProblem(
      now: Self.now, nodes: conditions, partitions: partitions,
      occupations: isIdle ? [] : occupations(conditions, &random),
      queue: (0..<tasks).map { candidate($0, partitions, allocations, &random) },
      budgets: Dictionary(uniqueKeysWithValues: allocations.map { ($0, .hours(100_000_000)) }),
      limits: isLimited ? limits : [:], exactTasks: exactTasks)
  }

  private var limits: [LimitID: LimitRoom] {
    var limits: [LimitID: LimitRoom] = [
      name("each-member"): LimitRoom(scope: nil, most: [.running: 40])
    ]
    for project in 0..<Self.projects {
      limits[name("project\(project)")] = LimitRoom(
        scope: .project(name("p\(project)")), most: [.gpus: 256])
    }
    for funder in 0..<3 {
      limits[name("funder\(funder)")] = LimitRoom(
        scope: .funder(name("f\(funder)")),
        most: [.held: GPUTime.hours(400_000).milliseconds])
    }
    return limits
  }

  /// Above a run or task of a project.
  private func counters(_ number: Int, of project: Int) -> [LimitCounter] {
    guard isLimited else { return [] }
    return [
      LimitCounter(name("each-member"), .member(name("m\(project)-\(number % 5)"))),
      LimitCounter(name("project\(project)")), LimitCounter(name("funder\(project % 3)")),
    ]
  }

  private func occupations(
    _ nodes: [NodeCondition], _ random: inout SplitMix64
  ) -> [Occupation] {
    var occupations: [Occupation] = []
    for node in nodes {
      var used = 0
      while used < 4 {
        let gpus = [1, 1, 2, 4][random.below(4)]
        guard used + gpus <= 4 else { break }
        used += gpus
        occupations.append(
          Occupation(
            run: RunID(task: task(1 + occupations.count), attempt: 1),
            placement: Placement(nodes: [node.node.name], perNode: times(gpus)),
            until: Self.now + .minutes(Int64(1 + random.below(48 * 60))), held: .hours(24),
            limits: counters(occupations.count, of: occupations.count % Self.projects)))
      }
    }
    return occupations
  }

  private func candidate(
    _ number: Int, _ partitions: [Partition], _ allocations: [AllocationID],
    _ random: inout SplitMix64
  ) -> Candidate {
    let isWhole = random.below(6) == 0
    let gpus = [1, 1, 1, 2, 4, 4][random.below(6)]
    let isWide = isWhole || gpus == 4
    var share = times(gpus)
    if areDifferent {
      share.cpus = 1 + random.below(share.cpus)
      share.memoryMiB = 1024 * (1 + random.below(share.memoryMiB / 1024))
    }
    let limit: Seconds =
      areDifferent
      ? Seconds(Int64(600 + random.below(170_000)))
      : .hours([1, 2, 4, 8, 12, 24, 48][random.below(7)])
    let nodeCount = isWide ? [1, 1, 2, 4, 8, 16, 32][random.below(7)] : 1
    let gpuType = random.below(4) == 0 ? nil : Self.types[random.below(3)]
    let project = random.below(allocations.count)
    return Candidate(
      task: task(1_000_000 + number),
      request: JobRequest(
        name: "job", member: name("m1"), project: name("proj"), allocation: nil,
        partition: partitions[isWhole ? 1 : 0].name,
        nodeCount: nodeCount, perNode: share, gpuType: gpuType, timeLimit: limit),
      options: [
        AllocationOption(
          allocation: allocations[project], windowEnd: Self.now + .hours(100_000),
          limits: counters(number, of: project))
      ],
      grace: Seconds(60), eligibility: .eligible)
  }

  private func times(_ gpus: Int) -> NodeResources {
    NodeResources(
      gpus: gpus, cpus: gpus * Self.share.cpus, memoryMiB: gpus * Self.share.memoryMiB)
  }

  private func task(_ number: Int) -> TaskID {
    TaskID(job: JobID(number: Int64(number)), index: nil)
  }

  private func name<Kind>(_ text: String) -> Identifier<Kind> {
    guard let name = Identifier<Kind>(text) else { preconditionFailure("\(text) is no name") }
    return name
  }
}

/// Steele, Lea and Flood's SplitMix64 (OOPSLA 2014).
struct SplitMix64 {
  var state: UInt64

  mutating func below(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
  }
}
