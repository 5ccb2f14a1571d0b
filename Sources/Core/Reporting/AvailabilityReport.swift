import Domain

/// How far the machine was there and was used, how long tasks waited, and what failed nodes ended: by
/// month and over the period, by access mode and of all.
///
/// Capacity and what was delivered are those of the ``AccessTimeReport`` of the same days.
package struct AvailabilityReport: Sendable {
  private let facts: AvailabilityFacts

  package init(_ facts: AvailabilityFacts) { self.facts = facts }

  package var report: Report {
    let whole = facts.parts.last?.access
    let period = whole?.period ?? Instant(milliseconds: 0)..<Instant(milliseconds: 0)
    return Report(
      title: "Availability and waits", period: period, asOf: whole?.asOf ?? period.upperBound,
      columns: Self.columns, lines: facts.parts.flatMap(lines), notes: notes,
      months: whole?.months ?? [])
  }

  private static let columns = [
    "period", "system", "mode", "nodes", "capacity node-h", "down node-h", "availability %",
    "capacity GPU-h", "down GPU-h", "available GPU-h", "delivered GPU-h", "utilisation %",
    "tasks begun", "waits known", "wait p50 s", "wait p95 s", "runs ended by node failure",
    "months", "as of",
  ]

  /// One row for each access mode in which something happened, one for all.
  private func lines(_ part: AvailabilityFacts.Part) -> [ReportLine] {
    let counted = part.access.countedAllocations { part.access.delivered[$0.id] != nil }
    let delivered = Dictionary(grouping: counted) {
      part.access.centre.programmes[$0.programme]?.mode ?? $0.programme.text
    }.mapValues { part.access.basis(.delivered, of: $0) }
    let inAll = part.access.basis(.delivered, of: counted)
    let tallies = Dictionary(part.tallies.map { ($0.mode, $0) }) { first, _ in first }
    let modes = Set(delivered.keys).union(part.tallies.compactMap(\.mode)).sorted()
    return modes.map { mode in
      let basis = delivered[mode] ?? part.access.basis(.delivered, of: [])
      return ReportLine(
        row(
          part, mode: mode, machine: Array(repeating: "", count: 7),
          delivered: basis.sum, utilisation: "", tallies[mode]),
        [10: [basis]])
    }
      + [
        ReportLine(
          totalRow(part, delivered: inAll.sum, tallies[nil]), [10: [inAll], 11: [inAll]])
      ]
  }

  private func totalRow(
    _ part: AvailabilityFacts.Part, delivered: GPUTime, _ tally: AvailabilityFacts.Tally?
  ) -> [String] {
    let end = min(part.access.asOf, part.access.period.upperBound)
    let capacity = Capacity(
      part.access.nodeChanges, over: min(part.access.period.lowerBound, end)..<end)
    return row(
      part, mode: "all",
      machine: [
        String(capacity.nodes), capacity.nodeTime.hoursText, capacity.nodeDowntime.hoursText,
        Percentage(capacity.nodeTime - capacity.nodeDowntime, of: capacity.nodeTime).text,
        capacity.total.hoursText(), capacity.downtime.hoursText(),
        capacity.available.hoursText(),
      ], delivered: delivered, utilisation: Percentage(delivered, of: capacity.available).text,
      tally)
  }

  private func row(
    _ part: AvailabilityFacts.Part, mode: String, machine: [String], delivered: GPUTime,
    utilisation: String, _ tally: AvailabilityFacts.Tally?
  ) -> [String] {
    let tally = tally ?? AvailabilityFacts.Tally(mode: mode)
    return [Report.text(of: part.access.period), part.access.system, mode] + machine
      + [
        delivered.hoursText(), utilisation, String(tally.begun), String(tally.waits?.count ?? 0),
        Self.seconds(tally.waits?.medianMilliseconds), Self.seconds(tally.waits?.p95Milliseconds),
        String(tally.nodeFailures),
        part.access.months.map(\.description).joined(separator: "; "), "\(part.access.asOf)",
      ]
  }

  /// Rounded half up; nothing of nothing.
  private static func seconds(_ milliseconds: Int64?) -> String {
    milliseconds.map { String(($0 + 500) / 1000) } ?? ""
  }

  private var notes: [String] {
    let form = facts.parts.last?.access.form ?? .current
    return [
      "Times are UTC, a period includes both days. Figures are rounded once, at print: those of a "
        + "period are not sums of rounded figures.",
      form.noteOfCapacity + " So it is in the report access-time.",
      "Nodes: those that were in service at some time, up or down. Capacity node-h and down node-h: "
        + "nodes × time, whatever they have; availability = (capacity − down) ÷ capacity, of node-h.",
      "Down: Slurm had the node down, or took nothing new on it while it was idle (drained, in "
        + "maintenance, not responding). Why is not recorded: scheduled and unscheduled downtime are "
        + "not told apart.",
      "Delivered: charges and debits less refunds and credits, of runs that ended in the period, from "
        + "the ledger. Utilisation = delivered ÷ available GPU-h; what is booked late can bring it above "
        + "100 %.",
      "Tasks begun: jobs, and of arrays each task, whose first run was committed in the period and "
        + "began; without those that Slurm ran before Polder knew of them.",
      "Waits known: of those tasks, the ones of which it is known since when they could run: all but "
        + "those of jobs that waited for others (dependencies, singleton) or for tasks of their own array "
        + "(its throttle).",
      "Wait: from the submission, or the begin time that was asked for if that is later, to Slurm's "
        + "start of the first run. Waiting for a budget, a limit, a hold or a reservation counts. p50 and "
        + "p95 are by nearest rank: so many of 100 tasks waited no longer.",
      "Runs ended by node failure: those that ended in the period because a node failed, each run of a "
        + "task by itself; without those that were committed more than 92 days before they ended.",
      form.noteOfMonths(
        earlier:
          "Months: of a closed month capacity, downtime, delivered and modes are frozen and can't "
          + "change; tasks, waits and failures are as recorded when this was made, and what Slurm tells "
          + "late of runs still changes them."),
    ]
  }
}
