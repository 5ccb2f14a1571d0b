import Domain
import Engine
import Ledger
import Lifecycle
import Scheduling

/// The small site with two funders, so that there is a tree of shares to put jobs in order by.
enum OrderTown {
  private static let site = SmallSite.self
  static let union = SmallSite.name("union", FunderID.self)
  static let state = SmallSite.name("state", FunderID.self)
  static let anna = SmallSite.name("anna", MemberID.self)
  static let bea = SmallSite.name("bea", MemberID.self)

  /// Two funders, each with a programme, a project of one member and a large allocation:
  /// `union/up/alpha/anna` and `state/sp/beta/bea`.
  static func with(_ policy: PriorityPolicy?) -> EngineState {
    var town = site.empty
    var centre = site.centre
    centre.allocations = [:]
    town.balances = [:]
    for (funder, programme, project, member, points) in [
      (union, "up", "alpha", anna, 6000), (state, "sp", "beta", bea, 4000),
    ] {
      let programme = site.name(programme, ProgrammeID.self)
      let project = site.name(project, ProjectID.self)
      let allocation = site.name("\(project)-1", AllocationID.self)
      centre.funders[funder] = Funder(
        id: funder, name: "f", contributions: [],
        shares: [Funder.Share(from: CivilDate(Instant(seconds: 0)), basisPoints: points)])
      centre.programmes[programme] = Programme(
        id: programme, name: "p", funder: funder, mode: "m", amount: .hours(1)...(.hours(1000)),
        maximumMonths: 3, demand: .open, accessWorkingDays: 2)
      centre.projects[project] = Project(
        id: project, reference: "r", title: "t",
        organisation: site.name("martini", OrganisationID.self), commercial: false,
        members: [Project.Membership(member: member, role: .principalInvestigator)])
      centre.allocations[allocation] = Allocation(
        id: allocation, project: project, programme: programme, granted: .hours(100),
        window: site.at(0)..<site.at(900_000), opening: .zero)
      town.balances[allocation] = Balance(granted: .hours(100))
    }
    town.centre = centre
    town.order = OrderState(policy: policy)
    return town
  }

  /// All of each node for 100 s.
  static func job(
    _ number: Int64, of member: MemberID, nodes: Int, at second: Int64
  ) -> JobRecord {
    JobRecord(
      id: JobID(number: number),
      request: JobRequest(
        name: "j", member: member,
        project: site.name(member == anna ? "alpha" : "beta", ProjectID.self), allocation: nil,
        partition: site.gpu, nodeCount: nodes, perNode: site.capacity, gpuType: nil,
        timeLimit: Seconds(100)),
      origin: .polder, submitted: site.at(second), binding: .unbound)
  }
}
