import Domain
import Foundation

/// How the command prints times: in the zone of the person who reads them.
struct Clock {
  /// Milliseconds since 1970, taken once a command so that all it prints agrees.
  let now: Int64
  let zone: TimeZone

  init(now: Int64, zone: TimeZone = .current) {
    self.now = now
    self.zone = zone
  }

  static func current() -> Clock {
    Clock(now: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
  }

  /// The name of the zone for headers: `UTC`, `CET`.
  var zoneName: String {
    let name = zone.abbreviation(for: date(now)) ?? zone.identifier
    return name == "GMT" ? "UTC" : name
  }

  /// The day and the time: `Tue 24 Nov 2026 14:05:12 CET`.
  func full(_ milliseconds: Int64) -> String {
    let part = parts(milliseconds)
    let day = "\(weekday(part)) \(part.day ?? 0) \(month(part)) \(part.year ?? 0)"
    return "\(day) \(time(part)) \(zoneName)"
  }

  /// As short as is clear: `14:05:12` today, `Tue 24 Nov 14:05:12` within half a year,
  /// `24 Nov 2027` else.
  func short(_ milliseconds: Int64) -> String {
    let part = parts(milliseconds)
    let today = parts(now)
    if part.year == today.year, part.month == today.month, part.day == today.day {
      return time(part)
    }
    if abs(milliseconds - now) < 183 * 86_400_000 {
      return "\(weekday(part)) \(part.day ?? 0) \(month(part)) \(time(part))"
    }
    return "\(part.day ?? 0) \(month(part)) \(part.year ?? 0)"
  }

  /// For tables without room: `14:05:12` today, or `14:05`; `24 Nov 14:05` within half a year,
  /// `24 Nov 2027` else.
  func brief(_ milliseconds: Int64, toTheMinute: Bool = false) -> String {
    let part = parts(milliseconds)
    let minute = String(time(part).dropLast(3))
    if day(milliseconds) == day(now) { return toTheMinute ? minute : time(part) }
    let isNear = abs(milliseconds - now) < 183 * 86_400_000
    return "\(part.day ?? 0) \(month(part)) " + (isNear ? minute : "\(part.year ?? 0)")
  }

  /// The last day, in UTC as windows and periods are counted, of a time that ends before a moment:
  /// `2026-11-30` of what ends with November.
  static func lastDay(before end: Int64) -> String { dayUTC(end - 1) }

  /// The day in UTC, as windows and caps have theirs.
  static func dayUTC(_ milliseconds: Int64) -> String {
    Clock(now: milliseconds, zone: .gmt).day(milliseconds)
  }

  /// The day and the time in as many letters whenever it was, for lists over years:
  /// `2026-11-24 14:05:12`.
  func stamp(_ milliseconds: Int64) -> String {
    "\(day(milliseconds)) \(time(parts(milliseconds)))"
  }

  /// The day: `2026-11-24`.
  func day(_ milliseconds: Int64) -> String {
    let part = parts(milliseconds)
    return "\(part.year ?? 0)-\(two(part.month))-\(two(part.day))"
  }

  /// UTC to the second, for files: `2026-11-24T13:05:12Z`.
  static func utc(_ milliseconds: Int64) -> String {
    let clock = Clock(now: milliseconds, zone: .gmt)
    let part = clock.parts(milliseconds)
    return "\(clock.day(milliseconds))T\(clock.time(part))Z"
  }

  /// How far from now, in one or two words of size: `now`, `in 3 min`, `2 h ago`.
  func away(_ milliseconds: Int64) -> String {
    let seconds = (milliseconds - now) / 1000
    if abs(seconds) < 1 { return "now" }
    let length = Self.length(abs(seconds))
    return seconds > 0 ? "in \(length)" : "\(length) ago"
  }

  /// A length of time, rounded down: `45 s`, `12 min`, `3 h 20 min`, `12 days`.
  static func length(_ seconds: Int64) -> String {
    if seconds < 120 { return "\(seconds) s" }
    if seconds < 7200 { return "\(seconds / 60) min" }
    if seconds < 172_800 {
      let minutes = seconds / 60 % 60
      return minutes == 0 ? "\(seconds / 3600) h" : "\(seconds / 3600) h \(minutes) min"
    }
    return "\(seconds / 86_400) days"
  }

  /// A time limit as Slurm prints it: `00:10:00`, `1-02:00:00`.
  static func limit(_ seconds: Int64) -> String { Seconds(seconds).description }

  // MARK: - Parts

  private func date(_ milliseconds: Int64) -> Date {
    Date(timeIntervalSince1970: Double(milliseconds) / 1000)
  }

  private func parts(_ milliseconds: Int64) -> DateComponents {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    return calendar.dateComponents(
      [.year, .month, .day, .weekday, .hour, .minute, .second], from: date(milliseconds))
  }

  private func two(_ number: Int?) -> String {
    let number = number ?? 0
    return number < 10 ? "0\(number)" : "\(number)"
  }

  private func time(_ part: DateComponents) -> String {
    "\(two(part.hour)):\(two(part.minute)):\(two(part.second))"
  }

  private func weekday(_ part: DateComponents) -> String {
    ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][((part.weekday ?? 1) - 1) % 7]
  }

  private func month(_ part: DateComponents) -> String {
    [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ][((part.month ?? 1) - 1) % 12]
  }
}
