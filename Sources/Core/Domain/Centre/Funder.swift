/// A party that paid for the machine, with what it paid and what it is entitled to, both dated.
package struct Funder: Hashable, Sendable {
  package let id: FunderID
  package let name: String
  /// What it paid, by the day from which it counts, ascending.
  package let contributions: [Contribution]
  /// Its entitlement of the delivered capacity, by the day from which it holds, ascending. Dated
  /// configuration and never computed from the contributions: the legal split counts other costs.
  package let shares: [Share]
  /// Commercial use may take at most this part of the funder's share, in hundredths of a per cent
  /// (2000 for the Union: Regulation (EU) 2021/1173, article 18); nil for no cap.
  package let commercialCapBasisPoints: Int?

  package init(
    id: FunderID, name: String, contributions: [Contribution], shares: [Share],
    commercialCapBasisPoints: Int? = nil
  ) {
    self.commercialCapBasisPoints = commercialCapBasisPoints
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

  /// The spans of a period in which one share is in force, in order of time, from the first share on.
  package func shares(
    over period: Range<Instant>
  ) -> [(span: Range<Instant>, basisPoints: Int)] {
    shares.enumerated().compactMap { index, share in
      let next = index + 1 < shares.count ? shares[index + 1].from.start : period.upperBound
      let begin = max(share.from.start, period.lowerBound)
      let end = min(next, period.upperBound)
      return begin < end ? (begin..<end, share.basisPoints) : nil
    }
  }

  /// The share over a period, weighted by time where it changes inside, rounded half up.
  package func basisPoints(over period: Range<Instant>) -> Int {
    let length = period.upperBound.milliseconds - period.lowerBound.milliseconds
    guard length > 0 else { return basisPoints(on: CivilDate(period.lowerBound)) }
    let weighted = shares(over: period).reduce(Int64(0)) { sum, part in
      let seconds = (part.span.upperBound.milliseconds - part.span.lowerBound.milliseconds) / 1000
      return sum + Int64(part.basisPoints) * seconds
    }
    return Int((weighted + length / 2000) / max(length / 1000, 1))
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
  /// How an allocation's amount is released over its window.
  package let release: Release
  /// At most this part of what an allocation was awarded is carried over to the one that follows
  /// it, in hundredths of a per cent.
  package let carryOverBasisPoints: Int
  /// What becomes of jobs when an allocation ends, where that does not say otherwise.
  package let policy: ClosingPolicy
  /// How much of an allocation the mode expects to be used by when.
  package let pace: PaceCurve
  /// From when on how little use of an allocation is listed as under-use.
  package let underUse: UnderUseRule

  package init(
    id: ProgrammeID, name: String, funder: FunderID, mode: String, amount: ClosedRange<GPUTime>,
    maximumMonths: Int, demand: Demand, accessWorkingDays: Int, release: Release = .atOnce,
    carryOverBasisPoints: Int = 0, policy: ClosingPolicy = .standard,
    pace: PaceCurve = .linear, underUse: UnderUseRule = .standard
  ) {
    self.id = id
    self.name = name
    self.funder = funder
    self.mode = mode
    self.amount = amount
    self.maximumMonths = maximumMonths
    self.demand = demand
    self.accessWorkingDays = accessWorkingDays
    self.release = release
    self.carryOverBasisPoints = carryOverBasisPoints
    self.policy = policy
    self.pace = pace
    self.underUse = underUse
  }

  /// Whether new allocations are given.
  package enum Demand: String, Hashable, Sendable, CaseIterable {
    case open, waiting, closed
  }
}
