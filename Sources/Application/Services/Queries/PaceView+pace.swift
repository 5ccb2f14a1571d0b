package import Domain
package import Reporting
package import Wire

extension PaceView {
  /// Of a suspended allocation nothing is forecast by its pace: nothing starts, and what is left stays.
  package init(_ allocation: Allocation, _ pace: Pace) {
    let suspended = allocation.suspension(at: pace.asOf)
    let stays = suspended.map { _ in Forecast(runsOut: nil, left: pace.left.milliseconds) }
    self.init(
      project: allocation.project.text, allocation: allocation.id.text,
      programme: allocation.programme.text, windowStart: pace.window.lowerBound.milliseconds,
      windowEnd: pace.window.upperBound.milliseconds, asOf: pace.asOf.milliseconds,
      awarded: pace.awarded.milliseconds, used: pace.used.milliseconds,
      expected: pace.expected.milliseconds, left: pace.left.milliseconds,
      recently: stays ?? Forecast(pace.recently),
      throughout: stays ?? Forecast(pace.throughout),
      monthsUnderUse: pace.monthsUnderUse.map { "\($0)" }, isUnderUsed: pace.isUnderUsed,
      suspendedSince: suspended?.milliseconds)
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
