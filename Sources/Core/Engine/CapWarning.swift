package import Domain
package import Ledger
package import Scheduling

/// A soft cap above a request that is used up, or that the request would use up.
///
/// Beyond a soft cap jobs start after all others. So what is used up already puts the request itself
/// behind; what it would use up puts what comes after it behind.
package struct CapWarning: Hashable, Sendable {
  package let cap: CapID
  /// What the request would hold in addition; zero where that is not asked.
  package let needs: GPUTime
  package let room: CapRoom

  package init(cap: CapID, needs: GPUTime, room: CapRoom) {
    self.cap = cap
    self.needs = needs
    self.room = room
  }

  /// True if nothing is left under it.
  package var isReached: Bool { room.left <= .zero }
}

extension Cycle {
  /// The soft caps above a request that are used up, or would be by a hold; the narrowest first.
  ///
  /// - Parameters:
  ///   - allocation: what it would hold from; nil for the first that is open, by which the queue
  ///     is ordered.
  ///   - needs: the hold; zero for those that are used up already.
  package static func softCaps(
    above request: JobRequest, on allocation: AllocationID? = nil, needs: GPUTime = .zero,
    _ centre: Centre, _ caps: [Cap], _ uses: [CapID: CapUse], now: Instant
  ) -> [CapWarning] {
    let soft = caps.filter { $0.strength == .soft }
    guard !soft.isEmpty,
      let payer = allocation ?? options(for: request, centre, [], now: now).first?.allocation,
      let bearer = centre.bearer(of: request, allocation: payer)
    else { return [] }
    return soft.covering(bearer, holdTaken: now).map { cap in
      let use = uses[cap.id] ?? CapUse()
      return CapWarning(
        cap: cap.id, needs: needs,
        room: CapRoom(
          limit: cap.limit, used: use.used, held: use.held, isShared: cap.scope.isShared,
          ends: cap.period.upperBound, limitAfter: cap.limit))
    }.filter { $0.room.left <= $0.needs }
  }
}
