import Domain

/// First come, first served: nobody starts before everybody ahead of him has.
///
/// Each task gets the earliest slot that begins no earlier than the slot of the task before it.
package struct FCFSPlanner: Planner {
  package init() {}

  package var keepsPromises: Bool { false }

  package func plan(_ problem: PlanningProblem, probes: [Candidate]) -> Planned {
    var pass = PlanningPass(problem, probes: probes)
    var floor = problem.now
    let tiers = pass.planFirst { pass, rank, _ in
      if let start = pass.plan(rank, notBefore: floor) { floor = start }
    }
    return pass.finish(tiers, .inOrder(from: floor.milliseconds))
  }
}
