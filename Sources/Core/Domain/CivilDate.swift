/// A day of the proleptic Gregorian calendar, read as the UTC day that begins at midnight.
///
/// The conversion is Howard Hinnant's `days_from_civil`
/// (howardhinnant.github.io/date_algorithms.html).
package struct CivilDate: Hashable, Comparable, Sendable {
  package let year: Int
  package let month: Int
  package let day: Int

  /// Nil unless the day exists; years 1 to 9999.
  package init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
      day <= CivilDate.days(inMonth: month, ofYear: year)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// The UTC day that contains an instant.
  package init(_ instant: Instant) {
    self.init(daysSinceEpoch: CivilDate.floorDivide(instant.milliseconds, 86_400_000))
  }

  /// Parses `YYYY-MM-DD`; nil for anything else.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].utf8.count == 4, parts[1].utf8.count == 2,
      parts[2].utf8.count == 2, let year = Digits.number(parts[0]),
      let month = Digits.number(parts[1]), let day = Digits.number(parts[2])
    else { return nil }
    self.init(year: Int(year), month: Int(month), day: Int(day))
  }

  init(daysSinceEpoch days: Int64) {
    let shifted = days + 719_468
    let era = CivilDate.floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
    year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
  }

  /// Days from 1970-01-01 to this day.
  package var daysSinceEpoch: Int64 {
    let shiftedYear = Int64(month <= 2 ? year - 1 : year)
    let era = CivilDate.floorDivide(shiftedYear, 400)
    let yearOfEra = shiftedYear - era * 400
    let shiftedMonth = Int64(month > 2 ? month - 3 : month + 9)
    let dayOfYear = (153 * shiftedMonth + 2) / 5 + Int64(day) - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// Midnight UTC at which the day begins.
  package var start: Instant { Instant(milliseconds: daysSinceEpoch * 86_400_000) }

  /// The day that lies a number of days later (or earlier, if negative).
  package func advanced(days: Int64) -> CivilDate {
    CivilDate(daysSinceEpoch: daysSinceEpoch + days)
  }

  package static func < (left: Self, right: Self) -> Bool {
    left.daysSinceEpoch < right.daysSinceEpoch
  }

  package static func days(inMonth month: Int, ofYear year: Int) -> Int {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    value >= 0 ? value / divisor : (value - divisor + 1) / divisor
  }
}

extension CivilDate: CustomStringConvertible {
  /// `YYYY-MM-DD`.
  package var description: String {
    func padded(_ number: Int, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }
}

extension Instant: CustomStringConvertible {
  /// `2026-11-23T20:39:11Z`, rounded to the past second.
  package var description: String {
    let date = CivilDate(self)
    let second = wholeSeconds - date.daysSinceEpoch * 86_400
    return "\(date)T\(Seconds(second))Z"
  }

  /// Parses `YYYY-MM-DD` (midnight UTC), `YYYY-MM-DDTHH:MM` or `YYYY-MM-DDTHH:MM:SS`, each with an
  /// optional `Z`; nil for anything else.
  package init?(_ text: String) {
    let bare = text.hasSuffix("Z") ? text.dropLast() : text[...]
    let halves = bare.split(separator: "T", omittingEmptySubsequences: false)
    guard let date = halves.first.flatMap({ CivilDate($0) }), halves.count <= 2 else { return nil }
    guard halves.count == 2 else {
      self = date.start
      return
    }
    let clock = halves[1].split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(clock.count), clock.allSatisfy({ $0.utf8.count == 2 }) else {
      return nil
    }
    let numbers = clock.compactMap { Digits.number($0) }
    guard numbers.count == clock.count, (0..<24).contains(numbers[0]),
      numbers.dropFirst().allSatisfy({ (0..<60).contains($0) })
    else { return nil }
    let second = numbers.count == 3 ? numbers[2] : 0
    self = date.start + Seconds(numbers[0] * 3600 + numbers[1] * 60 + second)
  }
}
