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

  /// Another description comes between the judgement of the next act by hand and its posting.
  package func set(coming: Centre) { self.coming = coming }
  func describeBetween(_ centre: Centre) {
    state.centre = centre
    coming = nil
  }
}
