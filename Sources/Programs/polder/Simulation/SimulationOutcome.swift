import Simulation

/// How a replay looks at the nodes of its machine.
enum NodeDetail {
  /// All they have is one pool.
  case counted
  /// Each run lies on nodes, by the daemon's planner, in rounds at least so many seconds apart.
  case exact(interval: Int64)
}

/// A workload replayed under one policy, and judged.
struct SimulationOutcome {
  /// The policy, or that this is what was recorded.
  let name: String
  let metrics: ReplayMetrics
  let timeline: ReplayTimeline
  /// `job,start`.
  let csv: [UInt8]
  /// Of those lines.
  let digest: String

  /// - Parameter nodes: how nodes are looked at.
  /// - Throws: ``Failure`` with exit code 65.
  init(
    _ input: SimulationInput, _ policy: ReplayPolicy, nodes: NodeDetail = .counted
  ) throws {
    let (machine, workload) = (input.machine, input.workload)
    let result: ReplayResult
    var outlook: ReplayOutlook?
    do {
      result =
        switch nodes {
        case .counted:
          try Replay(machine: machine, workload: workload, policy: policy).run()
        case .exact(let interval):
          try Self.exact(
            ExactReplay(
              machine: machine, workload: workload, policy: policy, interval: interval), &outlook)
        }
    } catch .emptyMachine {
      throw Failure(.invalidInput, "the machine has nothing to run on")
    } catch .tooManyNodes(let most) {
      throw Failure(
        .invalidInput, "\(machine.nodes) nodes are too many to plan one by one: at most \(most)",
        next: "leave out --nodes exact: what they have is counted then")
    }
    self.init(input, result, name: policy.rawValue, outlook)
  }

  private static func exact(
    _ replay: ExactReplay, _ outlook: inout ReplayOutlook?
  ) throws(ReplayError) -> ReplayResult {
    var tally = OutlookTally(of: replay)
    let result = try replay.run { tally.look($0) }
    outlook = tally.outlook(result)
    return result
  }

  /// What really happened.
  init(_ input: SimulationInput, recorded: ReplayResult) {
    self.init(input, recorded, name: "recorded")
  }

  private init(
    _ input: SimulationInput, _ result: ReplayResult, name: String, _ outlook: ReplayOutlook? = nil
  ) {
    let (machine, workload) = (input.machine, input.workload)
    self.name = name
    timeline = ReplayTimeline(machine, workload, result)
    metrics = ReplayMetrics(machine, workload, result, timeline, outlook: outlook)
    csv = StartsWriter.csv(workload, result)
    digest = StartsWriter.digest(csv)
  }
}

/// The same for programs.
struct SimulationJSON: Encodable {
  struct Skipped: Encodable {
    let reason: String
    let jobs: Int
  }

  struct Outcome: Encodable {
    let policy: String
    let digest: String
    let metrics: ReplayMetrics
  }

  let workload: String
  let workloadDigest: String
  let skipped: [Skipped]
  let measure: String
  let capacityThousandths: Int
  let outcomes: [Outcome]

  init(_ input: SimulationInput, _ outcomes: [SimulationOutcome]) {
    workload = input.name
    workloadDigest = StartsWriter.digest(input.workload)
    skipped = input.workload.skipped.map { Skipped(reason: $0.reason.rawValue, jobs: $0.count) }
    measure = input.machine.measure.rawValue
    capacityThousandths = input.machine.capacityThousandths
    self.outcomes = outcomes.map {
      Outcome(policy: $0.name, digest: $0.digest, metrics: $0.metrics)
    }
  }
}
