import Domain
import Ledger
import Lifecycle
import Services
import Store

/// A centre whose work spreads over many projects, so that no one balance is everybody's lock.
enum Town {
  static let projectCount = 32
  static let member: MemberID = id("m-bench")
  static let gpu: PartitionName = id("gpu")
  static let nodes: [NodeName] = (1001...2000).map { id("gn\($0)") }
  private static let past = Instant(milliseconds: 1_700_000_000_000)
  private static let future = Instant(milliseconds: 4_000_000_000_000)

  static func id<Kind>(_ text: String) -> Identifier<Kind> {
    guard let id = Identifier<Kind>(text) else { preconditionFailure("\(text) is no id") }
    return id
  }

  static func project(_ number: Int) -> ProjectID { id("bench-p\(number % projectCount + 1)") }

  static func allocation(_ number: Int) -> AllocationID {
    id("bench-a\(number % projectCount + 1)")
  }

  static let centre: Centre = {
    var centre = Centre()
    centre.funders[id("state")] = Funder(
      id: id("state"), name: "State", contributions: [], shares: [])
    centre.programmes[id("open")] = Programme(
      id: id("open"), name: "Open", funder: id("state"), mode: "Playground",
      amount: .hours(1)...(.hours(100_000_000)), maximumMonths: 3, demand: .open,
      accessWorkingDays: 2)
    let whole = NodeResources(gpus: 4, cpus: 80, memoryMiB: 512_000)
    for name in nodes { centre.nodes[name] = Node(name: name, gpuType: "h100", capacity: whole) }
    centre.partitions[gpu] = Partition(
      name: gpu, nodes: nodes, wholeNodes: false, defaultTimeLimit: .hours(1),
      maximumTimeLimit: .hours(24),
      defaultsPerGPU: NodeResources(gpus: 1, cpus: 20, memoryMiB: 128_000),
      rateCards: [
        RateCard(
          version: 1, inForceFrom: Instant(seconds: 0),
          rates: Rates(perGPU: 1000, perCPU: 50, perGiB: 8), centsPerGPUHour: 250)
      ])
    centre.organisations[id("org")] = Organisation(
      id: id("org"), name: "Organisation", type: .university, country: "NL", sector: "science")
    centre.members[member] = Member(id: member, account: "bench", name: "Bench")
    for number in 0..<projectCount {
      centre.projects[project(number)] = Project(
        id: project(number), reference: "R\(number)", title: "T", organisation: id("org"),
        commercial: false, members: [.init(member: member, role: .member)])
      centre.allocations[allocation(number)] = Allocation(
        id: allocation(number), project: project(number), programme: id("open"),
        granted: .hours(100_000_000), window: past..<future, opening: .zero)
    }
    return centre
  }()

  /// The accounts of the town, as a machine has them.
  struct People: Accounts {
    static let member: UInt32 = 64_005
    static let administrator: UInt32 = 64_001

    func name(of uid: UInt32) -> String? {
      [Self.member: "bench", Self.administrator: "beheer"][uid]
    }
    func ids(of name: String) -> (uid: UInt32, gid: UInt32)? {
      ["bench": Self.member, "beheer": Self.administrator][name].map { ($0, $0) }
    }
    func group(of gid: UInt32) -> String? { name(of: gid) }
  }

  static func load(into store: PostgresStore) async throws {
    let grants = centre.allocations.values.map { allocation in
      Posting.grant(
        EntryID("grant:\(allocation.id):1"), allocation.id, allocation.granted, effective: past)
    }
    _ = try await store.replaceCentre(
      with: centre, postings: grants, ifStill: Centre(),
      audit: AuditLine(actor: "m-bench", action: .apply, object: "centre", origin: "a bench"))
  }

  static func job(_ number: Int, key: String) -> NewJob {
    let request = JobRequest(
      name: "train", member: member, project: project(number), allocation: nil, partition: gpu,
      nodeCount: 1, perNode: NodeResources(gpus: 1, cpus: 20, memoryMiB: 128_000),
      gpuType: "h100", timeLimit: .hours(1), arrayIndices: [], arrayThrottle: nil,
      dependencies: [], notBefore: nil, requeue: false)
    let payload = JobPayload(
      uid: 64_005, gid: 64_005, script: "#!/bin/sh\nsrun python train.py\n",
      environment: ["PATH=/usr/bin", "HOME=/home/bench"], workingDirectory: "/home/bench",
      standardOutput: nil, standardError: nil, standardInput: nil, comment: nil, taskCount: 1,
      cpusPerTask: 20)
    return NewJob(
      request: request, origin: .polder, payload: payload,
      key: SubmissionKey(text: key, content: Array("train".utf8)))
  }
}
