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
  /// Of the record of a plan that is kept: so many tasks lie between two marks. A mark costs memory,
  /// and each task behind it some changes of the profiles at each question.
  package let stride: Int

  package init(upkeep: Upkeep = .improve, stride: Int = 4096) {
    self.upkeep = upkeep
    self.stride = stride
  }

  package var keepsPromises: Bool { true }

  package func plan(_ problem: PlanningProblem, probes: [Candidate]) -> Planned {
    var pass = PlanningPass(problem, probes: probes)
    pass.layPromises()
    let tiers = planExact(&pass)
    return pass.finish(tiers, .backfill)
  }

  package func stand(_ problem: PlanningProblem) -> StandingPlan {
    var pass = PlanningPass(problem, probes: [])
    pass.layPromises()
    let base = pass
    let tiers = planExact(&pass)
    return pass.stand(tiers, from: base, stride: stride)
  }

  /// Plans those that have exact nodes.
  private func planExact(_ pass: inout PlanningPass) -> PlanningPass.Tiers {
    let now = pass.problem.now
    let upkeep = upkeep
    return pass.planFirst { pass, rank, isFallen in
      let promised = pass.liftPromise(of: pass.queue[rank].task)
      let isKept = upkeep == .keep || isFallen
      _ = pass.plan(rank, notBefore: isKept ? promised ?? now : now, waitsForLimits: true)
    }
  }
}
