package import Domain
import Engine
package import Services

/// What tests make happen to it.
extension MemoryStore {
  package func set(clock: Instant) { self.clock = clock }
  package func set(fault: StoreError?) { self.fault = fault }

  /// As if it had been restored from a backup then.
  package func set(restored: Instant) { self.restored = restored }
  package func finishRestore() throws(StoreError) {
    try reach()
    restored = nil
  }

  /// As if an entry of a closed month had gone.
  package func breakSeal(of period: AccountingPeriod) {
    closedPeriodList = closedPeriodList.map { closed in
      guard closed.period == period else { return closed }
      let seal = closed.seal
      return ClosedPeriod(
        period: period,
        seal: PeriodSeal(
          entryCount: seal.entryCount + 1, lastEntry: seal.lastEntry, sha256: seal.sha256,
          facts: seal.facts), closed: closed.closed, closedBy: closed.closedBy)
    }
  }

  /// As if a sum had been changed in the database.
  package func breakSum(of allocation: AllocationID) { wrongSums.append(allocation) }

  /// Another description comes between the judgement of the next act by hand and its posting.
  package func set(coming: Centre) { self.coming = coming }
  func describeBetween(_ centre: Centre) {
    state.centre = centre
    coming = nil
  }
}
