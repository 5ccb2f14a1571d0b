import Domain

/// First come, first served: nobody starts before everybody ahead of him has.
///
/// Each task gets the earliest slot that begins no earlier than the slot of the task before it.
package struct FCFSPlanner: Planner {
  package init() {}

  package func plan(_ problem: PlanningProblem) -> Plan {
    var pass = PlanningPass(problem)
    var floor = problem.now
    let (exact, rest) = pass.tiers()
    for rank in exact {
      if let start = pass.plan(rank, notBefore: floor) { floor = start }
    }
    return CountedPass.finish(pass, rest, .inOrder(from: floor.milliseconds))
  }
}
