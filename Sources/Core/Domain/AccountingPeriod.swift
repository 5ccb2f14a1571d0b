/// A month of the books, UTC: what is closed as one, and at whose ends a charge is split.
package struct AccountingPeriod: Hashable, Comparable, Sendable {
  package let year: Int
  /// 1 to 12.
  package let month: Int

  /// Nil unless the year is 1 to 9998 and the month exists.
  package init?(year: Int, month: Int) {
    guard (1...9998).contains(year), (1...12).contains(month) else { return nil }
    self.year = year
    self.month = month
  }

  /// The period that contains an instant.
  package init(containing instant: Instant) {
    let day = CivilDate(instant)
    year = day.year
    month = day.month
  }

  /// Parses `YYYY-MM`; nil for anything else.
  package init?(_ text: some StringProtocol) {
    guard let day = CivilDate("\(text)-01") else { return nil }
    self.init(year: day.year, month: day.month)
  }

  package var start: Instant { firstDay.start }

  /// The first instant that is not in it.
  package var end: Instant { next.start }

  /// Half-open.
  package var interval: Range<Instant> { start..<end }

  package var next: AccountingPeriod {
    AccountingPeriod(containing: firstDay.advanced(days: 31).start)
  }

  package var previous: AccountingPeriod {
    AccountingPeriod(containing: firstDay.advanced(days: -1).start)
  }

  package static func < (left: Self, right: Self) -> Bool {
    (left.year, left.month) < (right.year, right.month)
  }

  private var firstDay: CivilDate {
    // Year and month were checked: the fallback is never taken.
    CivilDate(year: year, month: month, day: 1) ?? CivilDate(Instant(milliseconds: 0))
  }
}

extension AccountingPeriod: CustomStringConvertible {
  /// `YYYY-MM`.
  package var description: String { String("\(firstDay)".prefix(7)) }
}
