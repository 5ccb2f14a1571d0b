// Why: a job that Polder never took must not be charged to somebody else, nor for what ran before
// anybody here could have paid for it.
import BridgeProtocol
import Domain
import Engine
import Ledger
import Lifecycle
import Testing

@testable import Services

@Suite("adopting what Slurm runs")
struct AdoptionTests {
  private struct OneAccount: Accounts {
    func name(of uid: UInt32) -> String? { uid == 64_009 ? "wout" : nil }
    func ids(of name: String) -> (uid: UInt32, gid: UInt32)? {
      name == "wout" ? (64_009, 64_009) : nil
    }
    func group(of gid: UInt32) -> String? { nil }
  }

  /// A centre with one member of one project, whose allocation opens at second 1,000,000.
  private func centre(opens: Int64 = 1_000_000) throws -> Centre {
    let (member, project) = (try #require(MemberID("m-0001")), try #require(ProjectID("longscan")))
    let programme = try #require(ProgrammeID("pilot"))
    let allocation = try #require(AllocationID("longscan-1"))
    let partition = try #require(PartitionName("gpu"))
    var centre = Centre()
    centre.members[member] = Member(id: member, account: "wout", name: "W. Bakker")
    centre.projects[project] = Project(
      id: project, reference: "R-1", title: "Long scans",
      organisation: try #require(OrganisationID("umcg")), commercial: false,
      members: [Project.Membership(member: member, role: .member)])
    centre.allocations[allocation] = Allocation(
      id: allocation, project: project, programme: programme, granted: .hours(1),
      window: Instant(seconds: opens)..<Instant(seconds: opens + 1_000_000), opening: .zero)
    centre.partitions[partition] = Partition(
      name: partition, nodes: [], wholeNodes: false, defaultTimeLimit: .hours(1),
      maximumTimeLimit: .hours(48), defaultsPerGPU: .none,
      rateCards: [
        RateCard(
          version: 1, inForceFrom: Instant(seconds: 0),
          rates: Rates(perGPU: 1000, perCPU: 0, perGiB: 0))
      ])
    return centre
  }

  private func adopted(
    _ seen: JobObservation, _ policy: Adoption.Policy = .adopt, in centre: Centre,
    balances: [AllocationID: Balance] = [:]
  ) -> Result<NewJob, Adoption.Refusal> {
    let state = EngineState(centre: centre, balances: balances)
    return Adoption(policy: policy, accounts: OneAccount()).job(of: seen, in: state)
  }

  private func reason(_ result: Result<NewJob, Adoption.Refusal>) -> String? {
    if case .failure(let refusal) = result { refusal.reason } else { nil }
  }

  @Test("a running job becomes one of its member's project, as Slurm gave and limits it")
  func job() throws {
    let seen = Listed.job(7, key: nil, .running, on: ["gn01", "gn02"])
    let new = try adopted(seen, in: try centre()).get()
    #expect(new.origin == .adopted)
    #expect(new.request.member.text == "m-0001" && new.request.project.text == "longscan")
    #expect(new.request.nodeCount == 2 && new.request.timeLimit == .minutes(1))
    #expect(new.request.perNode == NodeResources(gpus: 2, cpus: 20, memoryMiB: 64_000))
    #expect(new.taken == Instant(seconds: 1_000_000))
    #expect(new.key?.text.hasPrefix(Adoption.keyPrefix) == true)
  }

  @Test("a task of an array becomes a job of its own, with its index")
  func task() throws {
    let place = ArrayPlace.task(arrayJobID: 5, index: 3)
    let seen = Listed.job(7, key: nil, .running, array: place, on: ["gn01"])
    #expect(try adopted(seen, in: try centre()).get().request.arrayIndices == [3])
  }

  @Test("what Slurm runs without an end is held for as long as its partition lets any run")
  func unlimited() throws {
    var seen = Listed.job(7, key: nil, .running, on: ["gn01"])
    seen.timeLimitMinutes = nil
    #expect(try adopted(seen, in: try centre()).get().request.timeLimit == .hours(48))
  }

  @Test("where the site only lists, that alone is adopted which the plugin let in unseen")
  func listed() throws {
    let stranger = Listed.job(7, key: nil, .running, on: ["gn01"])
    #expect(reason(adopted(stranger, .list, in: try centre())) == "unknownJobs is list")
    let open = Listed.job(7, key: JobObservation.openKey, .running, on: ["gn01"])
    #expect(reason(adopted(open, .list, in: try centre())) == nil)
  }

  @Test("of the allocations that were open at its start the one with most left pays")
  func allocation() throws {
    var centre = try centre()
    let first = try #require(centre.allocations.values.first)
    let second = try #require(AllocationID("longscan-2"))
    let later = try #require(AllocationID("longscan-3"))
    for (id, opens) in [(second, 1_000_000), (later, 1_000_011)] as [(AllocationID, Int64)] {
      centre.allocations[id] = Allocation(
        id: id, project: first.project, programme: first.programme, granted: .hours(9),
        window: Instant(seconds: opens)..<Instant(seconds: 3_000_000), opening: .zero)
    }
    let seen = Listed.job(7, key: nil, .running, on: ["gn01"])
    let new = try adopted(
      seen, in: centre,
      balances: [second: Balance(granted: .hours(2)), later: Balance(granted: .hours(9))]
    ).get()
    #expect(new.request.allocation == second)
  }

  @Test("what Slurm may run again is put back as it would be")
  func requeue() throws {
    var seen = Listed.job(7, key: nil, .running, on: ["gn01"])
    #expect(try adopted(seen, in: try centre()).get().request.requeue == false)
    seen.mayRequeue = true
    #expect(try adopted(seen, in: try centre()).get().request.requeue)
    seen.hetLeader = 6
    #expect(
      reason(adopted(seen, in: try centre())) == "it is a part of a heterogeneous job")
  }

  @Test("until Slurm has its key an adopted task is known by what it is bound to")
  func unmarked() throws {
    let record = Listed.record(1, array: [3], bound: 5)
    let job = JobRecord(
      id: record.id, request: record.request, origin: .adopted, submitted: record.submitted,
      binding: record.binding)
    let place = ArrayPlace.task(arrayJobID: 5, index: 3)
    let other = ArrayPlace.task(arrayJobID: 5, index: 4)
    let seen = [
      Listed.job(7, key: nil, .running, array: place, on: ["gn01"]),
      Listed.job(8, key: nil, .running, array: other, on: ["gn02"]),
    ]
    let picture = SlurmPicture(jobs: seen, state: Listed.state(job))
    guard case .running? = picture.tasks[Listed.task(1, 3)] else {
      Issue.record("it is \(String(describing: picture.tasks))")
      return
    }
    #expect(picture.strangers.count == 2, "its key is still to be written")
    #expect(picture.foreign.count == 1)
  }

  @Test("nobody pays for what is not theirs, or ran before they could")
  func others() throws {
    var seen = Listed.job(7, key: nil, .running, on: ["gn01"])
    let early = adopted(seen, in: try centre(opens: 1_000_011))
    #expect(
      reason(early) == "it began before the allocations of project longscan open")
    seen.account = "other"
    #expect(
      reason(adopted(seen, in: try centre()))
        == "wout is not in a project 'other', its account in Slurm")
    seen.account = ""
    #expect(reason(adopted(seen, in: try centre())) == nil, "it has one project only")
    seen.partition = "debug"
    #expect(reason(adopted(seen, in: try centre())) == "partition debug is not described")
    seen.uid = 1
    #expect(reason(adopted(seen, in: try centre())) == "uid 1 is no member")
  }
}
