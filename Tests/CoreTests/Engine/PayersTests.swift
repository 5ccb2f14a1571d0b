// Why: a cycle asks once for all requests that pay alike; each must get what it would get alone.
import Domain
import Engine
import Ledger
import Lifecycle
import Scheduling
import Testing

@Suite("what requests may hold from")
struct PayersTests {
  private let site = SmallSite.self

  /// Allocations of three projects: open, future, over, suspended; half of them under caps.
  private func state(_ random: inout SplitMix64) -> EngineState {
    var state = site.empty
    var centre = site.centre
    centre.allocations = [:]
    let funder = site.name("state", FunderID.self)
    let programme = site.name("playground", ProgrammeID.self)
    centre.programmes[programme] = Programme(
      id: programme, name: "Playground", funder: funder, mode: "Playground",
      amount: .hours(1)...(.hours(1000)), maximumMonths: 3, demand: .open, accessWorkingDays: 2)
    for number in 0..<3 {
      centre.projects[project(number)] = Project(
        id: project(number), reference: "r", title: "t",
        organisation: site.name("martini", OrganisationID.self), commercial: number == 1,
        members: [])
      for allocation in 0..<random.pick(0...4) {
        let id = site.name("a\(number)-\(allocation)", AllocationID.self)
        let start = Int64(random.pick(-100...20))
        centre.allocations[id] = Allocation(
          id: id, project: project(number), programme: programme, granted: .hours(1),
          window: site.at(start)..<site.at(start + Int64(random.pick(1...200))), opening: .zero,
          suspended: random.oneIn(4) ? site.at(Int64(random.pick(-50...50))) : nil)
      }
    }
    for (number, strength) in [CapStrength.hard, .soft, .hard].enumerated() {
      let id = site.name("cap-\(number)", CapID.self)
      centre.capRules[id] = CapRule(
        id: id, scope: .member(member(number % 2), project(number)), limit: .amount(.zero),
        span: .calendarYear, strength: strength)
    }
    state.centre = centre
    state.caps = centre.caps(at: site.at(0))
    return state
  }

  private func project(_ number: Int) -> ProjectID { site.name("p\(number)", ProjectID.self) }
  private func member(_ number: Int) -> MemberID { site.name("m-000\(number)", MemberID.self) }

  @Test("each task of a queue has the options, and the reason to wait, that it would have alone")
  func alike() {
    for seed in 1...200 as ClosedRange<UInt64> {
      var random = SplitMix64(seed: seed)
      var state = state(&random)
      let ids = state.centre.allocations.keys.sorted()
      for number in 1...20 as ClosedRange<Int64> {
        let template = site.request(limit: 1)
        let request = JobRequest(
          name: template.name, member: member(random.pick(0...1)),
          project: project(random.pick(0...2)),
          allocation: random.oneIn(3) ? ids.randomElement(using: &random) : nil,
          partition: template.partition, nodeCount: 1, perNode: template.perNode, gpuType: nil,
          timeLimit: Seconds(1))
        state = state.with(site.job(number, request))
      }
      let now = site.at(0)
      for candidate in site.cycle.problem(state, now: now).queue {
        let options = Cycle.options(for: candidate.request, state.centre, state.caps, now: now)
        #expect(candidate.options == options, "seed \(seed)")
        let eligibility = Cycle.eligibility(
          of: candidate.request, started: 0, state: state, now: now)
        #expect(candidate.eligibility == eligibility, "seed \(seed)")
      }
      let payable = state.centre.allocationsByProject
      for number in 0..<3 {
        #expect(payable[project(number)] ?? [] == state.centre.allocations(of: project(number)))
      }
    }
  }
}
