/// EASY backfill: only the first task that can't start now gets a slot; any task behind it starts
/// now if that leaves this one slot alone (Lifka, JSSPP 1995).
///
/// Tasks behind the first have no expected start, and neither nodes nor money are set aside for
/// them.
package struct EASYPlanner: Planner {
  package init() {}

  package func plan(_ problem: PlanningProblem) -> Plan {
    var pass = PlanningPass(problem)
    let (exact, rest) = pass.tiers()
    for rank in exact {
      if pass.reservations.isEmpty {
        _ = pass.plan(rank, notBefore: problem.now)
      } else {
        pass.startNow(rank)
      }
    }
    return CountedPass.finish(pass, rest, pass.reservations.isEmpty ? .head : .startNow)
  }
}
