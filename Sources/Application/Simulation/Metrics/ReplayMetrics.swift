/// What a replay is judged by. Each figure is defined in `docs/simulator.md`; all are integers, so
/// that equal replays have equal figures everywhere.
package struct ReplayMetrics: Hashable, Sendable, Codable {
  package let jobs: Int
  /// Those that no node of the machine can hold.
  package let neverStarted: Int
  package let waits: WaitSummary
  /// The mean of max(1, (wait + run) / max(run, 10 s)), thousandths.
  package let boundedSlowdownThousandths: Int64
  /// Of the machine from the first submission to the last end, millionths.
  package let utilisationMillionths: Int64
  /// Of the same, what was free while those that waited asked for it; millionths.
  package let lossOfCapacityMillionths: Int64
  package let fairStart: FairStart
  /// Jain's index over members (projects, where the trace names none), millionths; nil where it
  /// names neither.
  package let jainMillionths: Int64?
  /// From the first submission to the last end.
  package let makespanSeconds: Int64
  /// The mean over time, thousandths of a job.
  package let queueMeanThousandths: Int64
  package let queueMax: Int
  /// By access mode, or by size where the trace names none; in the order of the classes.
  package let waitsByClass: [ClassWaits]
  /// Empty where the trace names no funder.
  package let funders: [FunderUse]
  /// Nil of a replay that counts one pool, and of what was recorded.
  package let outlook: ReplayOutlook?

  package init(
    _ machine: MachineModel, _ workload: Workload, _ result: ReplayResult,
    _ timeline: ReplayTimeline, outlook: ReplayOutlook? = nil
  ) {
    self.outlook = outlook
    let started = workload.jobs.indices.filter { result.starts[$0] >= 0 }
    let wait = { (index: Int) in result.starts[index] - workload.jobs[index].submit }
    jobs = workload.jobs.count
    neverStarted = jobs - started.count
    waits = WaitSummary(started.map(wait))
    let slowdowns = started.reduce(Int128(0)) { sum, index in
      let run = Int128(result.ends[index] - result.starts[index])
      let bound = max(run, 10)
      return sum + max(1_000_000, ((Int128(wait(index)) + run) * 1_000_000 + bound / 2) / bound)
    }
    boundedSlowdownThousandths = rounded(slowdowns, by: Int128(max(started.count, 1)) * 1000)
    makespanSeconds = timeline.end - timeline.begin
    let span = Int128(makespanSeconds)
    let area = span * Int128(machine.capacityThousandths)
    utilisationMillionths = rounded(timeline.used * 1_000_000, by: area)
    lossOfCapacityMillionths = rounded(timeline.lost * 1_000_000, by: area)
    queueMeanThousandths = rounded(timeline.queued * 1000, by: span)
    queueMax = timeline.longestQueue
    fairStart = FairStart(machine, workload, result)
    let tally = OwnerTally(machine, workload, result)
    jainMillionths = tally.jainMillionths
    funders = tally.funders
    waitsByClass = ClassWaits.all(workload, result)
  }
}

/// The waits of one access mode, or of one class of sizes.
package struct ClassWaits: Hashable, Sendable, Codable {
  package let name: String
  package let waits: WaitSummary

  /// The last is without end.
  private static let sizes = [
    ("1 wide", 1), ("2–4 wide", 4), ("5–16 wide", 16), ("17–64 wide", 64), ("65–256 wide", 256),
    ("257– wide", Int.max),
  ]

  static func all(_ workload: Workload, _ result: ReplayResult) -> [ClassWaits] {
    let hasModes = workload.jobs.contains { !$0.owner.programme.isEmpty }
    var waits: [String: [Int64]] = [:]
    for (index, job) in workload.jobs.enumerated() where result.starts[index] >= 0 {
      let size = sizes.first { job.nodes <= $0.1 }?.0 ?? ""
      let name = hasModes ? job.owner.programme : size
      waits[name.isEmpty ? "–" : name, default: []].append(result.starts[index] - job.submit)
    }
    let order = hasModes ? waits.keys.sorted() : sizes.map(\.0)
    return order.compactMap { name in
      waits[name].map { ClassWaits(name: name, waits: WaitSummary($0)) }
    }
  }
}

/// What a funder's jobs used up to the last submission.
package struct FunderUse: Hashable, Sendable, Codable {
  package let funder: String
  /// Of all that was used, millionths.
  package let usedMillionths: Int64
  /// Of what was asked for: what it would be if every job ran; millionths.
  package let askedMillionths: Int64
  /// Nil where the machine's description entitles nobody.
  package let entitledMillionths: Int64?

  /// Use less entitlement, millionths.
  package var deviationMillionths: Int64? { entitledMillionths.map { usedMillionths - $0 } }
}
