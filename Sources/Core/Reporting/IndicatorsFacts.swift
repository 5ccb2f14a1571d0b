package import Domain

/// The facts behind a report of the AI factory's indicators.
package struct IndicatorsFacts: Sendable {
  /// What the access-time report of the same period is made of: which allocations count, what was
  /// awarded, used and delivered; of a closed month with the centre that was frozen with it.
  package let access: AccessTimeFacts
  /// For what the form of the report does not freeze: as it is described now, also with what has left. Else
  /// the centre of ``access``.
  package let described: Centre
  /// When the first run of an allocation began, of those that count and whose first one began in the
  /// period; without those that had been used before Polder kept the books.
  package let firstJobs: [AllocationID: Instant]

  package init(access: AccessTimeFacts, described: Centre, firstJobs: [AllocationID: Instant]) {
    self.access = access
    self.described = described
    self.firstJobs = firstJobs
  }

  /// How long it was from when an allocation could be used to its first job.
  package struct Delay: Hashable, Sendable {
    /// In days as people count them, and in working days.
    package let days: Int
    package let workingDays: Int

    package init(days: Int, workingDays: Int) {
      self.days = days
      self.workingDays = workingDays
    }
  }
}
