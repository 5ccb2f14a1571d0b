package import Domain

/// How the books of a month stood when a report was made: whether what it tells of the month is final.
package struct MonthStanding: Hashable, Sendable {
  package let month: AccountingPeriod
  /// When it was closed, and by which form its reports are made; nil while it is open.
  package let closing: Closing?

  package struct Closing: Hashable, Sendable {
    package let closed: Instant
    package let form: ReportForm

    package init(closed: Instant, form: ReportForm) {
      self.closed = closed
      self.form = form
    }
  }

  package init(month: AccountingPeriod, closing: Closing?) {
    self.month = month
    self.closing = closing
  }

  /// Each month that a period meets, with the closing of those that are closed.
  package static func all(
    of period: Range<Instant>, closings: [AccountingPeriod: Closing]
  ) -> [MonthStanding] {
    var months: [MonthStanding] = []
    var month = AccountingPeriod(containing: period.lowerBound)
    while month.start < period.upperBound {
      months.append(MonthStanding(month: month, closing: closings[month]))
      let next = month.next
      // Behind the last month of the calendar comes none.
      guard next.start > month.start else { break }
      month = next
    }
    return months
  }
}

extension MonthStanding: CustomStringConvertible {
  /// `2026-11 closed 2026-12-03T10:00:00Z form 3`; `2026-12 open`.
  package var description: String {
    closing.map { "\(month) closed \($0.closed) form \($0.form.rawValue)" } ?? "\(month) open"
  }
}
