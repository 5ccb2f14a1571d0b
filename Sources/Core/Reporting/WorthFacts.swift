package import Domain

/// The facts behind a report of what was delivered is worth, all read from the books.
package struct WorthFacts: Sendable {
  /// The system's name as reports print it.
  package let system: String
  /// Half-open.
  package let period: Range<Instant>
  /// The moment up to which the facts reach: the period's end, or earlier while it runs.
  package let asOf: Instant
  /// Of closed periods as it stood at the closing.
  package let centre: Centre
  package let deliveries: [Delivery]
  /// How the books of each month that the period meets stood, in order of time.
  package let months: [MonthStanding]

  /// What was delivered to an allocation at one reference rate: charges and debits less refunds and
  /// credits of runs, effective in the period.
  package struct Delivery: Hashable, Sendable {
    package let allocation: AllocationID
    package let amount: GPUTime
    /// Of the rate card by which the runs were priced; nil if it states none.
    package let centsPerGPUHour: Int64?

    package init(allocation: AllocationID, amount: GPUTime, centsPerGPUHour: Int64?) {
      self.allocation = allocation
      self.amount = amount
      self.centsPerGPUHour = centsPerGPUHour
    }
  }

  package init(
    system: String, period: Range<Instant>, asOf: Instant, centre: Centre,
    deliveries: [Delivery], months: [MonthStanding] = []
  ) {
    self.system = system
    self.period = period
    self.asOf = asOf
    self.centre = centre
    self.deliveries = deliveries
    self.months = months
  }
}
