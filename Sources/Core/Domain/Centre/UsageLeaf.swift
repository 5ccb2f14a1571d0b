/// A leaf of the tree of shares, funder → programme → project → member: whose use is counted. Use
/// follows the allocation that it was held from, so a member of a project with two allocations of two
/// programmes has two leaves.
package struct UsageLeaf: Hashable, Comparable, Sendable {
  package let funder: FunderID
  package let programme: ProgrammeID
  package let project: ProjectID
  package let member: MemberID

  package init(
    funder: FunderID, programme: ProgrammeID, project: ProjectID, member: MemberID
  ) {
    self.funder = funder
    self.programme = programme
    self.project = project
    self.member = member
  }

  package init(_ bearer: Bearer) {
    self.init(
      funder: bearer.funder, programme: bearer.programme, project: bearer.project,
      member: bearer.member)
  }

  package static func < (left: Self, right: Self) -> Bool {
    (left.funder, left.programme, left.project, left.member)
      < (right.funder, right.programme, right.project, right.member)
  }
}
