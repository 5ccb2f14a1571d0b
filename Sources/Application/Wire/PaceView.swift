/// How an allocation is used against what its access mode expects by now. `GET /v1/pace`. Amounts
/// in GPU-milliseconds, times in milliseconds since 1970.
package struct PaceView: Codable, Equatable, Sendable {
  /// What a steady pace leads to; of a suspended allocation that nothing more is used.
  package struct Forecast: Codable, Equatable, Sendable {
    /// Nothing is left from then on; nil if it lasts to the end, or if nothing is left now.
    package var runsOut: Int64?
    /// At the end of the window.
    package var left: Int64

    package init(runsOut: Int64?, left: Int64) {
      self.runsOut = runsOut
      self.left = left
    }
  }

  package var project: String
  package var allocation: String
  package var programme: String
  package var windowStart: Int64
  package var windowEnd: Int64
  package var asOf: Int64
  package var awarded: Int64
  package var used: Int64
  package var expected: Int64
  package var left: Int64
  /// If use goes on as in the last 14 days.
  package var recently: Forecast
  /// If use goes on as in the whole window.
  package var throughout: Forecast
  /// `YYYY-MM`, ascending.
  package var monthsUnderUse: [String]
  package var isUnderUsed: Bool
  /// From here on nothing starts, where its window is open and an administrator stopped it.
  package var suspendedSince: Int64?

  package init(
    project: String, allocation: String, programme: String, windowStart: Int64, windowEnd: Int64,
    asOf: Int64, awarded: Int64, used: Int64, expected: Int64, left: Int64, recently: Forecast,
    throughout: Forecast, monthsUnderUse: [String], isUnderUsed: Bool, suspendedSince: Int64? = nil
  ) {
    self.suspendedSince = suspendedSince
    self.project = project
    self.allocation = allocation
    self.programme = programme
    self.windowStart = windowStart
    self.windowEnd = windowEnd
    self.asOf = asOf
    self.awarded = awarded
    self.used = used
    self.expected = expected
    self.left = left
    self.recently = recently
    self.throughout = throughout
    self.monthsUnderUse = monthsUnderUse
    self.isUnderUsed = isUnderUsed
  }
}
