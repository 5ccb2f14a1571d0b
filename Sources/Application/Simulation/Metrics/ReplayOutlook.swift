import Domain
import Scheduling

/// What those that waited were told, and what became of it; and how what was free lay. Known of
/// replays on nodes only, where each round is a plan.
package struct ReplayOutlook: Hashable, Sendable, Codable {
  /// Jobs that waited with a promised start; none under a policy that promises nothing.
  package let promised: Int
  /// Of those, the ones that began no later than the earliest start that they were promised: by the
  /// round in which that was due.
  package let promisesKept: Int
  /// How far the starts were, to either side, from the first that each job that waited was told.
  package let estimates: WaitSummary
  /// Of those that were told a start, the ones that began later.
  package let laterThanTold: Int
  /// Of what was free on nodes that could hold a job that waited if they were empty, what lay in
  /// pieces too small for it: the mean over those that waited and over time, millionths.
  package let fragmentationMillionths: Int64
}

/// Looks at the rounds of a replay, in order.
package struct OutlookTally {
  private let measure: MachineModel.Measure
  private let keepsPromises: Bool
  private let interval: Int64
  /// In seconds, by job.
  private var promised: [Int: Int64] = [:]
  private var told: [Int: Int64] = [:]
  /// Since when it lies so, and what of it is free and in pieces: thousandths, over those that wait.
  private var standing: (since: Int64, free: Int128, stuck: Int128) = (0, 0, 0)
  private var free: Int128 = 0
  private var stuck: Int128 = 0

  package init(of replay: ExactReplay) {
    measure = replay.machine.measure
    keepsPromises = replay.policy.planner.keepsPromises
    interval = replay.interval
  }

  package mutating func look(_ round: ReplayRound) {
    let now = round.problem.now.milliseconds / 1000
    free += standing.free * Int128(now - standing.since)
    stuck += standing.stuck * Int128(now - standing.since)
    for decision in round.plan.decisions {
      guard case .wait(_, let expected?) = decision.outcome else { continue }
      let job = Self.job(decision.task)
      if told[job] == nil { told[job] = Self.second(expected) }
    }
    for slot in keepsPromises ? round.plan.reservations : [] {
      let job = Self.job(slot.task)
      promised[job] = min(promised[job] ?? .max, Self.second(slot.start))
    }
    let pieces = Pieces(round, measure)
    standing = (now, pieces.free, pieces.stuck)
  }

  /// - Parameter result: of the replay that was looked at.
  package func outlook(_ result: ReplayResult) -> ReplayOutlook {
    let kept = promised.count { job, start in
      result.starts[job] >= 0 && result.starts[job] - start < interval
    }
    let errors = told.filter { result.starts[$0.key] >= 0 }.map { result.starts[$0.key] - $0.value }
    return ReplayOutlook(
      promised: promised.count, promisesKept: kept, estimates: WaitSummary(errors.map(abs)),
      laterThanTold: errors.count { $0 > 0 },
      fragmentationMillionths: rounded(stuck * 1_000_000, by: free))
  }

  private static func job(_ task: TaskID) -> Int { Int(task.job.number) - 1 }

  private static func second(_ instant: Instant) -> Int64 { (instant.milliseconds + 999) / 1000 }
}

/// What is free after a round, for those that still wait.
private struct Pieces {
  /// So many that wait are looked at, from the head of the queue.
  private static let mostWaiting = 100

  private(set) var free: Int128 = 0
  private(set) var stuck: Int128 = 0

  /// Nodes that are alike.
  private struct Kind: Hashable {
    let features: [FeatureName]
    let capacity: NodeResources
    let free: NodeResources
  }

  private struct Wish: Hashable {
    let share: NodeResources
    let terms: NodeTerms
  }

  init(_ round: ReplayRound, _ measure: MachineModel.Measure) {
    var started: [Placement] = []
    var wishes: [Wish: Int] = [:]
    var waiting = 0
    for (candidate, decision) in zip(round.problem.queue, round.plan.decisions) {
      switch decision.outcome {
      case .start(let placement, _, _, _): started.append(placement)
      case .wait where waiting < Self.mostWaiting:
        waiting += 1
        let request = candidate.request
        wishes[Wish(share: request.perNode, terms: request.terms), default: 0] += 1
      case .wait: break
      }
    }
    guard waiting > 0 else { return }
    let kinds = Self.kinds(round.problem, started)
    for (wish, count) in wishes {
      for (node, nodes) in kinds {
        guard wish.terms.accepts(node.example), wish.share.fits(in: node.kind.capacity) else {
          continue
        }
        let left = measure == .gpus ? node.kind.free.gpus : node.kind.free.cpus
        let amount = Int128(left * nodes * count)
        free += amount
        if !wish.share.fits(in: node.kind.free) { stuck += amount }
      }
    }
    free = free * 1000 / Int128(waiting)
    stuck = stuck * 1000 / Int128(waiting)
  }

  /// The nodes by kind, with one of each.
  private static func kinds(
    _ problem: PlanningProblem, _ started: [Placement]
  ) -> [(node: (kind: Kind, example: Node), count: Int)] {
    var free = Dictionary(problem.nodes.map { ($0.node.name, $0.node.capacity) }) {
      first, _ in first
    }
    for placement in problem.occupations.map(\.placement) + started {
      for name in placement.nodes { free[name] = free[name].map { $0 - placement.perNode } }
    }
    var counts: [Kind: (example: Node, count: Int)] = [:]
    for condition in problem.nodes {
      let node = condition.node
      let kind = Kind(
        features: node.features, capacity: node.capacity, free: free[node.name] ?? .none)
      counts[kind, default: (node, 0)].count += 1
    }
    return counts.map { (($0.key, $0.value.example), $0.value.count) }
  }
}
