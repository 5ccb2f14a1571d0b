package import Domain

/// A limit as a planner sees it: how much may be there at once of each that it stands for.
package struct LimitRoom: Hashable, Sendable {
  /// Nil for the whole centre.
  package let scope: CapScope?
  package var most: [LimitMeasure: Int64]

  package init(scope: CapScope?, most: [LimitMeasure: Int64]) {
    self.scope = scope
    self.most = most
  }
}

/// A run that a limit does not leave room for now, or a submission that it does not take.
package struct LimitShortfall: Hashable, Sendable {
  package let counter: LimitCounter
  /// Whose jobs the limit counts; nil for those of the whole centre.
  package let scope: CapScope?
  package let measure: LimitMeasure
  /// Of the measure, as all that follows.
  package let wants: Int64
  package let most: Int64
  /// By runs under way, or tasks that wait.
  package let inUse: Int64
  /// What tasks ahead in the queue take of the rest, as far as they start now.
  package let promisedAhead: Int64

  package init(
    counter: LimitCounter, scope: CapScope?, measure: LimitMeasure, wants: Int64, most: Int64,
    inUse: Int64, promisedAhead: Int64
  ) {
    self.counter = counter
    self.scope = scope
    self.measure = measure
    self.wants = wants
    self.most = most
    self.inUse = inUse
    self.promisedAhead = promisedAhead
  }

  package var limit: LimitID { counter.limit }
}
