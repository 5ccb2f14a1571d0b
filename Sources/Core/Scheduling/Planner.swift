/// A scheduling policy: what starts now, and what the rest waits for.
///
/// What all planners share:
/// * A task that starts, or has a slot planned, occupies its nodes for limit and grace.
/// * *Budget*: every task that starts or has a slot planned takes its hold from what is left for
///   those behind it. A task whose hold does not fit into what is left waits for budget, reserves
///   nothing and has no expected start; money that running tasks may release is not counted on.
/// * *Window*: a slot must end, with limit and grace, by the end of the allocation's window. The
///   first allocation in the order of preference that has both the window and the money is taken;
///   where the limits above that leave no room then, the next that has all three.
/// * *Limits*: a slot lies where the limits above the task leave room for all of its time, beside
///   what runs to its end at the latest and what is planned ahead. Where slots are planned for all,
///   one that waits for a limit has its slot when that is free; else it waits without a slot, and
///   those behind it pass it.
/// * A task that waits for anything else than resources or a limit reserves nothing and holds nobody
///   up.
/// * *Nodes*: the fullest nodes on which it fits (the fewest free GPUs, then CPUs, over the slot),
///   ties by name, so that whole nodes stay whole. In a whole-node partition a run gets nodes of
///   one capacity, empty ones, and occupies all of each.
package protocol Planner: Sendable {
  /// True if the reservations of its plan are promises: laid down again by the next plan, and never
  /// moved later.
  var keepsPromises: Bool { get }
  /// Decides about every task of the queue, and answers about some that are not in it.
  ///
  /// - Parameter probes: each is asked about alone: as if it, and none of the others, came at the
  ///   end of the queue. They change nothing in the plan.
  func plan(_ problem: PlanningProblem, probes: [Candidate]) -> Planned
  /// The same plan, to be kept and asked what starts where a run ends.
  func stand(_ problem: PlanningProblem) -> StandingPlan
}

extension Planner {
  /// Decides about every task of the queue.
  package func plan(_ problem: PlanningProblem) -> Plan { plan(problem, probes: []).plan }

  /// One that answers nothing.
  package func stand(_ problem: PlanningProblem) -> StandingPlan {
    StandingPlan(plan(problem), made: problem.now)
  }
}

/// A plan, and the answers to what was asked besides.
package struct Planned: Hashable, Sendable {
  package let plan: Plan
  /// What each probe would get, in the order in which they were asked.
  package let answers: [PlannedTask.Outcome]
}

/// The planners by name, for configuration.
package enum PlanningPolicy: String, Hashable, Sendable, CaseIterable {
  case fcfs
  case easy
  case conservative

  package var planner: any Planner {
    switch self {
    case .fcfs: FCFSPlanner()
    case .easy: EASYPlanner()
    case .conservative: ConservativePlanner()
    }
  }
}
