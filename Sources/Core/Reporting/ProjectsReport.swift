import Domain

/// Projects with their allocations: what each was awarded, used and was delivered, how far it is beside what
/// its access mode expects, and when its final report is due. Sums by funder are those of the
/// ``AccessTimeReport`` of the same days.
package struct ProjectsReport: Sendable {
  private let facts: ProjectsFacts
  private let refunded: [AllocationID: GPUTime]
  private let access: AccessTimeFacts
  private let months: String

  package init(_ facts: ProjectsFacts) {
    self.facts = facts
    access = facts.access
    refunded = facts.figures.mapValues(\.refunded)
    months = facts.access.months.map(\.description).joined(separator: "; ")
  }

  package var report: Report {
    var lines: [ReportLine] = []
    var counted: [Allocation] = []
    for funder in access.centre.funders.values.sorted(by: { $0.id < $1.id }) {
      let own = access.countedAllocations {
        access.centre.programmes[$0.programme]?.funder == funder.id
      }
      counted += own
      lines += own.sorted { ($0.project, $0.id) < ($1.project, $1.id) }.map {
        row($0, share: funder.name)
      }
      lines.append(sum(own, share: funder.name))
    }
    lines.append(sum(counted, share: "all"))
    return Report(
      title: "Projects", period: access.period, asOf: access.asOf, columns: Self.columns,
      lines: lines, notes: notes, months: access.months)
  }

  private static let columns = [
    "period", "system", "share", "project", "allocation", "awarded GPU-h", "used GPU-h", "used %",
    "expected %", "delivered GPU-h", "refunded GPU-h", "jobs", "JU id", "mode", "use", "start",
    "end", "final report due", "title", "organisation", "type", "country", "sector", "months",
    "as of",
  ]

  // MARK: Rows

  private func row(_ allocation: Allocation, share: String) -> ReportLine {
    let awarded = access.granted[allocation.id] ?? .zero
    let cells = row(
      share: share, project: allocation.project.text, allocation: allocation.id.text,
      figures([allocation], expected: Percentage(expected(of: allocation), of: awarded).text),
      about(allocation))
    return ReportLine(cells, bases([allocation]))
  }

  private func bases(_ allocations: [Allocation]) -> [Int: [FigureBasis]] {
    let awarded = access.basis(.awarded, of: allocations)
    let used = access.basis(.used, of: allocations)
    return [
      5: [awarded], 6: [used], 7: [used, awarded],
      9: [access.basis(.delivered, of: allocations)],
      10: [access.basis(.refunded, of: allocations, refunded)],
    ]
  }

  private func sum(_ allocations: [Allocation], share: String) -> ReportLine {
    let cells = row(
      share: share, project: "all", allocation: "all", figures(allocations, expected: ""),
      Array(repeating: "", count: 11))
    return ReportLine(cells, bases(allocations))
  }

  private func row(
    share: String, project: String, allocation: String, _ figures: [String], _ about: [String]
  ) -> [String] {
    [Report.text(of: access.period), access.system, share, project, allocation] + figures + about
      + [months, "\(access.asOf)"]
  }

  private func figures(_ allocations: [Allocation], expected: String) -> [String] {
    func sum(_ amounts: [AllocationID: GPUTime]) -> GPUTime {
      allocations.reduce(.zero) { $0 + (amounts[$1.id] ?? .zero) }
    }
    let (awarded, used) = (sum(access.granted), sum(access.used))
    let own = allocations.compactMap { facts.figures[$0.id] }
    return [
      awarded.hoursText(), used.hoursText(), Percentage(used, of: awarded).text, expected,
      sum(access.delivered).hoursText(),
      own.reduce(GPUTime.zero) { $0 + $1.refunded }.hoursText(),
      String(own.reduce(0) { $0 + $1.jobs }),
    ]
  }

  /// By the moment that the report is as of.
  private func expected(of allocation: Allocation) -> GPUTime {
    Pace.expected(
      of: facts.figures[allocation.id]?.acts ?? [], window: allocation.window,
      curve: facts.described.programmes[allocation.programme]?.pace ?? .linear, asOf: access.asOf)
  }

  /// What the allocation and its project are.
  private func about(_ allocation: Allocation) -> [String] {
    let described = facts.described.projects[allocation.project]
    let project = access.centre.projects[allocation.project] ?? described
    let organisation = project.flatMap { facts.described.organisations[$0.organisation] }
    let type = project.flatMap { access.centre.organisations[$0.organisation]?.type }
    let last = CivilDate(Instant(milliseconds: allocation.window.upperBound.milliseconds - 1))
    return [
      described?.reference ?? "", access.centre.programmes[allocation.programme]?.mode ?? "",
      project?.commercial == true ? "commercial" : "other",
      "\(CivilDate(allocation.window.lowerBound))", "\(last)",
      last.advanced(months: 3).map { "\($0)" } ?? "", described?.title ?? "",
      project?.organisation.text ?? "", (type ?? organisation?.type)?.rawValue ?? "",
      organisation?.country ?? "", organisation?.sector ?? "",
    ]
  }

  // MARK: Notes

  private var notes: [String] {
    [
      "As of \(access.asOf). Times are UTC, the period includes both days. 1 GPU-h = one "
        + "GPU-equivalent for one hour; figures are rounded once, at print: sums are not sums of "
        + "rounded figures.",
      access.form.noteOfAwards + " The same allocations count as in the report access-time.",
      "Used: all that was charged, debited or taken over, less refunds and credits, from the beginning "
        + "of the allocation to the moment that the report is as of; used % is its part of the award.",
      "Expected: what the access mode's pace expects to be used of the award by then, in % of the award "
        + "(polder pace). What is awarded later, or booked late, is expected over the rest of the window.",
      "Delivered: charges and debits less refunds and credits, of runs that ended in the period, from "
        + "the ledger. By share and in all it is what access-time tells.",
      "Refunded: refunds and credits that are effective in the period, those of use that was taken over "
        + "too. Delivered is after those of runs.",
      "Jobs: those of which a run was committed in the period and began; one with several runs counts "
        + "once, with runs from several allocations once in each.",
      "Final report due: three calendar months after the last day of the allocation; a day that the month "
        + "lacks becomes its last. Whether it was received is not recorded.",
      "Start and end: the first and the last day of the allocation's window.",
      "Organisation: its id in the description.",
      "Not told, since it is not measured or not recorded: energy (kWh), emissions (kgCO2e), the ERC "
        + "field, and node-hours: nodes differ, and no factor between them and GPU-hours is described.",
      access.form.noteOfMonths(
        earlier: "Months: of a closed month awards, use, what was delivered and refunded, windows, "
          + "modes, commercial use, organisations and their types are frozen and can't change. JU ids, "
          + "titles, countries, sectors and the pace of modes are as described when this was made, jobs "
          + "as recorded then."),
    ]
  }
}
