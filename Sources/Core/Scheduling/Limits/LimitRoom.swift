package import Domain

/// A limit as a planner sees it: how much may be there at once, and how much runs use now.
package struct LimitRoom: Hashable, Sendable {
  package let scope: CapScope
  package let most: [LimitMeasure: Int64]
  package let inUse: LimitUse

  package init(scope: CapScope, most: [LimitMeasure: Int64], inUse: LimitUse) {
    self.scope = scope
    self.most = most
    self.inUse = inUse
  }
}

/// A run that a limit does not leave room for now.
package struct LimitShortfall: Hashable, Sendable {
  package let limit: LimitID
  /// Whose jobs it counts.
  package let scope: CapScope
  package let measure: LimitMeasure
  /// Of the measure, as all that follows.
  package let wants: Int64
  package let most: Int64
  /// By runs under way.
  package let inUse: Int64
  /// What tasks ahead in the queue take of the rest, as far as they start now.
  package let promisedAhead: Int64

  package init(
    limit: LimitID, scope: CapScope, measure: LimitMeasure, wants: Int64, most: Int64,
    inUse: Int64, promisedAhead: Int64
  ) {
    self.limit = limit
    self.scope = scope
    self.measure = measure
    self.wants = wants
    self.most = most
    self.inUse = inUse
    self.promisedAhead = promisedAhead
  }
}
