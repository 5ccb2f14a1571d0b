import Domain

extension CountedPass {
  /// What is the same for tasks of a kind, as far as reservations go.
  struct ReservedKey: Hashable {
    let kind: Int
    let pool: Int
    /// Reservations that begin before its end.
    let begun: Int
  }

  /// As the pass says of the first task of a kind that ends behind as many beginnings, with the
  /// task's own end: a kind has tasks of many projects.
  mutating func reservationInTheWay(
    _ rank: Int, _ number: Int, _ place: TaskKinds.Place
  ) -> WaitReason? {
    guard !pass.reserved.isEmpty else { return nil }
    let end = pass.problem.now + pass.queue[rank].span
    let key = ReservedKey(
      kind: number, pool: place.pool,
      begun: pass.reserved.begins.count { $0 < end.milliseconds })
    if let known = reservedLooks[key] { return known.map { .reserved($0.ending(end)) } }
    let reason = pass.reservationInTheWay(
      of: pass.queue[rank], place.share, on: TaskKinds.usable(kinds.pools.all[place.pool], pass))
    guard case .reserved(let shortfall) = reason else {
      reservedLooks[key] = .some(nil)
      return nil
    }
    reservedLooks[key] = shortfall
    return reason
  }
}
