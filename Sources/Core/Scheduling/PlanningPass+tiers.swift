import Domain

/// Who is planned on exact nodes, and who on counts behind them.
extension PlanningPass {
  /// Plans the first of the queue on exact nodes, until as many as the problem says have a start or
  /// wait for one there: who can't have one, whatever is free, takes nobody's place.
  ///
  /// - Parameter plan: decides about the task at a place in the queue; `isFallen` of one that is
  ///   behind the first tier and keeps what it was promised.
  /// - Returns: the places in the queue that were planned so, and those that are planned on counts
  ///   after them; both ascending.
  mutating func planFirst(
    _ plan: (_ pass: inout PlanningPass, _ rank: Int, _ isFallen: Bool) -> Void
  ) -> Tiers {
    var tiers = Tiers()
    var (taken, limited) = (0, 0)
    for rank in problem.queue.indices {
      let isFallen = taken >= problem.exactTasks
      guard !isFallen || hasPromise(queue[rank].task) else {
        tiers.counted.append(rank)
        continue
      }
      if isFallen { tiers.fallen.insert(rank) }
      tiers.exact.append(rank)
      let isEligible = queue[rank].eligibility == .eligible
      plan(&self, rank, isFallen)
      guard isEligible else { continue }
      switch decision(rank) {
      case .wait(let reason, nil) where reason.isWithoutSearch: break
      case .wait(let reason, nil) where reason.isWithSearch && limited < problem.exactTasks:
        limited += 1
      default: taken += 1
      }
    }
    for rank in problem.queue.count..<queue.count {
      // A question takes no place.
      if taken < problem.exactTasks {
        tiers.exactProbes.append(rank)
      } else {
        tiers.countedProbes.append(rank)
      }
    }
    return tiers
  }

  /// Places in the queue, by how they are planned.
  struct Tiers {
    var exact: [Int] = []
    /// Of these, those that are behind the first tier and keep what they were promised.
    var fallen: Set<Int> = []
    var counted: [Int] = []
    var exactProbes: [Int] = []
    var countedProbes: [Int] = []
  }
}
