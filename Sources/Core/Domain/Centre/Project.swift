/// A project of one organisation, with its members.
package struct Project: Hashable, Sendable {
  package let id: ProjectID
  /// The reference of the award, for instance `EHPC-AIF-2026PG01-1147`.
  package let reference: String
  package let title: String
  package let organisation: OrganisationID
  /// Commercial use: pays, and counts under the cap of 20 % of the Union's share.
  package let commercial: Bool
  /// By member, ascending and unique.
  package let members: [Membership]

  package init(
    id: ProjectID, reference: String, title: String, organisation: OrganisationID,
    commercial: Bool, members: [Membership]
  ) {
    self.id = id
    self.reference = reference
    self.title = title
    self.organisation = organisation
    self.commercial = commercial
    self.members = members.sorted { $0.member < $1.member }
  }

  package func role(of member: MemberID) -> Role? {
    members.first { $0.member == member }?.role
  }

  package struct Membership: Hashable, Sendable {
    package let member: MemberID
    package let role: Role

    package init(member: MemberID, role: Role) {
      self.member = member
      self.role = role
    }
  }

  /// What a member may do in a project. A viewer sees and does not submit.
  package enum Role: String, Hashable, Sendable, CaseIterable {
    case principalInvestigator = "PI"
    case manager
    case member
    case viewer

    package var maySubmit: Bool { self != .viewer }
  }
}

/// The right of a project to an amount of GPU time in a window. What is left of it stands in the
/// books alone.
package struct Allocation: Hashable, Sendable {
  package let id: AllocationID
  package let project: ProjectID
  package let programme: ProgrammeID
  package let granted: GPUTime
  /// Half-open: nothing runs past its upper bound.
  package let window: Range<Instant>
  /// Use taken over from an earlier accounting, or zero.
  package let opening: GPUTime
  /// The allocation of the same project whose rest is carried over to this one, or nil.
  package let follows: AllocationID?
  /// From here on nothing starts, until an administrator lifts it; nil if it is not suspended.
  package let suspended: Instant?
  /// What becomes of its jobs when it ends, or nil for what its programme says.
  package let policy: ClosingPolicy?

  package init(
    id: AllocationID, project: ProjectID, programme: ProgrammeID, granted: GPUTime,
    window: Range<Instant>, opening: GPUTime, follows: AllocationID? = nil,
    suspended: Instant? = nil, policy: ClosingPolicy? = nil
  ) {
    self.id = id
    self.project = project
    self.programme = programme
    self.granted = granted
    self.window = window
    self.opening = opening
    self.follows = follows
    self.suspended = suspended
    self.policy = policy
  }

  /// Nothing runs past this by right: the end of its window, or its suspension if that is earlier.
  package var closes: Instant { min(window.upperBound, suspended ?? window.upperBound) }

  /// Since when it is suspended, at an instant within its window; nil if it is not.
  package func suspension(at instant: Instant) -> Instant? {
    guard let suspended, suspended <= instant, window.contains(instant) else { return nil }
    return suspended
  }

  /// True if a run may begin at an instant.
  package func isOpen(at instant: Instant) -> Bool {
    window.contains(instant) && instant < closes
  }
}
