package import Domain
import Ledger
import Reporting
package import Wire

extension PeriodView {
  package init(_ period: ClosedPeriod) {
    self.init(
      period: "\(period.period)", entryCount: period.seal.entryCount,
      sha256: period.seal.digits, closed: period.closed.milliseconds, closedBy: period.closedBy)
  }
}

extension ClosingView {
  package init(_ closes: WhatCloses) {
    self.init(
      periods: closes.periods.map {
        Month(
          period: "\($0.period)", entryCount: $0.seal.entryCount, sha256: $0.seal.digits)
      }, unchargedRuns: closes.unchargedRuns, end: closes.end.milliseconds)
  }
}

extension PeriodSeal {
  /// The digest of the entries in hexadecimal.
  fileprivate var digits: String {
    sha256.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
  }
}

extension CapView {
  /// - Parameter limit: as it is described; nil of a cap that is described no more.
  package init(_ standing: CapStanding, _ limit: CapRule.Limit?) {
    let cap = standing.cap
    self.init(
      id: cap.id.text, scope: cap.scope.words, strength: cap.strength.rawValue,
      limit: cap.limit.milliseconds, used: standing.use.used.milliseconds,
      held: standing.use.held.milliseconds, from: cap.period.lowerBound.milliseconds,
      to: cap.period.upperBound.milliseconds, partOf: limit?.partOf)
  }
}

extension CapRule.Limit {
  /// The denominator of a limit in per cent.
  fileprivate var partOf: String? {
    guard case .share(let funder, let points) = self else { return nil }
    return
      "\(Percentage(basisPoints: Int64(points)).text) % of the share of \(funder) in the planned "
      + "capacity of the whole period"
  }
}
