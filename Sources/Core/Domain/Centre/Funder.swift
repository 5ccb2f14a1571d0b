/// A party that paid for the machine, with what it paid and what it is entitled to, both dated.
package struct Funder: Hashable, Sendable {
  package let id: FunderID
  package let name: String
  /// What it paid, by the day from which it counts, ascending.
  package let contributions: [Contribution]
  /// Its entitlement of the delivered capacity, by the day from which it holds, ascending. Dated
  /// configuration and never computed from the contributions: the legal split counts other costs.
  package let shares: [Share]

  package init(id: FunderID, name: String, contributions: [Contribution], shares: [Share]) {
    self.id = id
    self.name = name
    self.contributions = contributions.sorted { $0.from < $1.from }
    self.shares = shares.sorted { $0.from < $1.from }
  }

  /// Whole euros from a day on.
  package struct Contribution: Hashable, Sendable {
    package let from: CivilDate
    package let euros: Int64

    package init(from: CivilDate, euros: Int64) {
      self.from = from
      self.euros = euros
    }
  }

  /// Hundredths of a per cent of the delivered capacity from a day on: 3500 is 35 %.
  package struct Share: Hashable, Sendable {
    package let from: CivilDate
    package let basisPoints: Int

    package init(from: CivilDate, basisPoints: Int) {
      self.from = from
      self.basisPoints = basisPoints
    }
  }

  /// The share in force on a day, or 0 before the first.
  package func basisPoints(on day: CivilDate) -> Int {
    shares.last { $0.from <= day }?.basisPoints ?? 0
  }
}

/// A funder's programme: an access mode with its amounts, durations and demand.
package struct Programme: Hashable, Sendable {
  package let id: ProgrammeID
  package let name: String
  package let funder: FunderID
  /// The access mode's name as regulations and reports use it, for instance `Playground`.
  package let mode: String
  /// What one allocation may be granted, inclusive.
  package let amount: ClosedRange<GPUTime>
  /// How long one allocation may last, in months.
  package let maximumMonths: Int
  package let demand: Demand
  /// Working days from a request to access that the mode promises.
  package let accessWorkingDays: Int

  package init(
    id: ProgrammeID, name: String, funder: FunderID, mode: String, amount: ClosedRange<GPUTime>,
    maximumMonths: Int, demand: Demand, accessWorkingDays: Int
  ) {
    self.id = id
    self.name = name
    self.funder = funder
    self.mode = mode
    self.amount = amount
    self.maximumMonths = maximumMonths
    self.demand = demand
    self.accessWorkingDays = accessWorkingDays
  }

  /// Whether new allocations are given.
  package enum Demand: String, Hashable, Sendable, CaseIterable {
    case open, waiting, closed
  }
}
