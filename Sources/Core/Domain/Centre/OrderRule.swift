/// How a centre has its waiting tasks put in order, as its administrators describe it.
package struct OrderRule: Hashable, Sendable {
  /// Nil for first come, first served by id, which looks at no use.
  package let policy: PriorityPolicy?
  /// Of programmes, projects and members. Those of funders are their entitlements, and stand with
  /// them: here they say nothing.
  package let shares: ShareWeights

  /// Planned starts up to so far ahead are promises, which nothing of a higher priority moves; nil for
  /// all that are planned on exact nodes. A promise to everybody would be first come, first served:
  /// whoever is planned first would be promised first.
  package let promiseAhead: Seconds?

  package init(
    policy: PriorityPolicy?, shares: ShareWeights = ShareWeights(), promiseAhead: Seconds? = nil
  ) {
    self.policy = policy
    self.shares = shares
    self.promiseAhead = promiseAhead
  }

  /// What a centre has that says nothing else: ``PriorityPolicy/shared``, with equal shares.
  package static let standard = OrderRule(policy: .shared, promiseAhead: .minutes(10))
}
