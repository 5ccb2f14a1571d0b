/// The shares of the tree's nodes among their siblings. What is not named has one share.
///
/// A member's are the same in each of its projects, and a project's under each of its programmes.
package struct ShareWeights: Hashable, Sendable {
  package var funders: [FunderID: Int64]
  package var programmes: [ProgrammeID: Int64]
  package var projects: [ProjectID: Int64]
  package var members: [MemberID: Int64]

  package init(
    funders: [FunderID: Int64] = [:], programmes: [ProgrammeID: Int64] = [:],
    projects: [ProjectID: Int64] = [:], members: [MemberID: Int64] = [:]
  ) {
    self.funders = funders
    self.programmes = programmes
    self.projects = projects
    self.members = members
  }

  /// What a description of a centre says: funders by their entitlement on the day, all else as its
  /// order has it.
  package init(_ centre: Centre, at now: Instant) {
    let day = CivilDate(now)
    self = centre.order.shares
    funders = centre.funders.mapValues { Int64($0.basisPoints(on: day)) }
  }

  /// Of the node that a leaf stands under at a depth, from 0 for its funder to 3 for itself: from 0
  /// to a billion.
  package func shares(of leaf: UsageLeaf, depth: Int) -> Int64 {
    let shares =
      switch depth {
      case 0: funders[leaf.funder]
      case 1: programmes[leaf.programme]
      case 2: projects[leaf.project]
      default: members[leaf.member]
      }
    return min(max(shares ?? 1, 0), 1_000_000_000)
  }
}
