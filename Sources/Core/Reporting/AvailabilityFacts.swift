package import Domain

/// The facts behind a report of availability: of each month of a period, and of the whole.
package struct AvailabilityFacts: Sendable {
  /// The months that have begun, each as far as the period has it, in order of time; behind them the
  /// whole, if the period meets several months. Never empty.
  package let parts: [Part]

  package init(parts: [Part]) { self.parts = parts }

  package struct Part: Sendable {
    /// What the access-time report of this part is made of: capacity, what was delivered, and the
    /// centre, which of a closed month are those that were frozen with it.
    package let access: AccessTimeFacts
    /// Of each access mode in which something happened, and of all.
    package let tallies: [Tally]

    package init(access: AccessTimeFacts, tallies: [Tally]) {
      self.access = access
      self.tallies = tallies
    }
  }

  /// What is counted of tasks and runs.
  package struct Tally: Hashable, Sendable {
    /// Nil of all of them.
    package let mode: String?
    /// Tasks whose first run was begun in the part: those that Slurm ran before Polder knew of their job
    /// are not among them.
    package var begun: Int
    /// Of those among them whose wait is known; nil if there are none.
    package var waits: Waits?
    /// Runs that ended in the part because a node failed.
    package var nodeFailures: Int

    package init(mode: String?, begun: Int = 0, waits: Waits? = nil, nodeFailures: Int = 0) {
      self.mode = mode
      self.begun = begun
      self.waits = waits
      self.nodeFailures = nodeFailures
    }
  }

  /// A run that a failed node ended counts if its start was committed no longer before that: history
  /// need not be read from its beginning.
  package static let longestRun = Seconds(92 * 86_400)

  /// The parts of a period, as far as it has begun.
  package static func parts(of period: Range<Instant>, asOf: Instant) -> [Range<Instant>] {
    var months: [Range<Instant>] = []
    var month = AccountingPeriod(containing: period.lowerBound)
    var meets = 0
    while month.start < period.upperBound || meets == 0 {
      let part =
        max(
          month.start, period.lowerBound)..<max(
          period.lowerBound, min(month.end, period.upperBound))
      if part.lowerBound < asOf || meets == 0 { months.append(part) }
      meets += 1
      month = month.next
    }
    return meets > 1 ? months + [period] : months
  }
}
