extension CivilDate {
  /// The day a number of calendar months later (or earlier, if negative). A day that the month
  /// lacks becomes the month's last: 31 January and one month are 28 or 29 February. Nil outside
  /// the years 1 to 9999.
  package func advanced(months: Int) -> CivilDate? {
    guard (-120_000...120_000).contains(months) else { return nil }
    let count = year * 12 + (month - 1) + months
    guard (12..<120_000).contains(count) else { return nil }
    let (year, month) = (count / 12, count % 12 + 1)
    let last = CivilDate.days(inMonth: month, ofYear: year)
    return CivilDate(year: year, month: month, day: min(day, last))
  }
}

extension Instant {
  /// The same time of day a number of calendar months later, by the rule of
  /// ``CivilDate/advanced(months:)``. Nil outside the years 1 to 9999.
  package func advanced(months: Int) -> Instant? {
    let day = CivilDate(self)
    guard let moved = day.advanced(months: months) else { return nil }
    return Instant(
      milliseconds: moved.start.milliseconds + milliseconds - day.start.milliseconds)
  }
}
