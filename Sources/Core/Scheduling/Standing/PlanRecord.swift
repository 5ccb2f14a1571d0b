import Domain

/// How a plan came to be: what a task would have been given, had it asked for something else at its
/// place in the queue, without planning everybody anew.
///
/// The simple semantics: a full plan of the same problem with the other request in the task's place.
/// What that gives the task depends on those ahead of it, which have what they have in the plan, and
/// on what was promised to those behind. So the code lays down what those ahead were given, without
/// a search, beginning at a mark that was kept on the way, and searches for the one task. One that
/// was promised a start itself differs in this: those ahead stay where they are beside its promise,
/// and it gives that up only when its turn comes, as in every plan.
package struct PlanRecord: Sendable {
  /// As it was planned; runs are not in it.
  package let problem: PlanningProblem
  /// Of each place in the queue.
  package let decisions: [PlannedTask]
  private let tiers: PlanningPass.Tiers
  /// Runs and promises, and nobody planned.
  private let base: PlanningPass
  /// The pass before every so many tasks that are planned on counts.
  private let marks: [CountedPass]
  private let stride: Int
  private let laid: ContiguousArray<CountedPass.Laid>
  /// On exact nodes, by place in the queue.
  private let slots: [Int: PlannedReservation]

  init(
    _ base: consuming PlanningPass, _ marks: (passes: [CountedPass], stride: Int),
    _ counted: borrowing CountedPass, _ tiers: PlanningPass.Tiers
  ) {
    var problem = base.problem
    problem.occupations = []
    self.problem = problem
    var kept = base
    kept.problem.occupations = []
    kept.problem.queue = []
    kept.queue = []
    kept.forgetDecisions()
    kept.fitsByKey = counted.pass.fitsByKey
    self.base = kept
    stride = marks.stride
    self.marks = marks.passes.map { $0.withoutQueue(fits: kept.fitsByKey) }
    self.tiers = tiers
    decisions = counted.pass.plan.decisions
    laid = counted.laid
    slots = Dictionary(counted.pass.reservations.map { ($0.rank, $0.slot) }) { first, _ in first }
  }

  /// What the task at a place would have been given, had it asked for each of some other things;
  /// nil where that can't be told without a plan of its own: the plan counted nothing of the kind, or
  /// the task keeps a promise from behind the first tier.
  package func answers(_ rank: Int, _ others: [Candidate]) -> [PlannedTask.Outcome?] {
    guard !tiers.fallen.contains(rank) else { return others.map { _ in nil } }
    if let index = tiers.counted.firstPlace(of: rank) {
      let pass = counted(before: index)
      return others.map { other in
        var trial = pass
        return trial.answer(base.heeded(other))
      }
    }
    var pass = base
    for ahead in tiers.exact where ahead < rank {
      pass.follow(problem.queue[ahead], ahead, decisions[ahead].outcome, slots[ahead])
    }
    _ = pass.liftPromise(of: problem.queue[rank].task)
    return others.map { other in
      var trial = pass
      let answer = trial.answer(base.heeded(other))
      pass.fitsByKey = trial.fitsByKey
      return answer
    }
  }

  /// The pass when it was the turn of a task, by its place among those planned on counts.
  private func counted(before index: Int) -> CountedPass {
    var pass = marks[index / stride]
    for ahead in index / stride * stride..<index {
      let rank = tiers.counted[ahead]
      pass.follow(
        problem.queue[rank], rank, ahead, laid[ahead], decisions[rank].outcome, slots[rank])
    }
    return pass
  }
}

extension CountedPass {
  /// What is kept elsewhere is let go.
  fileprivate consuming func withoutQueue(fits: [PlanningPass.FitKey: [PlanningPass.Fit]]) -> Self {
    var other = self
    other.pass.problem.occupations = []
    other.pass.problem.queue = []
    other.pass.queue = []
    other.pass.fitsByKey = fits
    return other
  }
}

extension [Int] {
  /// Where a number stands among these, which ascend; nil if it does not.
  fileprivate func firstPlace(of number: Int) -> Int? {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low] == number ? low : nil
  }
}
