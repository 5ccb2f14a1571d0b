/// A whole centre as its administrators describe it. A value: applying a description makes the
/// next one. What was used, and how nodes are, is not in it.
package struct Centre: Hashable, Sendable {
  package var funders: [FunderID: Funder] = [:]
  package var programmes: [ProgrammeID: Programme] = [:]
  package var nodes: [NodeName: Node] = [:]
  package var partitions: [PartitionName: Partition] = [:]
  package var organisations: [OrganisationID: Organisation] = [:]
  package var members: [MemberID: Member] = [:]
  package var projects: [ProjectID: Project] = [:]
  package var allocations: [AllocationID: Allocation] = [:]
  package var capRules: [CapID: CapRule] = [:]
  package var limitRules: [LimitID: LimitRule] = [:]
  package var order: OrderRule = .standard
  package var qosClasses: [QOSName: QOSClass] = [:]
  package var licences: [LicenceName: Licence] = [:]

  package init() {}

  /// The member whom an administrator bound to a UNIX account.
  package func member(account: String) -> Member? {
    members.values.filter { $0.account == account }.min { $0.id < $1.id }
  }

  /// The projects in which a member may submit, by id.
  package func projects(of member: MemberID) -> [Project] {
    projects.values.filter { $0.role(of: member)?.maySubmit == true }.sorted { $0.id < $1.id }
  }

  /// The allocations of a project, the earliest to end first, ties by id.
  package func allocations(of project: ProjectID) -> [Allocation] {
    allocations.values.filter { $0.project == project }
      .sorted { ($0.window.upperBound, $0.id) < ($1.window.upperBound, $1.id) }
  }

  /// As ``allocations(of:)``, of all projects that have any.
  package var allocationsByProject: [ProjectID: [Allocation]] {
    Dictionary(grouping: allocations.values, by: \.project).mapValues {
      $0.sorted { ($0.window.upperBound, $0.id) < ($1.window.upperBound, $1.id) }
    }
  }

  /// What becomes of an allocation's jobs when it ends: its own policy, else its programme's.
  package func policy(of allocation: AllocationID) -> ClosingPolicy {
    guard let allocation = allocations[allocation] else { return .standard }
    return allocation.policy ?? programmes[allocation.programme]?.policy ?? .standard
  }

  /// Who bears the cost of a run of a request that holds from an allocation, or nil if either names
  /// what the centre has not.
  package func bearer(of request: JobRequest, allocation: AllocationID) -> Bearer? {
    bearer(request.member, in: request.project, allocation: allocation)
  }

  /// The same by a member and its project.
  package func bearer(
    _ member: MemberID, in project: ProjectID, allocation: AllocationID
  ) -> Bearer? {
    guard let allocation = allocations[allocation],
      let programme = programmes[allocation.programme], let project = projects[project]
    else { return nil }
    return Bearer(
      member: member, project: project.id, programme: programme.id, funder: programme.funder,
      commercial: project.commercial)
  }

  /// All caps: those that are described, and a funder's on commercial use.
  package var allCapRules: [CapRule] {
    let commercial = funders.values.compactMap { funder -> CapRule? in
      guard let points = funder.commercialCapBasisPoints,
        let id = CapID("commercial-\(funder.id)")
      else { return nil }
      return CapRule(
        id: id, scope: .commercial(funder.id), limit: .share(funder.id, basisPoints: points),
        span: .calendarYear, strength: .hard)
    }
    return (commercial.filter { capRules[$0.id] == nil } + capRules.values)
      .sorted { $0.id < $1.id }
  }

  /// The type of the GPUs that a request is for: the one it names, else that of all GPUs of its
  /// partitions, if they are of one type.
  package func gpuType(for request: JobRequest) -> String? {
    if let named = request.gpuType { return named }
    let nodes = request.partitions.flatMap { partitions[$0]?.nodes ?? [] }
      .compactMap { self.nodes[$0] }
    let types = Set(nodes.filter { $0.capacity.gpus > 0 }.map(\.gpuType))
    return types.count == 1 ? types.first : nil
  }
}
