/// EASY backfill: only the first task that can't start now gets a slot; any task behind it starts
/// now if that leaves this one slot alone (Lifka, JSSPP 1995).
///
/// Tasks behind the first have no expected start, and neither nodes nor money are set aside for
/// them.
package struct EASYPlanner: Planner {
  package init() {}

  package func plan(_ problem: PlanningProblem) -> Plan {
    var pass = PlanningPass(problem)
    for candidate in problem.queue {
      if pass.reservations.isEmpty {
        _ = pass.plan(candidate, notBefore: problem.now)
      } else {
        pass.startNow(candidate)
      }
    }
    return pass.plan
  }
}
