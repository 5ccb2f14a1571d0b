import Simulation

/// The figures of replays, policies side by side, in 80 columns.
enum SimulationText {
  static func lines(_ input: SimulationInput, _ outcomes: [SimulationOutcome]) -> [String] {
    var table = Table([""] + outcomes.map { ">\($0.name)" })
    for (label, figure) in figures where outcomes.contains(where: { figure($0.metrics) != nil }) {
      table.add([.init(label)] + outcomes.map { .init(figure($0.metrics) ?? "–") })
    }
    var lines = heading(input) + [""] + table.lines(width: 80)
    lines += classes(outcomes) + funders(outcomes) + [""]
    for outcome in outcomes { lines.append("\(outcome.digest)  \(outcome.name)") }
    return lines
  }

  private static func heading(_ input: SimulationInput) -> [String] {
    let capacity = input.machine.capacityThousandths / 1000
    let count = Figure.grouped(Int64(input.workload.jobs.count))
    let machine = "\(Figure.grouped(Int64(capacity))) \(input.machine.measure.rawValue)"
    let skipped = input.workload.skipped.map {
      "  left out: \(Figure.grouped(Int64($0.count))) jobs, \($0.reason.rawValue)"
    }
    return ["\(input.name): \(count) jobs on \(machine)"] + skipped
  }

  /// In the order of the table; nil leaves a figure out.
  static let figures: [(label: String, text: @Sendable (ReplayMetrics) -> String?)] = [
    ("wait, mean (s)", { Figure.hundredths($0.waits.meanThousandths) }),
    ("wait, median (s)", { Figure.grouped($0.waits.medianSeconds) }),
    ("wait, p95 (s)", { Figure.grouped($0.waits.p95Seconds) }),
    ("wait, longest (s)", { Figure.grouped($0.waits.maxSeconds) }),
    ("bounded slowdown, mean", { Figure.thousandths($0.boundedSlowdownThousandths) }),
    ("utilisation", { Figure.percent($0.utilisationMillionths) }),
    ("loss of capacity", { Figure.percent($0.lossOfCapacityMillionths) }),
    (
      "fair start missed",
      {
        let fair = $0.fairStart
        return Figure.percent(Int64(fair.misses) * 1_000_000 / Int64(max(fair.lookedAt, 1)))
      }
    ),
    ("  by, mean (s)", { Figure.hundredths($0.fairStart.meanMissThousandths) }),
    ("promises kept", { $0.outlook.flatMap { part($0.promisesKept, of: $0.promised) } }),
    (
      "start told, off by, mean (s)",
      { told($0).map { Figure.hundredths($0.meanThousandths) } }
    ),
    ("  p95 (s)", { told($0).map { Figure.grouped($0.p95Seconds) } }),
    ("  later than told", { $0.outlook.flatMap { part($0.laterThanTold, of: $0.estimates.jobs) } }),
    ("fragmentation", { $0.outlook.map { Figure.percent($0.fragmentationMillionths) } }),
    ("Jain's index of users", { $0.jainMillionths.map { Figure.thousandths($0 / 1000) } }),
    ("queue, mean (jobs)", { Figure.hundredths($0.queueMeanThousandths) }),
    ("queue, longest (jobs)", { Figure.grouped(Int64($0.queueMax)) }),
    ("makespan (s)", { Figure.grouped($0.makespanSeconds) }),
    (
      "never started (jobs)",
      { $0.neverStarted == 0 ? nil : Figure.grouped(Int64($0.neverStarted)) }
    ),
  ]

  /// Nil where nobody was told a start.
  private static func told(_ metrics: ReplayMetrics) -> WaitSummary? {
    metrics.outlook.flatMap { $0.estimates.jobs == 0 ? nil : $0.estimates }
  }

  /// Nil of nothing.
  private static func part(_ count: Int, of whole: Int) -> String? {
    whole == 0 ? nil : Figure.percent(Int64(count) * 1_000_000 / Int64(whole))
  }

  /// The mean wait of each access mode or size.
  private static func classes(_ outcomes: [SimulationOutcome]) -> [String] {
    guard let first = outcomes.first, first.metrics.waitsByClass.count > 1 else { return [] }
    var table = Table(["MEAN WAIT (s)", ">JOBS"] + outcomes.map { ">\($0.name)" })
    for row in first.metrics.waitsByClass {
      let waits = outcomes.map { outcome in
        outcome.metrics.waitsByClass.first { $0.name == row.name }?.waits.meanThousandths
      }
      table.add(
        [.init(row.name), .init(Figure.grouped(Int64(row.waits.jobs)))]
          + waits.map { .init($0.map(Figure.hundredths) ?? "–") })
    }
    return [""] + table.lines(width: 80)
  }

  private static func funders(_ outcomes: [SimulationOutcome]) -> [String] {
    guard let first = outcomes.first, !first.metrics.funders.isEmpty else { return [] }
    var table = Table(
      ["FUNDER", ">ENTITLED", ">ASKED"] + outcomes.map { ">\($0.name)" })
    for row in first.metrics.funders {
      let used = outcomes.map { outcome in
        outcome.metrics.funders.first { $0.funder == row.funder }?.usedMillionths
      }
      table.add(
        [
          .init(row.funder), .init(row.entitledMillionths.map(Figure.percent) ?? "–"),
          .init(Figure.percent(row.askedMillionths)),
        ] + used.map { .init($0.map(Figure.percent) ?? "–") })
    }
    return [""] + table.lines(width: 80)
  }
}
