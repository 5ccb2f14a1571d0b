import Domain
import Lifecycle
import Scheduling

/// The search for the runs that have to end so that some tasks start: of all that may, few that lose
/// little.
///
/// A trial is a plan without a set of runs; a set suffices if all tasks start in it that start with
/// all of them gone. The search only ever keeps a set that was tried, so that whoever there was no
/// time to try is in the set for a reason: what is to start lies on its nodes.
///
/// 1. In ascending order of what would be lost, run by run and node by node, the shortest
///    beginning that suffices: a logarithm of trials.
/// 2. Of either, whoever fits beside what starts then is taken out at once: a trial.
/// 3. Of the one that loses less, nodes and then runs are taken out as long as it suffices, those
///    that lose most first, halving: until nobody can be or the trials are over.
struct Victims {
  private let problem: PlanningProblem
  private let planner: any Planner
  private let makingRoom: Set<RunID>
  private let candidates: [RunRecord]
  private let loss: [RunID: GPUTime]
  private let most: Int
  private var trials = 0
  private var tried: [Set<RunID>: Plan] = [:]
  private var possible: Set<TaskID> = []

  /// - Parameters:
  ///   - makingRoom: runs that are on their way out.
  ///   - most: how many plans are made at most, beside those that say what would start at best.
  init(
    _ candidates: [RunRecord], of problem: PlanningProblem, by planner: any Planner,
    beside makingRoom: Set<RunID>, most: Int, now: Instant
  ) {
    self.candidates = candidates.sorted { $0.id < $1.id }
    self.problem = problem
    self.planner = planner
    self.makingRoom = makingRoom
    self.most = most
    loss = Dictionary(candidates.map { ($0.id, $0.work(at: now)) }) { first, _ in first }
  }

  /// Those that have to end, ascending; none if nothing would start for it.
  mutating func found() -> [RunID] {
    guard !candidates.isEmpty else { return [] }
    let all = Set(candidates.map(\.id))
    let standing = plan(without: [])
    let without = plan(without: all)
    possible = without.starts
    guard !possible.subtracting(standing.starts).isEmpty else { return [] }
    tried = [[]: standing, all: without]
    let runs = candidates.map { [$0.id] }
    let nodes = Dictionary(grouping: candidates) { $0.placement.nodes }.values.map { group in
      group.map(\.id)
    }
    var best = all
    for groups in nodes.count < runs.count ? [runs, nodes] : [runs] {
      let beginning = fitted(shortest(ascending(groups)))
      if rank(beginning) < rank(best) { best = beginning }
    }
    while trials < most {
      let before = best
      for groups in nodes.count < runs.count ? [nodes, runs] : [runs] {
        spare(descending(groups.filter { !best.isDisjoint(with: $0) })[...], of: &best)
      }
      if best == before { break }
    }
    return best.sorted()
  }

  // MARK: trials

  private func plan(without runs: Set<RunID>) -> Plan {
    planner.plan(problem.without(makingRoom.union(runs)))
  }

  /// The plan without some runs, if all that can start does; nil also when the trials are over.
  private mutating func sufficing(_ runs: Set<RunID>) -> Plan? {
    if let known = tried[runs] { return known.starts.isSuperset(of: possible) ? known : nil }
    guard trials < most else { return nil }
    trials += 1
    let plan = plan(without: runs)
    tried[runs] = plan
    return plan.starts.isSuperset(of: possible) ? plan : nil
  }

  /// The least number of groups from the first on that suffices.
  private mutating func shortest(_ groups: [[RunID]]) -> Set<RunID> {
    var (low, high) = (1, groups.count)
    while low < high {
      let middle = (low + high) / 2
      if sufficing(Set(groups[..<middle].joined())) != nil {
        high = middle
      } else {
        low = middle + 1
      }
    }
    let found = Set(groups[..<high].joined())
    return sufficing(found) == nil ? Set(candidates.map(\.id)) : found
  }

  /// Without those that there is room for beside what starts, as far as that still suffices.
  private mutating func fitted(_ victims: Set<RunID>) -> Set<RunID> {
    guard let plan = sufficing(victims) else { return victims }
    var free = free(beside: plan, without: victims)
    var rest = victims
    for run in candidates.sorted(by: { isMore($0.id, $1.id) }) where victims.contains(run.id) {
      let share = run.placement.perNode
      let fits = run.placement.nodes.allSatisfy { node in
        free[node].map { share.fits(in: $0) } ?? true
      }
      guard fits else { continue }
      for node in run.placement.nodes { free[node] = free[node].map { $0 - share } }
      rest.remove(run.id)
    }
    return sufficing(rest) == nil ? victims : rest
  }

  /// What is free of each node where a plan starts what it does.
  private func free(
    beside plan: Plan, without victims: Set<RunID>
  ) -> [NodeName: NodeResources] {
    var free = Dictionary(problem.nodes.map { ($0.node.name, $0.node.capacity) }) {
      first, _ in first
    }
    func take(_ placement: Placement) {
      for node in placement.nodes { free[node] = free[node].map { $0 - placement.perNode } }
    }
    for occupation in problem.occupations
    where !victims.contains(occupation.run) && !makingRoom.contains(occupation.run) {
      take(occupation.placement)
    }
    for decision in plan.decisions {
      if case .start(let placement, _, _, _) = decision.outcome { take(placement) }
    }
    return free
  }

  /// Takes groups of runs out of the victims as far as it still suffices, the first of them first.
  private mutating func spare(_ groups: ArraySlice<[RunID]>, of victims: inout Set<RunID>) {
    guard !groups.isEmpty, trials < most else { return }
    let fewer = victims.subtracting(groups.joined())
    if sufficing(fewer) != nil {
      victims = fewer
    } else if groups.count > 1 {
      let middle = groups.startIndex + groups.count / 2
      spare(groups[..<middle], of: &victims)
      spare(groups[middle...], of: &victims)
    }
  }

  // MARK: order

  private func lost(_ runs: some Sequence<RunID>) -> GPUTime {
    runs.reduce(.zero) { $0 + (loss[$1] ?? .zero) }
  }

  /// The less the better.
  private func rank(_ victims: Set<RunID>) -> (GPUTime, Int) { (lost(victims), victims.count) }

  /// True if the first comes before the second in the order of those that lose most; ties by id.
  private func isMore(_ left: RunID, _ right: RunID) -> Bool {
    let (most, other) = (loss[left] ?? .zero, loss[right] ?? .zero)
    return most == other ? left < right : most > other
  }

  private func descending(_ groups: [[RunID]]) -> [[RunID]] {
    groups.map { (lost: lost($0), runs: $0) }.sorted { left, right in
      left.lost == right.lost ? left.runs[0] < right.runs[0] : left.lost > right.lost
    }.map(\.runs)
  }

  private func ascending(_ groups: [[RunID]]) -> [[RunID]] { descending(groups).reversed() }
}

extension Plan {
  /// The tasks that start now.
  fileprivate var starts: Set<TaskID> {
    Set(
      decisions.compactMap {
        if case .start = $0.outcome { $0.task } else { nil }
      })
  }
}

extension RunRecord {
  /// What would be lost if it ended.
  fileprivate func work(at now: Instant) -> GPUTime {
    started.map { weight * max(now.seconds(since: $0), .zero) } ?? .zero
  }
}
