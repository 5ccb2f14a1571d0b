/// One version of a partition's rate card: what occupying its nodes weighs from an instant on.
///
/// A run is priced, for all of its length, by the version in force when its start was committed (of
/// a run that Slurm started without us: when it started). A version that was in force once never
/// changes; one that lies ahead may be changed or withdrawn.
package struct RateCard: Hashable, Sendable {
  /// From 1, ascending with ``inForceFrom``.
  package let version: Int
  /// Until the next version's.
  package let inForceFrom: Instant
  package let rates: Rates
  /// The euro reference rate, in cents for a GPU-hour: for pay-per-use and aid-in-kind figures. No
  /// part of the books, which are in GPU time. Nil if the centre states none.
  package let centsPerGPUHour: Int64?

  package init(
    version: Int, inForceFrom: Instant, rates: Rates, centsPerGPUHour: Int64? = nil
  ) {
    self.version = version
    self.inForceFrom = inForceFrom
    self.rates = rates
    self.centsPerGPUHour = centsPerGPUHour
  }

  /// What an amount is worth at the reference rate; nil without one.
  package func euros(for amount: GPUTime) -> Euros? {
    centsPerGPUHour.map { Euros(worthOf: amount, centsPerGPUHour: $0) }
  }
}

extension Partition {
  /// The version in force at an instant. What lies before the first is priced by the first.
  package func rateCard(at instant: Instant) -> RateCard {
    rateCards.last { $0.inForceFrom <= instant } ?? rateCards[0]
  }

  /// A version by its number, whenever it is in force.
  package func rateCard(version: Int) -> RateCard? {
    rateCards.first { $0.version == version }
  }

  /// The first version that comes into force after an instant.
  package func nextRateCard(after instant: Instant) -> RateCard? {
    rateCards.first { $0.inForceFrom > instant && $0.version != rateCard(at: instant).version }
  }

  /// When a version ends; nil for the last.
  package func end(of card: RateCard) -> Instant? {
    rateCards.first { $0.inForceFrom > card.inForceFrom }?.inForceFrom
  }
}
