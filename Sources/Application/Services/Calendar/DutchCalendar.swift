package import Domain

/// Days as people in the Netherlands count them: by the clock of Amsterdam, without weekends and public
/// holidays where working days are asked for.
///
/// Working days are those of Regulation (EEC, Euratom) No 1182/71: neither Saturday, Sunday nor public
/// holiday, and the day of the event itself is not counted (articles 2 and 3). Public holidays are those of
/// the Algemene termijnenwet, article 3; Good Friday is as good as one there.
package enum DutchCalendar {
  /// The day in Amsterdam. Summer time is that of Directive 2000/84/EC: from 01:00 UTC on the last Sunday of
  /// March to 01:00 UTC on the last Sunday of October, as it has been since 1996.
  package static func day(of instant: Instant) -> CivilDate {
    let year = CivilDate(instant).year
    let isSummer: Bool =
      if let march = CivilDate(year: year, month: 3, day: 31),
        let october = CivilDate(year: year, month: 10, day: 31)
      {
        sunday(notAfter: march).start + .hours(1) <= instant
          && instant < sunday(notAfter: october).start + .hours(1)
      } else { false }
    return CivilDate(instant + .hours(isSummer ? 2 : 1))
  }

  /// Midnights between two instants; 0 if the second is not later.
  package static func days(from first: Instant, to second: Instant) -> Int {
    Int(max(0, day(of: second).daysSinceEpoch - day(of: first).daysSinceEpoch))
  }

  /// The working days after that of one instant, up to that of another, which is counted if it is one: from
  /// Friday to Monday is 1. 0 if the second is not later.
  package static func workingDays(from first: Instant, to second: Instant) -> Int {
    let last = day(of: second)
    var today = day(of: first)
    var count = 0
    while today < last {
      today = today.advanced(days: 1)
      if isWorkingDay(today) { count += 1 }
    }
    return count
  }

  package static func isWorkingDay(_ day: CivilDate) -> Bool {
    let weekday = weekday(of: day)
    return weekday != 0 && weekday != 6 && !isHoliday(day)
  }

  /// Without Easter Sunday and Whit Sunday, which are Sundays anyhow.
  package static func isHoliday(_ day: CivilDate) -> Bool {
    switch (day.month, day.day) {
    case (1, 1), (5, 5), (12, 25), (12, 26): return true
    // The King's birthday; on a Sunday it is kept the day before (since 2014).
    case (4, 27) where weekday(of: day) != 0, (4, 26) where weekday(of: day) == 6: return true
    default: break
    }
    // Good Friday, Easter Monday, Ascension, Whit Monday.
    guard let easter = easter(of: day.year) else { return false }
    return [-2, 1, 39, 50].contains(day.daysSinceEpoch - easter.daysSinceEpoch)
  }

  /// Easter Sunday of the Gregorian calendar: the anonymous algorithm, as in J. Meeus, *Astronomical
  /// Algorithms*, chapter 8.
  private static func easter(of year: Int) -> CivilDate? {
    let golden = year % 19
    let (century, ofCentury) = year.quotientAndRemainder(dividingBy: 100)
    let epact =
      (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30
    let weekday = (32 + 2 * (century % 4) + 2 * (ofCentury / 4) - epact - ofCentury % 4) % 7
    let correction = (golden + 11 * epact + 22 * weekday) / 451
    let place = epact + weekday - 7 * correction + 114
    return CivilDate(year: year, month: place / 31, day: place % 31 + 1)
  }

  /// 0 is Sunday; 1970 began on a Thursday.
  private static func weekday(of day: CivilDate) -> Int {
    Int(((day.daysSinceEpoch + 4) % 7 + 7) % 7)
  }

  private static func sunday(notAfter day: CivilDate) -> CivilDate {
    day.advanced(days: -Int64(weekday(of: day)))
  }
}
