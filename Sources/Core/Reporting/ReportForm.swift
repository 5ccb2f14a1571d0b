/// By which rules an access-time report is made, and in which words its notes say so. Frozen with a
/// period when it is closed (``PeriodFacts/form``), so that what was told once is told alike for ever:
/// whoever changes a rule or a note of the report adds a form.
package enum ReportForm: Int, Hashable, Sendable, CaseIterable {
  /// Up to version 0.1.0, and of all periods that were closed without a form: what was awarded late
  /// is in no month's report but that of its window, and each GPU counts as one.
  case first = 1
  /// What was awarded late, or corrected of what had been taken over, is in the report of the month
  /// that books it, and GPUs count by their weight.
  case second = 2
  /// It says which of its months are closed and as of when it is, and defines what it counts.
  case third = 3
  /// It says of which capacity the commercial cap is a part.
  case fourth = 4
  /// Nothing of a closed month can change: what is described of projects, organisations and the pace of
  /// modes is frozen too, and what is recorded late of runs counts in the month that is open then.
  case fifth = 5

  /// Of periods that are open, and that are closed from now on.
  package static let current = ReportForm.fifth

  /// Whether all that is described is frozen at the closing, so that nothing is told as of now.
  package var freezesDescriptions: Bool { rawValue >= Self.fifth.rawValue }

  /// What can't change in a closed month: all, and else what is told.
  func noteOfMonths(earlier: String) -> String {
    freezesDescriptions
      ? "Months: nothing can change of a month that was closed by form 5 or later. What was recorded of a "
        + "run after its month was closed counts at the beginning of the first month that was open then. "
        + "What is described is as it was when the last month was closed; if that is open, as of now."
      : earlier
  }

  /// Whether an allocation is in the report of the month that books its award, or a correction of what
  /// it had taken over, late.
  var countsWhatIsLate: Bool { self != .first }

  /// Whether it has the columns that say how far its months can still change.
  var tellsItsMonths: Bool { rawValue >= Self.third.rawValue }

  /// What stands in columns that the first two forms leave to the reader to guess.
  var definitions: [String] {
    guard tellsItsMonths else { return [] }
    return [
      "Active projects: those with an allocation that is counted in the row (see Awarded), whether "
        + "they used any of it or not; a project with several counts once.",
      "Used % of award: all that was charged, debited or taken over, less refunds and credits, from "
        + "the beginning of these allocations to the moment that the report is as of, and not in the "
        + "period alone; of what was awarded by then.",
      "Commercial GPU-h: the part of the delivered that went to commercial projects.",
      "Months: a closed month can't change any more; its form says by which rules and words it is "
        + "told. Percentages are rounded once, half away from zero.",
    ]
  }

  /// Which awards the report counts.
  var noteOfAwards: String {
    "Awarded: grants less withdrawals, and transfers in less those out, of allocations whose "
      + "window meets the period, or that were "
      + (self == .first
        ? "charged or refunded in it."
        : "charged, refunded, awarded late or corrected in it.")
  }

  /// What use that pays is told as a part of.
  var noteOfCommercialCap: String {
    rawValue < Self.fourth.rawValue
      ? "Commercial cap: the funder's cap × its entitlement × available capacity."
      : "% of commercial cap: commercial GPU-h in % of the funder's cap × its entitlement × available "
        + "capacity, of the period so far: up to the moment that the report is as of. The cap that "
        + "stops jobs (polder caps) is a part of the planned capacity of its whole period, the calendar "
        + "year: the two are not one percentage."
  }

  /// What the capacity of a node is.
  var noteOfCapacity: String {
    (self == .first
      ? "Capacity: GPUs of nodes in service × time since each node was first recorded; downtime: "
      : "Capacity: GPUs of nodes in service, each by the weight of its type in the rate card then "
        + "in force, × time since each node was first recorded; downtime: ")
      + "the part of it that nodes were down; available = capacity − downtime."
  }
}
