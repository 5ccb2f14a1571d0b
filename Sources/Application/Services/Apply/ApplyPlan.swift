package import Domain
package import Ledger
package import Wire

/// What a description makes of a centre: the difference, what stands against it, and what has to
/// be written. With any refusal nothing is: `next` is the centre as it was and `postings` is empty.
package struct ApplyPlan: Equatable, Sendable {
  /// By kind, then by id; told even if there are refusals.
  package let changes: [ApplyResult.Change]
  /// Described objects that are already so.
  package let unchanged: Int
  /// `Kind id` of what the centre has and the description lacks; left alone.
  package let notDescribed: [String]
  /// By file and line.
  package let refusals: [Problem.Place]
  package let next: Centre
  /// What the books have to say of it, in order.
  package let postings: [Posting]
  /// What becomes of runs under way, which awards are late, what expires at once, and which caps
  /// become others; a sentence each.
  package private(set) var effects: [String]
  /// Those of ``effects`` that nothing undoes: an allocation ends, with or without something left.
  package let irrevocable: [String]

  package init(
    changes: [ApplyResult.Change], unchanged: Int, notDescribed: [String],
    refusals: [Problem.Place], next: Centre, postings: [Posting], effects: [String] = [],
    irrevocable: [String] = []
  ) {
    self.changes = changes
    self.unchanged = unchanged
    self.notDescribed = notDescribed
    self.refusals = refusals
    self.next = next
    self.postings = postings
    self.effects = effects
    self.irrevocable = irrevocable
  }

  /// The same, with a word on members who could not submit: their account is not on this machine.
  /// They are told by id, since what follows from an apply stands in the audit log for ever.
  package func noting(accountsMissing accounts: any Accounts, since centre: Centre) -> ApplyPlan {
    let missing = next.members.values.sorted { $0.id < $1.id }.filter {
      centre.members[$0.id]?.account != $0.account && accounts.ids(of: $0.account) == nil
    }
    guard !missing.isEmpty else { return self }
    let named = missing.prefix(Self.mostNamed).map(\.id.text).joined(separator: ", ")
    let rest = missing.count - Self.mostNamed
    var plan = self
    plan.effects.append(
      "no account on this machine for \(named)" + (rest > 0 ? " and \(rest) more" : "")
        + ": nothing can be submitted as such a member until the account is made, or another is bound"
    )
    return plan
  }

  private static let mostNamed = 8

  /// The answer to a client; `applied` only after `next` and `postings` were written.
  package func result(applied: Bool) -> ApplyResult {
    ApplyResult(
      changes: changes, unchanged: unchanged, notDescribed: notDescribed, refusals: refusals,
      applied: applied, effects: effects, irrevocable: irrevocable)
  }
}
