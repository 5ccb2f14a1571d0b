import Domain

/// A date or an instant that a description reckons with. A date stays one until a step in hours or
/// minutes makes it an instant.
struct Moment: Equatable {
  private let instant: Instant
  private let isDate: Bool

  /// What a step is counted in; the raw value is what a description says.
  enum Unit: String, CaseIterable {
    case minutes = "min"
    case hours = "h"
    case days = "d"
    case weeks = "w"
    case months = "mo"
    case years = "y"
  }

  struct Step: Equatable {
    let count: Int64
    let unit: Unit
  }

  private init(instant: Instant, isDate: Bool) {
    self.instant = instant
    self.isDate = isDate
  }

  /// Nil unless the text is a date or an instant.
  init?(_ text: String) {
    guard let instant = Instant(text) else { return nil }
    self.init(instant: instant, isDate: CivilDate(text) != nil)
  }

  /// `2026-11-23`, or `2026-11-23T20:39:11Z`.
  var text: String { isDate ? CivilDate(instant).description : instant.description }

  /// Nil outside the years 1 to 9999.
  func advanced(_ step: Step) -> Moment? {
    switch step.unit {
    case .minutes: moved(by: .minutes(step.count), isDate: false)
    case .hours: moved(by: .hours(step.count), isDate: false)
    case .days: moved(by: .hours(step.count * 24), isDate: isDate)
    case .weeks: moved(by: .hours(step.count * 24 * 7), isDate: isDate)
    case .months: moved(months: step.count)
    case .years: moved(months: step.count * 12)
    }
  }

  private func moved(by seconds: Seconds, isDate: Bool) -> Moment? {
    let moved = instant + seconds
    guard (Moment.first..<Moment.end).contains(moved.milliseconds) else { return nil }
    return Moment(instant: moved, isDate: isDate)
  }

  private func moved(months: Int64) -> Moment? {
    instant.advanced(months: Int(months)).map { Moment(instant: $0, isDate: isDate) }
  }

  /// The first millisecond of year 1, and the first after year 9999.
  private static let first: Int64 = -719_162 * 86_400_000
  private static let end: Int64 = 2_932_897 * 86_400_000
}
