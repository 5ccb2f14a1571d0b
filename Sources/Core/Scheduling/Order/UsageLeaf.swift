package import Domain
package import Ledger

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

/// What was used, by leaf and by funder, as far as it has not faded.
package struct UsageRecord: Hashable, Sendable {
  /// For the order within the tree.
  package let decay: Decay
  /// For the entitlement of funders: a half-life that is long beside the other.
  package let longDecay: Decay
  package private(set) var byLeaf: [UsageLeaf: DecayedUsage] = [:]
  package private(set) var byFunder: [FunderID: DecayedUsage] = [:]

  package init(decay: Decay, longDecay: Decay) {
    self.decay = decay
    self.longDecay = longDecay
  }

  /// Counts an amount that was used at an instant; a negative one takes back what was counted there.
  package mutating func add(_ amount: GPUTime, of leaf: UsageLeaf, at instant: Instant) {
    byLeaf[leaf] = (byLeaf[leaf] ?? DecayedUsage(decay: decay)).adding(amount, at: instant)
    byFunder[leaf.funder] =
      (byFunder[leaf.funder] ?? DecayedUsage(decay: longDecay)).adding(amount, at: instant)
  }

  /// Counts entries of the ledger: charges, and overruns, which the operator paid but the leaf used,
  /// when they were effective; what a refund, credit or debit corrects, at the time of what it names
  /// (if that is among the entries), so that what is given back counts as never used. Other kinds
  /// count nothing.
  ///
  /// - Parameter leaf: whose an entry is; nil for an entry that is nobody's.
  package mutating func add(
    _ entries: some Collection<Entry>, leaf: (Entry) -> UsageLeaf?
  ) {
    var effective: [EntryID: Instant] = [:]
    for entry in entries where entry.kind == .charge { effective[entry.id] = entry.effective }
    for entry in entries {
      let sign: Int64
      switch entry.kind {
      case .charge, .overrun, .debit: sign = 1
      case .refund, .credit: sign = -1
      case .grant, .withdrawal, .opening, .deferral, .instalment, .transferOut, .transferIn, .hold,
        .release, .expiry:
        continue
      }
      guard let leaf = leaf(entry) else { continue }
      let instant = entry.corrects.flatMap { effective[$0] } ?? entry.effective
      add(
        GPUTime(milliseconds: sign * entry.amount.milliseconds), of: leaf, at: instant)
    }
  }

  /// What is left of a leaf's use; never below zero.
  package func usage(of leaf: UsageLeaf, at now: Instant) -> GPUTime {
    max(byLeaf[leaf]?.value(at: now) ?? .zero, .zero)
  }

  /// What is left of a funder's use over the long run; never below zero.
  package func delivered(to funder: FunderID, at now: Instant) -> GPUTime {
    max(byFunder[funder]?.value(at: now) ?? .zero, .zero)
  }
}
