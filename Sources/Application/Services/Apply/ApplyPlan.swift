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
  package let effects: [String]
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

  /// The answer to a client; `applied` only after `next` and `postings` were written.
  package func result(applied: Bool) -> ApplyResult {
    ApplyResult(
      changes: changes, unchanged: unchanged, notDescribed: notDescribed, refusals: refusals,
      applied: applied, effects: effects, irrevocable: irrevocable)
  }
}
