/// EASY backfill: only the first task that can't start now gets a slot; any task behind it starts
/// now if that leaves this one slot alone (Lifka, JSSPP 1995).
///
/// Tasks behind the first have no expected start, and neither nodes nor money are set aside for
/// them.
package struct EASYPlanner: Planner {
  package init() {}

  package var keepsPromises: Bool { false }

  package func plan(_ problem: PlanningProblem, probes: [Candidate]) -> Planned {
    var pass = PlanningPass(problem, probes: probes)
    let tiers = pass.planFirst { pass, rank, _ in
      if pass.reservations.isEmpty {
        _ = pass.plan(rank, notBefore: problem.now)
      } else {
        pass.startNow(rank)
      }
    }
    let hasHead = !pass.reservations.isEmpty
    return pass.finish(tiers, hasHead ? .startNow : .head)
  }
}
