import Domain
import Ledger
package import Wire

extension PeriodView {
  package init(_ period: ClosedPeriod) {
    let digits = period.seal.sha256.map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    self.init(
      period: "\(period.period)", entryCount: period.seal.entryCount, sha256: digits.joined(),
      closed: period.closed.milliseconds, closedBy: period.closedBy)
  }
}

extension CapView {
  package init(_ standing: CapStanding) {
    let cap = standing.cap
    self.init(
      id: cap.id.text, scope: cap.scope.words, strength: cap.strength.rawValue,
      limit: cap.limit.milliseconds, used: standing.use.used.milliseconds,
      held: standing.use.held.milliseconds, from: cap.period.lowerBound.milliseconds,
      to: cap.period.upperBound.milliseconds)
  }
}
