// Why: who has nodes set aside for a course runs on them, in its time, and nobody else does.
import Domain
import Scheduling
import Testing

@Suite("tasks that name a reservation") struct ReservedTaskTests {
  private static let now = Instant(seconds: 1_000_000)
  private let course: ReservationName
  private let partition: PartitionName

  init() throws {
    course = try #require(ReservationName("course"))
    partition = try #require(PartitionName("gpu"))
  }

  private func nodes() throws -> [Node] {
    try ["gn01", "gn02", "gn03"].map {
      Node(
        name: try #require(NodeName($0)), gpuType: "h100",
        capacity: NodeResources(gpus: 4, cpus: 80, memoryMiB: 512_000))
    }
  }

  private func candidate(
    _ number: Int64, nodes: Int = 1, gpus: Int = 4, minutes: Int64, in reservation: Bool = true
  ) throws -> Candidate {
    let allocation = try #require(AllocationID("a-1"))
    return Candidate(
      task: TaskID(job: JobID(number: number), index: nil),
      request: JobRequest(
        name: "x", member: try #require(MemberID("m-1")), project: try #require(ProjectID("p")),
        allocation: nil, partition: partition, nodeCount: nodes,
        perNode: NodeResources(gpus: gpus, cpus: 1, memoryMiB: 1), gpuType: nil,
        timeLimit: .minutes(minutes),
        terms: reservation ? NodeTerms(reservation: course) : .any),
      options: [
        AllocationOption(allocation: allocation, windowEnd: Self.now + .hours(1000))
      ], grace: .zero, eligibility: .eligible)
  }

  /// gn01 and gn02 are set aside from one to three hours from now.
  private func problem(
    _ queue: [Candidate], from begin: Int64 = 1, exactTasks: Int = .max,
    also others: [Reservation] = [], occupations: [Occupation] = []
  ) throws -> PlanningProblem {
    let nodes = try nodes()
    let reservation = try #require(
      Reservation(
        name: "course", nodes: nodes.prefix(2).map(\.name), from: Self.now + .hours(begin),
        until: Self.now + .hours(3), isMaintenance: false))
    return PlanningProblem(
      now: Self.now, nodes: nodes.map { NodeCondition(node: $0, state: .up) },
      partitions: [
        Partition(
          name: partition, nodes: nodes.map(\.name), wholeNodes: false,
          defaultTimeLimit: .hours(1), maximumTimeLimit: .hours(100),
          defaultsPerGPU: NodeResources(gpus: 1, cpus: 1, memoryMiB: 1),
          rateCards: [
            RateCard(
              version: 1, inForceFrom: Instant(milliseconds: 0),
              rates: Rates(perGPU: 1000, perCPU: 0, perGiB: 0))
          ])
      ],
      occupations: occupations, reserved: [reservation] + others, queue: queue,
      budgets: [try #require(AllocationID("a-1")): .hours(10_000)], exactTasks: exactTasks)
  }

  private static let planners: [any Planner] = [
    FCFSPlanner(), EASYPlanner(), ConservativePlanner(),
  ]

  @Test("run on its nodes in its time, and others elsewhere or after it", arguments: [0, Int.max])
  func planned(exactTasks: Int) throws {
    let queue = [
      try candidate(1, nodes: 2, minutes: 120), try candidate(2, minutes: 180, in: false),
      try candidate(3, nodes: 3, minutes: 60, in: false),
    ]
    let plan = ConservativePlanner().plan(try problem(queue, exactTasks: exactTasks))
    guard case .wait(let reason, let start) = plan.decisions[0].outcome else {
      Issue.record("starts before its reservation")
      return
    }
    #expect(reason == .reservationAhead(course, begins: Self.now + .hours(1)))
    #expect(start == Self.now + .hours(1))
    guard case .start(let placement, _, _, _) = plan.decisions[1].outcome else {
      Issue.record("does not start beside the reservation: \(plan.decisions[1].outcome)")
      return
    }
    #expect(placement.nodes.map(\.text) == ["gn03"])
    guard case .wait(_, let later) = plan.decisions[2].outcome else {
      Issue.record("starts on nodes that are set aside")
      return
    }
    // On counts it is an estimate, rounded to where others may begin: never earlier.
    #expect(
      exactTasks == 0
        ? later.map { $0 >= Self.now + .hours(3) } ?? false : later == Self.now + .hours(3))
  }

  @Test("start in a reservation that has begun, where others do not", arguments: [0, Int.max])
  func begun(exactTasks: Int) throws {
    let queue = [
      try candidate(1, nodes: 3, minutes: 10, in: false), try candidate(2, nodes: 2, minutes: 180),
    ]
    for planner in Self.planners {
      // First come, first served lets nobody overtake.
      let queue = planner is FCFSPlanner ? [queue[1]] : queue
      let plan = planner.plan(try problem(queue, from: -1, exactTasks: exactTasks))
      guard case .start(let placement, _, _, _) = plan.decisions.last?.outcome else {
        Issue.record("\(planner): \(plan.decisions)")
        continue
      }
      #expect(placement.nodes.map(\.text) == ["gn01", "gn02"])
    }
  }

  @Test("do not start before it, nor anybody across it, where a run ends", arguments: [-1, 1])
  func standing(from begin: Int64) throws {
    let run = RunID(task: TaskID(job: JobID(number: 90), index: nil), attempt: 1)
    let occupation = Occupation(
      run: run,
      placement: Placement(
        nodes: try nodes().prefix(2).map(\.name),
        perNode: NodeResources(gpus: 4, cpus: 1, memoryMiB: 1)),
      until: Self.now + .hours(2))
    let queue = [
      try candidate(1, minutes: 60), try candidate(2, minutes: 240),
      try candidate(3, minutes: 61, in: false), try candidate(4, minutes: 300, in: false),
    ]
    for exactTasks in [0, Int.max] {
      var standing = ConservativePlanner().stand(
        try problem(queue, from: begin, exactTasks: exactTasks, occupations: [occupation]))
      let starts = standing.ended([run], at: Self.now + .minutes(1)).map(\.candidate.task)
      // Within the reservation that has begun the first fits, and nobody else. Behind the first tier
      // it waits for the next plan.
      let first = begin < 0 && exactTasks > 0 ? [queue[0].task] : []
      #expect(starts == first, "\(exactTasks) exact")
    }
  }

  @Test("wait for the reservation's own end in its words, and for who is in it")
  func reasons() throws {
    let long = ConservativePlanner().plan(try problem([try candidate(1, minutes: 121)]))
    #expect(
      long.decisions.map(\.outcome) == [
        .wait(
          .reservationEnds(
            course, ends: Self.now + .hours(3), wouldEnd: Self.now + .minutes(181)),
          expectedStart: nil)
      ])
    let queue = try (1...3).map { try candidate(Int64($0), minutes: 60) }
    let plan = ConservativePlanner().plan(try problem(queue, from: -1))
    guard case .wait(.resources(let shortfall), let start) = plan.decisions[2].outcome else {
      Issue.record("\(plan.decisions[2].outcome)")
      return
    }
    #expect(start == Self.now + .hours(1) && shortfall.jobsAhead == 0)
  }

  @Test("wait for a maintenance within it, and for what ran on its nodes before")
  func within() throws {
    let nodes = try nodes().map(\.name)
    let maintenance = try #require(
      Reservation(
        name: "m1", nodes: Array(nodes.prefix(2)), from: Self.now + .minutes(30),
        until: Self.now + .hours(1), isMaintenance: true))
    let plan = ConservativePlanner().plan(
      try problem([try candidate(1, minutes: 60)], from: -1, also: [maintenance]))
    guard case .wait(.reserved(let shortfall), let start) = plan.decisions[0].outcome else {
      Issue.record("\(plan.decisions[0].outcome)")
      return
    }
    #expect(shortfall.reservation == "m1" && start == Self.now + .hours(1))
    let run = RunID(task: TaskID(job: JobID(number: 9), index: nil), attempt: 1)
    let busy = ConservativePlanner().plan(
      try problem(
        [try candidate(1, nodes: 2, minutes: 60)], from: -1,
        occupations: [
          Occupation(
            run: run,
            placement: Placement(
              nodes: [nodes[0]], perNode: NodeResources(gpus: 1, cpus: 1, memoryMiB: 1)),
            until: Self.now + .minutes(20))
        ]))
    guard case .wait(.resources, let after) = busy.decisions[0].outcome else {
      Issue.record("\(busy.decisions[0].outcome)")
      return
    }
    #expect(after == Self.now + .minutes(20))
  }

  @Test("are for whom users and accounts both let in")
  func access() throws {
    let acme = try #require(ProjectID("acme"))
    func admits(_ users: [String], _ accounts: [String]) -> Bool {
      ReservationAccess(users: .init(users), accounts: .init(accounts)).admits("anouk", of: acme)
    }
    #expect(admits(["anouk"], []) && admits([], ["acme"]) && admits(["anouk"], ["acme"]))
    #expect(!admits(["bram"], []) && !admits([], ["seals"]) && !admits(["anouk"], ["seals"]))
    #expect(admits(["-bram"], []) && !admits(["-anouk"], ["acme"]) && !admits(["*"], []))
    #expect(!ReservationAccess.nobody.admits("anouk", of: acme))
  }
}
