/// Conservative backfill: each task gets the earliest slot that leaves the slots of all tasks ahead
/// of it alone (Mu'alem and Feitelson, IEEE TPDS 12(6), 2001).
///
/// Without promises the plan is made afresh from the whole queue in order, and a task at the tail
/// changes nothing that was decided about those ahead. With the promises of the plan before, they
/// are all laid down first; then each task in order is lifted out and put back at its earliest
/// slot, which is never later than what was promised to it. A promise that can't be kept (a node
/// went down, a run is past its end, the money is gone) is dropped.
package struct ConservativePlanner: Planner {
  /// What becomes of a promise that can be kept.
  package enum Upkeep: Hashable, Sendable {
    /// The task moves to an earlier slot if there is one.
    case improve
    /// The task stays where it is: what the literature does when nothing was freed.
    case keep
  }

  package let upkeep: Upkeep

  package init(upkeep: Upkeep = .improve) { self.upkeep = upkeep }

  package var keepsPromises: Bool { true }

  package func plan(_ problem: PlanningProblem, probes: [Candidate]) -> Planned {
    let (pass, tiers) = exact(problem, probes)
    return pass.finish(tiers, .backfill)
  }

  package func stand(_ problem: PlanningProblem) -> StandingPlan {
    let (pass, tiers) = exact(problem, [])
    return pass.stand(tiers)
  }

  /// What is planned on exact nodes.
  private func exact(
    _ problem: PlanningProblem, _ probes: [Candidate]
  ) -> (PlanningPass, PlanningPass.Tiers) {
    var pass = PlanningPass(problem, probes: probes)
    pass.layPromises()
    let tiers = pass.tiers()
    for rank in tiers.exact {
      let promised = pass.liftPromise(of: problem.queue[rank].task)
      let isKept = upkeep == .keep || tiers.fallen.contains(rank)
      _ = pass.plan(
        rank, notBefore: isKept ? promised ?? problem.now : problem.now, waitsForLimits: true)
    }
    return (pass, tiers)
  }
}
