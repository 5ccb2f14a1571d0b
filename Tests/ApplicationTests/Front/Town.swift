import Domain
import Doubles
import Ledger
import Scheduling
import Services
import Testing
import Wire

/// Two projects of two parties on four nodes, with a front on a store in memory.
struct Town {
  static let now = Instant(seconds: 1_795_000_000)  // 2026-11-18T10:26:40Z
  static let grace = Seconds(30)

  let store: MemoryStore
  let board = StillBoard()
  let front: Front

  init() async throws {
    store = MemoryStore(centre: try Self.centre(), now: Self.now)
    front = Front(
      store: store, board: board, accounts: People(),
      roles: Roles(administrators: ["beheer"], auditors: ["auditor"], slurmUser: "slurm"),
      settings: Front.Settings(
        system: "Test", defaultPartition: "gpu", grace: Self.grace))
    for (name, hours) in [("longscan-1", 100), ("seals-1", 1), ("flood-1", 10), ("flood-2", 10)] {
      let id = try #require(AllocationID(name))
      await store.post(
        .grant(EntryID("grant:\(name)"), id, .hours(Int64(hours)), effective: Self.now))
    }
  }

  /// Describes the centre otherwise, without an entry.
  func change(_ change: (inout Centre) throws -> Void) async throws {
    let standing = try await store.centre()
    var next = standing
    try change(&next)
    let line = AuditLine(actor: "test", action: .apply, object: "centre", origin: "test")
    #expect(
      try await store.replaceCentre(
        with: next, postings: [], ifStill: standing, audit: line) == .done)
  }

  func caller(_ account: String) async throws -> Caller {
    let uid = try #require(People().ids(of: account)?.uid)
    return try await front.caller(uid: uid)
  }

  /// A script with one line of directives.
  static func submission(_ directives: String, _ options: String...) -> Submission {
    Submission(
      script: "#!/bin/sh\n#SBATCH \(directives)\ndate\n", scriptName: "/home/x/train.sh",
      options: options, environment: ["PATH=/bin", "SECRET=1", "HOME=/home/x"],
      workingDirectory: "/home/x")
  }

  /// Submits as a member; the problem if it is refused.
  func refusal(
    _ account: String, _ directives: String, _ options: String...
  ) async throws -> Problem {
    let caller = try await caller(account)
    var submission = Self.submission(directives)
    submission.options = options
    do {
      let view = try await front.submit(submission, key: "k-\(directives)", caller).view
      Issue.record("accepted as \(view.id)")
      throw NotRefused()
    } catch let problem as Problem {
      return problem
    }
  }

  struct NotRefused: Error {}

  func submit(
    _ account: String, _ directives: String, key: String = "key"
  ) async throws -> JobView {
    try await front.submit(Self.submission(directives), key: key, try await caller(account)).view
  }

  /// The accounts of the town, as the machine has them.
  struct People: Accounts {
    private static let uids: [String: UInt32] = [
      "root": 0, "slurm": 64030, "beheer": 64001, "auditor": 64002, "anouk": 64011,
      "bram": 64012, "ivo": 64013, "vera": 64014, "stranger": 64015,
    ]

    func name(of uid: UInt32) -> String? { Self.uids.first { $0.value == uid }?.key }
    func ids(of name: String) -> (uid: UInt32, gid: UInt32)? {
      Self.uids[name].map { ($0, $0) }
    }
    func group(of gid: UInt32) -> String? { name(of: gid) }
  }
}

extension Town {
  /// Anouk leads longscan and is in seals; Bram is in longscan only; Ivo leads seals and flood;
  /// Vera looks on in seals.
  static func centre() throws -> Centre {
    var centre = Centre()
    for name in ["gn01", "gn02", "gn03", "gn04"] {
      let id = try #require(NodeName(name))
      centre.nodes[id] = Node(
        name: id, gpuType: "h100",
        capacity: NodeResources(gpus: 4, cpus: 80, memoryMiB: 512_000),
        shardsPerGPU: name == "gn04" ? 4 : 0,
        features: name > "gn02" ? ["ib"].compactMap { FeatureName($0) } : [])
    }
    for (name, whole) in [("gpu", false), ("whole", true)] {
      let id = try #require(PartitionName(name))
      centre.partitions[id] = Partition(
        name: id, nodes: Array(centre.nodes.keys), wholeNodes: whole,
        defaultTimeLimit: .hours(1), maximumTimeLimit: .hours(24),
        defaultsPerGPU: NodeResources(gpus: 1, cpus: 20, memoryMiB: 128_000),
        rateCards: [
          RateCard(
            version: 1, inForceFrom: Instant(milliseconds: 0),
            rates: Rates(perGPU: 1000, perCPU: 50, perGiB: 8))
        ])
    }
    for account in ["anouk", "bram", "ivo", "vera"] {
      let id = try #require(MemberID("m-\(account)"))
      centre.members[id] = Member(id: id, account: account, name: account)
    }
    try add("longscan", [("anouk", .principalInvestigator), ("bram", .member)], to: &centre)
    try add(
      "seals", [("ivo", .principalInvestigator), ("anouk", .member), ("vera", .viewer)],
      to: &centre)
    try add("flood", [("ivo", .principalInvestigator)], to: &centre)
    let month = Seconds(30 * 86_400)
    try add("longscan-1", of: "longscan", now - month..<now + month, to: &centre)
    try add("seals-1", of: "seals", now - month..<now + .hours(2), to: &centre)
    try add("flood-1", of: "flood", now - month - month..<now - month, to: &centre)
    try add("flood-2", of: "flood", now + .hours(48)..<now + month, to: &centre)
    return centre
  }

  private static func add(
    _ project: String, _ members: [(String, Project.Role)], to centre: inout Centre
  ) throws {
    let id = try #require(ProjectID(project))
    centre.projects[id] = Project(
      id: id, reference: "R", title: project, organisation: try #require(OrganisationID("org")),
      commercial: false,
      members: try members.map {
        Project.Membership(member: try #require(MemberID("m-\($0.0)")), role: $0.1)
      })
  }

  private static func add(
    _ allocation: String, of project: String, _ window: Range<Instant>, to centre: inout Centre
  ) throws {
    let id = try #require(AllocationID(allocation))
    centre.allocations[id] = Allocation(
      id: id, project: try #require(ProjectID(project)),
      programme: try #require(ProgrammeID("playground")), granted: .hours(100), window: window,
      opening: .zero)
  }
}

/// The problem that an act ends with, which is to be refused.
func refusal(_ act: () async throws -> Void) async throws -> Problem {
  do {
    try await act()
  } catch let problem as Problem {
    return problem
  }
  Issue.record("not refused")
  return Problem(title: "", status: 0, code: "", detail: "")
}
