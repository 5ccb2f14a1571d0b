import Domain
import Reporting
import Wire

/// Pace and forecast, for people.
enum PaceText {
  static func table(
    _ paces: [PaceView], _ clock: Clock, width: Int = Terminal.columns
  ) -> [String] {
    guard let asOf = paces.map(\.asOf).max() else { return ["No allocation to be shown."] }
    var table = Table(["ALLOCATION", ">USED", ">EXPECTED", ">LEFT", "FORECAST"])
    for pace in paces {
      let months = pace.monthsUnderUse
      let remarks =
        (pace.suspendedSince.map { ["suspended since \(clock.full($0)): nothing starts"] } ?? [])
        + (pace.isUnderUsed ? ["under-used"] : [])
        + (months.isEmpty ? [] : ["months under use: \(months.joined(separator: ", "))"])
      table.add(
        [
          .init(pace.allocation, .strong), .init(percent(pace.used, of: pace.awarded)),
          .init(percent(pace.expected, of: pace.awarded)), .init(Amount.hours(pace.left)),
          .init(forecast(pace, clock)),
        ],
        beneath: remarks.isEmpty ? nil : remarks.joined(separator: "; "))
    }
    let footer =
      "Of what was awarded; LEFT in GPU-hours, as of \(clock.full(asOf)). The forecast is by the "
      + "use of the last 14 days."
    return table.lines(width: width) + Text.wrapped(footer, width: width).map(Tone.faint.paint)
  }

  private static func forecast(_ pace: PaceView, _ clock: Clock) -> String {
    let last = Clock.lastDay(before: pace.windowEnd)
    if pace.asOf >= pace.windowEnd { return "ended, last day \(last)" }
    if pace.left <= 0 { return "exhausted" }
    if pace.suspendedSince != nil { return "none: suspended" }
    guard let end = pace.recently.runsOut else {
      return "\(Amount.hours(pace.recently.left)) left after \(last)"
    }
    return "runs out \(Clock.dayUTC(end)) (\(clock.away(end)))"
  }

  /// As reports print it: two decimals, rounded once, half away from zero; of nothing it is nothing.
  static func percent(_ part: Int64, of whole: Int64) -> String {
    let percentage = Percentage(
      GPUTime(milliseconds: part), of: GPUTime(milliseconds: whole))
    return percentage.basisPoints == nil ? "–" : "\(percentage.text) %"
  }
}
