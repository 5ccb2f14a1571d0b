package import Domain

/// Who bears the cost of a run, on every level that a cap can be set on. Frozen when the run's hold
/// is taken: a project that changes hands later does not move what it used.
package struct Bearer: Hashable, Sendable {
  package let member: MemberID
  package let project: ProjectID
  package let programme: ProgrammeID
  package let funder: FunderID
  package let commercial: Bool

  package init(
    member: MemberID, project: ProjectID, programme: ProgrammeID, funder: FunderID,
    commercial: Bool
  ) {
    self.member = member
    self.project = project
    self.programme = programme
    self.funder = funder
    self.commercial = commercial
  }
}

/// Whose runs a cap counts.
package enum CapScope: Hashable, Sendable {
  /// One member of one project.
  case member(MemberID, ProjectID)
  case project(ProjectID)
  /// All of these programmes together.
  case programmes(Set<ProgrammeID>)
  /// Everything under a funder's programmes.
  case funder(FunderID)
  /// Commercial use under a funder's programmes (Regulation (EU) 2021/1173, article 18).
  case commercial(FunderID)

  package func covers(_ bearer: Bearer) -> Bool {
    switch self {
    case .member(let member, let project): bearer.member == member && bearer.project == project
    case .project(let project): bearer.project == project
    case .programmes(let programmes): programmes.contains(bearer.programme)
    case .funder(let funder): bearer.funder == funder
    case .commercial(let funder): bearer.funder == funder && bearer.commercial
    }
  }

  /// The narrowest first: of several caps that are reached, that one is named.
  package var breadth: Int {
    switch self {
    case .member: 0
    case .project: 1
    case .programmes: 2
    case .commercial: 3
    case .funder: 4
    }
  }
}

/// A cumulative limit above allocations, as it stands in one period. It never decays.
///
/// It counts the runs in its scope whose hold was taken in its period: what they hold, and what
/// they were charged less what was given back.
package struct Cap: Hashable, Sendable {
  package enum Strength: String, Hashable, Sendable, CaseIterable {
    /// Nothing is held beyond it.
    case hard
    /// Beyond it runs still start, after all others, and their owners are warned.
    case soft
  }

  package let id: CapID
  package let scope: CapScope
  package let limit: GPUTime
  /// Half-open.
  package let period: Range<Instant>
  package let strength: Strength

  package init(
    id: CapID, scope: CapScope, limit: GPUTime, period: Range<Instant>, strength: Strength
  ) {
    self.id = id
    self.scope = scope
    self.limit = limit
    self.period = period
    self.strength = strength
  }

  package func covers(_ bearer: Bearer, holdTaken: Instant) -> Bool {
    period.contains(holdTaken) && scope.covers(bearer)
  }
}

extension Sequence<Cap> {
  /// The caps that cover a run, the narrowest first, ties by id.
  package func covering(_ bearer: Bearer, holdTaken: Instant) -> [Cap] {
    filter { $0.covers(bearer, holdTaken: holdTaken) }
      .sorted { ($0.scope.breadth, $0.id) < ($1.scope.breadth, $1.id) }
  }
}

/// What has been taken of a cap.
package struct CapUse: Hashable, Sendable {
  /// Charged and not given back.
  package var used: GPUTime
  package var held: GPUTime

  package init(used: GPUTime = .zero, held: GPUTime = .zero) {
    self.used = used
    self.held = held
  }

  package var taken: GPUTime { used + held }

  /// The use after an entry about a run that the cap covers.
  package func after(_ kind: EntryKind, _ amount: GPUTime) -> CapUse {
    var next = self
    switch kind {
    case .hold: next.held += amount
    case .charge:
      next.held -= amount
      next.used += amount
    case .release: next.held -= amount
    case .refund, .credit: next.used -= amount
    case .debit: next.used += amount
    case .grant, .withdrawal, .opening, .deferral, .instalment, .transferOut, .transferIn, .expiry,
      .overrun:
      break
    }
    return next
  }
}
