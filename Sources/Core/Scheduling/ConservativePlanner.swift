/// Conservative backfill: each task gets the earliest slot that leaves the slots of all tasks ahead
/// of it alone (Mu'alem and Feitelson, IEEE TPDS 12(6), 2001).
///
/// The plan is made afresh from the whole queue in order, so that a task moves up when a run ends
/// early, and a task at the tail never changes what was decided about those ahead.
package struct ConservativePlanner: Planner {
  package init() {}

  package func plan(_ problem: PlanningProblem) -> Plan {
    var pass = PlanningPass(problem)
    for candidate in problem.queue { _ = pass.plan(candidate, notBefore: problem.now) }
    return pass.plan
  }
}
