import Domain
import Testing

@Suite("civil dates")
struct CivilDateTests {
  @Test("a day and its distance from the epoch are the same thing")
  func roundTrip() {
    var previous: CivilDate? = nil
    for days in stride(from: -719_162 as Int64, through: 2_932_896, by: 13) {
      let date = CivilDate(Instant(milliseconds: days * 86_400_000))
      #expect(date.daysSinceEpoch == days)
      #expect(CivilDate(date.description) == date)
      #expect(CivilDate(year: date.year, month: date.month, day: date.day) == date)
      if let previous { #expect(previous < date && previous.advanced(days: 13) == date) }
      previous = date
    }
  }

  @Test(
    "known days lie where the calendar has them",
    arguments: [
      ("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2026-11-23", 20_780),
      ("0001-01-01", -719_162), ("9999-12-31", 2_932_896),
    ])
  func known(text: String, days: Int64) {
    #expect(CivilDate(text)?.daysSinceEpoch == days)
  }

  @Test(
    "what is no day is refused",
    arguments: [
      "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-4-01", "26-04-01",
      "2026-04-01 ", "0000-01-01", "2026/04/01", "", "2026-04", "2026-04-01-01",
    ])
  func refused(text: String) {
    #expect(CivilDate(text) == nil)
  }

  @Test("an instant just before midnight belongs to the day that ends, also before 1970")
  func edges() {
    #expect(CivilDate(Instant(milliseconds: -1)).description == "1969-12-31")
    #expect(CivilDate(Instant(milliseconds: 86_399_999)).description == "1970-01-01")
    #expect(CivilDate(Instant(milliseconds: 86_400_000)).description == "1970-01-02")
  }
}
