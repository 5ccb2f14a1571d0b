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

  /// The type of the GPUs that a request is for: the one it names, else that of all GPUs of its
  /// partition, if they are of one type.
  package func gpuType(for request: JobRequest) -> String? {
    if let named = request.gpuType { return named }
    let nodes = partitions[request.partition]?.nodes.compactMap { self.nodes[$0] } ?? []
    let types = Set(nodes.filter { $0.capacity.gpus > 0 }.map(\.gpuType))
    return types.count == 1 ? types.first : nil
  }
}
