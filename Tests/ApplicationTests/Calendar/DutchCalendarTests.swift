// Why: a promise in working days is kept or broken by one holiday, or by the hour at which a day ends.
import Domain
import Foundation
import Services
import Testing

@Suite("days in the Netherlands") struct DutchCalendarTests {
  private func at(_ text: String) throws -> Instant { try #require(Instant(text), "\(text)") }
  private func day(_ text: String) throws -> CivilDate { try #require(CivilDate(text), "\(text)") }

  @Test(
    "public holidays are those of the law, and Good Friday",
    arguments: [
      (2014, "01-01 04-18 04-21 04-26 05-05 05-29 06-09 12-25 12-26"),
      (2025, "01-01 04-18 04-21 04-26 05-05 05-29 06-09 12-25 12-26"),
      (2026, "01-01 04-03 04-06 04-27 05-05 05-14 05-25 12-25 12-26"),
      (2027, "01-01 03-26 03-29 04-27 05-05 05-06 05-17 12-25 12-26"),
      // The latest Easter and one of the earliest; in 2038 Easter Monday is the day before the King's.
      (2035, "01-01 03-23 03-26 04-27 05-03 05-05 05-14 12-25 12-26"),
      (2038, "01-01 04-23 04-26 04-27 05-05 06-03 06-14 12-25 12-26"),
      // Ascension on Liberation Day.
      (2016, "01-01 03-25 03-28 04-27 05-05 05-16 12-25 12-26"),
    ])
  func holidays(year: Int, days: String) throws {
    var today = try day("\(year)-01-01")
    var found: [String] = []
    while today.year == year {
      if DutchCalendar.isHoliday(today) { found.append(String("\(today)".dropFirst(5))) }
      today = today.advanced(days: 1)
    }
    #expect(found.joined(separator: " ") == days)
  }

  @Test("the day in Amsterdam is that of the time zone database, in every hour of twenty years")
  func zone() throws {
    let zone = try #require(TimeZone(identifier: "Europe/Amsterdam"))
    var now = try at("2020-01-01")
    let end = try at("2040-01-01")
    while now < end {
      let seconds = Int64(
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(now.wholeSeconds))))
      let expected = CivilDate(now + Seconds(seconds))
      if DutchCalendar.day(of: now) != expected { #expect("\(now)" == "\(expected)") }
      now = now + .hours(1)
    }
  }

  @Test(
    "working days are counted from the day after, without weekends and holidays",
    arguments: [
      ("2026-11-27T12:00", "2026-11-27T15:00", 0, 0),
      ("2026-11-27T12:00", "2026-11-28T12:00", 1, 0),
      ("2026-11-27T12:00", "2026-11-30T08:00", 3, 1),
      // A Saturday.
      ("2026-11-28T12:00", "2026-12-01T08:00", 3, 2),
      // Over Easter: Thursday to Tuesday.
      ("2026-04-02T12:00", "2026-04-07T08:00", 5, 1),
      // Minutes before and after midnight in Amsterdam.
      ("2026-11-30T22:59", "2026-11-30T23:01", 1, 1),
      ("2026-06-30T21:59", "2026-06-30T22:01", 1, 1),
      // From the last of the year on: New Year is a Friday, then a weekend.
      ("2026-12-31T12:00", "2027-01-04T12:00", 4, 1),
      // The other way there are none.
      ("2026-12-31T12:00", "2026-12-01T12:00", 0, 0),
    ])
  func counts(from: String, to: String, days: Int, working: Int) throws {
    #expect(DutchCalendar.days(from: try at(from), to: try at(to)) == days)
    #expect(DutchCalendar.workingDays(from: try at(from), to: try at(to)) == working)
  }

  @Test("a year has as many working days as its weekdays that are no holidays")
  func year() throws {
    // 261 weekdays in 2026, of which eight are holidays; the second day of Christmas is a Saturday.
    #expect(
      DutchCalendar.workingDays(from: try at("2025-12-31T12:00"), to: try at("2026-12-31T12:00"))
        == 253)
  }
}
