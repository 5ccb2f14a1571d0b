package import Domain
import Ledger
package import Lifecycle
package import Scheduling

/// The plan of a round, kept for the next one, with what it was made of: as long as that is so,
/// what starts where runs end is known before all is planned anew.
package struct Standing: Sendable {
  fileprivate var plan: StandingPlan
  /// All that it knows to be on nodes.
  fileprivate var runs: Set<RunID>
  /// The centre, the nodes and what is set aside, as it was planned.
  private let centre: Centre
  private let nodeStates: [NodeName: NodeCondition.State]
  private let partitionStates: [PartitionName: PartitionCondition]
  private let reserved: [Reservation]
  private let made: Instant
  /// False if some run makes way for a task: the room is for that one.
  private let isOpen: Bool

  /// How the plan came to be.
  package var record: PlanRecord? { plan.record }

  /// - Parameter decisions: of the round.
  init(_ plan: StandingPlan, _ state: EngineState, _ decisions: [Decision], made: Instant) {
    self.plan = plan
    let acts = decisions.contains { if case .act = $0 { true } else { false } }
    isOpen = !acts && !state.runs.values.contains { $0.closing.isMakingRoom }
    centre = state.centre
    nodeStates = state.nodeStates
    partitionStates = state.partitionStates
    reserved = state.reserved
    self.made = made
    runs = Set(state.runs.keys)
    for case .start(let run) in decisions { runs.insert(run.id) }
  }

  /// True if nothing but ends of runs has come between that the plan would have to know of: the
  /// centre, nodes and rates are as they were, nobody runs whom it does not know or who is past the
  /// end that it was planned with, and nobody makes way.
  fileprivate func holds(in state: EngineState, at now: Instant) -> Bool {
    isOpen && now >= made && state.nodeStates == nodeStates
      && state.partitionStates == partitionStates && state.reserved == reserved
      && state.centre == centre
      && centre.partitions.values.allSatisfy {
        $0.rateCard(at: now).version == $0.rateCard(at: made).version
      }
      && state.runs.allSatisfy { id, run in
        runs.contains(id) && !run.closing.isMakingRoom
          && now < (run.started ?? run.committed) + run.reach
      }
  }
}

extension Cycle {
  /// What starts where runs have ended since a plan was made, before the next full plan; in order
  /// of the queue. Each start is held against the state as it is.
  ///
  /// A start here delays no promise (``StandingPlan``). Nobody starts where the plan does not hold
  /// any more, nor what may be preempted, which others could end: that is for the full plan, which
  /// is to follow in any case.
  package func startsAtOnce(
    _ state: EngineState, _ standing: inout Standing?, barred: [TaskID: StartPause] = [:],
    now: Instant
  ) -> [RunRecord] {
    guard let ended = standing?.runs.filter({ state.runs[$0] == nil }), !ended.isEmpty,
      standing?.holds(in: state, at: now) == true
    else { return [] }
    standing?.runs.subtract(ended)
    let starts = standing?.plan.ended(ended.sorted(), at: now) ?? []
    var payers = Payers(state, now: now)
    return starts.compactMap { start in
      let candidate = start.candidate
      guard case .start(let placement, let allocation, let hold, let limit) = start.outcome,
        barred[candidate.task].map({ $0.until <= now }) ?? true,
        let task = state.tasks[candidate.task], task.state == .waiting,
        state.jobs[candidate.task.job]?.request(of: task) == candidate.request,
        state.centre.preemption(of: candidate.request) == nil,
        payers.purse(of: candidate.request).options.contains(where: {
          $0.allocation == allocation && now + limit + candidate.grace <= $0.windowEnd
        })
      else { return nil }
      return self.start(candidate.task, placement, (allocation, hold, limit), state, now: now)
    }
  }
}
