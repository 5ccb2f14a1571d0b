package import Domain

/// How far each funder is behind what it is entitled to, over the long run: the long-window
/// controller.
///
/// A funder without demand lends: its entitlement is divided among those with demand, in the ratio of
/// their own. What a funder is behind is its entitlement, with what it borrows, less its part of what
/// was delivered; whoever is behind is raised, and the others lowered, until the parts agree. Nothing
/// that was lent is owed in kind: a lender that wakes up has its own entitlement from then on, and
/// being behind, comes first.
package struct Entitlement: Hashable, Sendable {
  /// One funder as it stands: what is known of it.
  package struct Standing: Hashable, Sendable {
    package let funder: FunderID
    /// Its dated entitlement, in hundredths of a per cent.
    package let basisPoints: Int64
    /// GPU time delivered to it over the long run.
    package let delivered: GPUTime
    /// True if a task of its projects waits.
    package let hasDemand: Bool

    package init(
      funder: FunderID, basisPoints: Int64, delivered: GPUTime, hasDemand: Bool
    ) {
      self.funder = funder
      self.basisPoints = basisPoints
      self.delivered = delivered
      self.hasDemand = hasDemand
    }
  }

  package let funder: FunderID
  /// Its own, in hundredths of a per cent.
  package let basisPoints: Int64
  /// With what it borrows; 0 while it lends.
  package let effectiveBasisPoints: Int64
  /// Its part of what was delivered, in hundredths of a per cent; of nothing delivered, what it is
  /// entitled to.
  package let deliveredBasisPoints: Int64

  /// What it is behind, in hundredths of a per cent; negative if it is ahead. A lender is not behind.
  package var behindBasisPoints: Int64 {
    effectiveBasisPoints > 0 ? effectiveBasisPoints - deliveredBasisPoints : 0
  }

  /// In millionths of the whole machine.
  package var factor: Int64 { behindBasisPoints * 100 }

  /// The entitlements of all funders. A negative entitlement or delivery counts as none; where no
  /// funder with demand is entitled to anything, they share equally.
  package static func all(_ standings: [Standing]) -> [FunderID: Entitlement] {
    let demanding = standings.filter(\.hasDemand)
    let entitled = demanding.reduce(Int64(0)) { $0 + bounded($1.basisPoints) }
    let delivered = standings.reduce(Int64(0)) { $0 + max($1.delivered.milliseconds, 0) }
    var all: [FunderID: Entitlement] = [:]
    for standing in standings {
      let own = bounded(standing.basisPoints)
      let effective =
        !standing.hasDemand
        ? 0
        : entitled > 0
          ? rounded(own * 10_000, over: entitled)
          : rounded(10_000, over: Int64(demanding.count))
      let amount = GPUTime(milliseconds: max(standing.delivered.milliseconds, 0))
      all[standing.funder] = Entitlement(
        funder: standing.funder, basisPoints: own, effectiveBasisPoints: effective,
        deliveredBasisPoints: delivered > 0 ? part(amount, of: delivered) : effective)
    }
    return all
  }

  private static func bounded(_ basisPoints: Int64) -> Int64 { min(max(basisPoints, 0), 10_000) }

  private static func rounded(_ number: Int64, over divisor: Int64) -> Int64 {
    (2 * number + divisor) / (2 * divisor)
  }

  private static func part(_ amount: GPUTime, of whole: Int64) -> Int64 {
    Int64((Int128(amount.milliseconds) * 20_000 + Int128(whole)) / (2 * Int128(whole)))
  }
}
