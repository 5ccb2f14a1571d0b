package import Domain
package import Reporting
package import Wire

extension PaceView {
  package init(_ allocation: Allocation, _ pace: Pace) {
    self.init(
      project: allocation.project.text, allocation: allocation.id.text,
      programme: allocation.programme.text, windowStart: pace.window.lowerBound.milliseconds,
      windowEnd: pace.window.upperBound.milliseconds, asOf: pace.asOf.milliseconds,
      awarded: pace.awarded.milliseconds, used: pace.used.milliseconds,
      expected: pace.expected.milliseconds, left: pace.left.milliseconds,
      recently: Forecast(pace.recently), throughout: Forecast(pace.throughout),
      monthsUnderUse: pace.monthsUnderUse.map { "\($0)" }, isUnderUsed: pace.isUnderUsed,
      suspendedSince: allocation.suspension(at: pace.asOf)?.milliseconds)
  }
}

extension PaceView.Forecast {
  init(_ forecast: Pace.Forecast) {
    switch forecast {
    case .exhausted: self.init(runsOut: nil, left: 0)
    case .runsOut(let moment): self.init(runsOut: moment.milliseconds, left: 0)
    case .lasts(let left): self.init(runsOut: nil, left: left.milliseconds)
    }
  }
}
