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

  /// True if it counts runs of more than one project.
  package var isShared: Bool {
    switch self {
    case .member, .project: false
    case .programmes, .commercial, .funder: true
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

/// How strict a cap is.
package enum CapStrength: String, Hashable, Sendable, CaseIterable {
  /// Nothing is held beyond it.
  case hard
  /// Beyond it runs still start, after all others.
  case soft
}

/// A cap as administrators describe it: what `Cap` is made of for the period at hand.
package struct CapRule: Hashable, Sendable {
  package enum Limit: Hashable, Sendable {
    case amount(GPUTime)
    /// Hundredths of a per cent of a funder's share of the planned capacity of the period.
    case share(FunderID, basisPoints: Int)
  }

  package enum Span: Hashable, Sendable {
    /// Counted anew in each calendar year, UTC.
    case calendarYear
    /// Counted once; half-open.
    case window(Range<Instant>)
  }

  package let id: CapID
  package let scope: CapScope
  package let limit: Limit
  package let span: Span
  package let strength: CapStrength

  package init(
    id: CapID, scope: CapScope, limit: Limit, span: Span, strength: CapStrength
  ) {
    self.id = id
    self.scope = scope
    self.limit = limit
    self.span = span
    self.strength = strength
  }

  /// The period that is counted at an instant, or nil outside the window.
  package func period(at now: Instant) -> Range<Instant>? {
    switch span {
    case .window(let window): return window.contains(now) ? window : nil
    case .calendarYear:
      let year = CivilDate(now).year
      guard let first = CivilDate(year: year, month: 1, day: 1),
        let next = CivilDate(year: year + 1, month: 1, day: 1)
      else { return nil }
      return first.start..<next.start
    }
  }
}
