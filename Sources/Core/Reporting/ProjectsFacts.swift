package import Domain
package import Ledger

/// The facts behind a report of projects and their allocations, all read from the books and the runs.
package struct ProjectsFacts: Sendable {
  /// What the access-time report of the same period is made of: which allocations count, what was
  /// awarded, used and delivered; of a closed month with the centre that was frozen with it.
  package let access: AccessTimeFacts
  /// For what the form of the report does not freeze: as it is described now, also with what has left. Else
  /// the centre of ``access``.
  package let described: Centre
  /// Of those that count, by allocation. What is missing is nothing.
  package let figures: [AllocationID: Figures]

  package struct Figures: Hashable, Sendable {
    /// Refunds and credits, effective in the period.
    package var refunded: GPUTime
    /// Jobs of which a run was committed in the period and began.
    package var jobs: Int
    /// Awards, what was taken over, and what corrects it, in order of posting; effective at any time.
    package var acts: [Entry]

    package init(refunded: GPUTime = .zero, jobs: Int = 0, acts: [Entry] = []) {
      self.refunded = refunded
      self.jobs = jobs
      self.acts = acts
    }
  }

  package init(
    access: AccessTimeFacts, described: Centre, figures: [AllocationID: Figures]
  ) {
    self.access = access
    self.described = described
    self.figures = figures
  }
}
