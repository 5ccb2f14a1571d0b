// Why: a small centre that has one of each, made in code so that no other floor is needed.
import Domain
import Ledger
import Lifecycle
import Services
import Store
import Testing

enum Example {
  static let hour = Seconds.hours(1)
  /// Long before any run.
  static let past = Instant(milliseconds: 1_700_000_000_000)
  /// In force from long before any run.
  static let rateCard = RateCard(
    version: 1, inForceFrom: past, rates: Rates(perGPU: 1000, perCPU: 50, perGiB: 8))
  /// Long after.
  static let future = Instant(milliseconds: 4_000_000_000_000)

  static func id<Kind>(_ text: String) -> Identifier<Kind> {
    guard let id = Identifier<Kind>(text) else { preconditionFailure("\(text) is no id") }
    return id
  }

  static func day(_ text: String) -> CivilDate {
    guard let day = CivilDate(text) else { preconditionFailure("\(text) is no day") }
    return day
  }

  static let alice: MemberID = id("m-alice")
  static let bob: MemberID = id("m-bob")
  static let longscan: ProjectID = id("longscan")
  static let roads: ProjectID = id("roads")
  /// Much, and for long.
  static let large: AllocationID = id("longscan-large")
  /// One hour of one GPU.
  static let small: AllocationID = id("longscan-small")
  /// Its window is over.
  static let over: AllocationID = id("longscan-over")
  static let fast: AllocationID = id("roads-fast")
  static let gpu: PartitionName = id("gpu")
  static let nodes: [NodeName] = [id("gn01"), id("gn02"), id("gn03"), id("gn04")]

  static let centre: Centre = {
    var centre = Centre()
    for funder in funders { centre.funders[funder.id] = funder }
    centre.programmes[id("playground")] = Programme(
      id: id("playground"), name: "Playground", funder: id("state"), mode: "Playground",
      amount: .hours(1)...(.hours(50_000)), maximumMonths: 3, demand: .open, accessWorkingDays: 2)
    centre.programmes[id("fast-lane")] = Programme(
      id: id("fast-lane"), name: "Fast Lane", funder: id("eurohpc"), mode: "Fast Lane",
      amount: .hours(10_000)...(.hours(10_000)), maximumMonths: 3, demand: .waiting,
      accessWorkingDays: 4)
    let whole = NodeResources(gpus: 4, cpus: 80, memoryMiB: 512_000)
    for name in nodes { centre.nodes[name] = Node(name: name, gpuType: "h100", capacity: whole) }
    for (name, wholeNodes) in [("gpu", false), ("whole", true)] {
      centre.partitions[id(name)] = Partition(
        name: id(name), nodes: nodes, wholeNodes: wholeNodes, defaultTimeLimit: hour,
        maximumTimeLimit: .hours(24),
        defaultsPerGPU: NodeResources(gpus: 1, cpus: 20, memoryMiB: 128_000),
        rateCards: [rateCard])
    }
    centre.organisations[id("umcg")] = Organisation(
      id: id("umcg"), name: "Universitair Medisch Centrum", type: .publicAdministration,
      country: "NL", sector: "health care")
    for (member, account) in [(alice, "anouk"), (bob, "bram")] {
      centre.members[member] = Member(id: member, account: account, name: "\(account) é 'x'")
    }
    for (project, commercial) in [(longscan, false), (roads, true)] {
      centre.projects[project] = Project(
        id: project, reference: "EHPC-AIF-2026PG01-1001", title: "T", organisation: id("umcg"),
        commercial: commercial,
        members: [
          .init(member: bob, role: .viewer), .init(member: alice, role: .principalInvestigator),
        ])
    }
    for allocation in allocations { centre.allocations[allocation.id] = allocation }
    centre.order = order
    return centre
  }()

  /// Runs of the tests lie far back: what they used has not faded for twenty years.
  static let order: OrderRule = {
    var policy = PriorityPolicy.shared
    policy.longHalfLife = .hours(24 * 366)
    return OrderRule(policy: policy, promiseAhead: .minutes(10))
  }()

  private static let funders = [
    Funder(
      id: id("state"), name: "State",
      contributions: [
        .init(from: day("2026-01-01"), euros: 70_000_000),
        .init(from: day("2027-01-01"), euros: 1),
      ], shares: [.init(from: day("2026-01-01"), basisPoints: 6500)]),
    Funder(
      id: id("eurohpc"), name: "EuroHPC", contributions: [],
      shares: [.init(from: day("2026-01-01"), basisPoints: 3500)], commercialCapBasisPoints: 2000),
  ]

  private static let allocations = [
    allocation(large, longscan, .hours(40_000), past..<future, opening: .hours(7)),
    allocation(small, longscan, .hours(1), past..<future),
    allocation(over, longscan, .hours(100), past..<(past + hour)),
    allocation(fast, roads, .hours(10_000), past..<future),
  ]

  private static func allocation(
    _ id: AllocationID, _ project: ProjectID, _ granted: GPUTime, _ window: Range<Instant>,
    opening: GPUTime = .zero
  ) -> Allocation {
    Allocation(
      id: id, project: project, programme: self.id("playground"), granted: granted,
      window: window, opening: opening)
  }

  /// What an apply of the centre posts.
  static let postings: [Posting] = allocations.flatMap { allocation in
    let start = allocation.window.lowerBound
    let grant = Posting.grant(
      EntryID("grant:\(allocation.id):1"), allocation.id, allocation.granted, effective: start)
    let opening = Posting.open(
      EntryID("opening:\(allocation.id)"), allocation.id, allocation.opening, effective: start)
    return allocation.opening > .zero ? [grant, opening] : [grant]
  }

  static func load(into store: PostgresStore) async throws {
    let outcome = try await store.replaceCentre(
      with: centre, postings: postings, ifStill: Centre(), by: "m-beheer")
    try #require(outcome == .done)
  }

  // MARK: Jobs

  static func request(
    _ project: ProjectID = longscan, tasks: [Int] = [], requeue: Bool = false,
    dependencies: [Dependency] = []
  ) -> JobRequest {
    JobRequest(
      name: "train", member: alice, project: project, allocation: nil, partition: gpu,
      nodeCount: 1, perNode: NodeResources(gpus: 1, cpus: 20, memoryMiB: 128_000),
      gpuType: "h100", timeLimit: hour, arrayIndices: tasks, arrayThrottle: nil,
      dependencies: dependencies, notBefore: nil, requeue: requeue)
  }

  static let payload = JobPayload(
    uid: 64_005, gid: 4_294_967_295, script: "#!/bin/sh\necho 'ja, \"ja\"'\n",
    environment: ["A=1", "B=two words", "C={,}"], workingDirectory: "/home/anouk",
    standardOutput: "out-%j", standardError: nil, standardInput: nil, comment: "",
    taskCount: 1, cpusPerTask: 20)

  static func job(
    _ request: JobRequest = request(), origin: JobOrigin = .polder, key: String? = nil
  ) -> NewJob {
    NewJob(
      request: request, origin: origin, payload: payload,
      key: key.map { SubmissionKey(text: $0, content: Array("\(request)".utf8)) })
  }

  /// A run of one GPU for an hour.
  static func run(
    _ id: RunID, from allocation: AllocationID = large, hold: GPUTime? = .hours(1),
    at committed: Instant = past + hour
  ) -> RunRecord {
    RunRecord(
      id: id, allocation: allocation,
      placement: Placement(
        nodes: [nodes[1], nodes[0]],
        perNode: NodeResources(gpus: 1, cpus: 20, memoryMiB: 128_000)),
      weight: Weight(thousandths: 1000), rateVersion: 1, hold: hold, reach: hour,
      committed: committed)
  }

  static func end(
    used: GPUTime, at end: Instant = past + .hours(2), outcome: TaskOutcome = .completed,
    refund: EntryReason? = nil, requeued: Bool = false
  ) -> RunEnd {
    RunEnd(
      start: past + hour + Seconds(1), end: end, outcome: outcome, exitCode: 0, signal: 0,
      used: used, refund: refund, requeued: requeued)
  }
}

extension PostgresStore {
  /// With a line of the audit log that says so.
  func replaceCentre(
    with next: Centre, postings: [Posting], ifStill current: Centre, by actor: String
  ) async throws(StoreError) -> GuardedOutcome {
    try await replaceCentre(
      with: next, postings: postings, ifStill: current,
      audit: AuditLine(actor: actor, action: .apply, object: "centre", origin: "a test"))
  }

  /// With a line of the audit log that says so.
  func cancel(_ tasks: [TaskID], by actor: String) async throws(StoreError) -> [TaskID] {
    try await cancel(
      tasks,
      audit: AuditLine(actor: actor, action: .cancel, object: "tasks", origin: "a test"))
  }

  /// Accepts a job and gives its record.
  func accepted(_ job: NewJob = Example.job()) async throws -> JobRecord {
    guard case .accepted(let record) = try await accept(job) else {
      throw Unexpected("the job was not accepted as a new one")
    }
    return record
  }
}

struct Unexpected: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

extension JobRecord {
  /// Its only task.
  var task: TaskID { request.tasks(of: id)[0] }
  var firstRun: RunID { RunID(task: task, attempt: 1) }
}
