import Domain

/// What was delivered is worth at the reference rate, for pay-per-use and for figures of aid in kind:
/// one row for each allocation that something was delivered to, then sums. Nothing is owed by it.
package struct WorthReport: Sendable {
  private let facts: WorthFacts

  package init(_ facts: WorthFacts) { self.facts = facts }

  package var report: Report {
    let allocations = Set(facts.deliveries.map(\.allocation)).sorted {
      (project(of: $0)?.id.text ?? "", $0) < (project(of: $1)?.id.text ?? "", $1)
    }
    let commercial = Set(allocations.filter { project(of: $0)?.commercial == true })
    var lines = allocations.map(row)
    lines.append(sum("commercial") { commercial.contains($0) })
    lines.append(sum("other") { !commercial.contains($0) })
    lines.append(sum("all") { _ in true })
    return Report(
      title: "Worth at the reference rate", period: facts.period, asOf: facts.asOf,
      columns: Self.columns, lines: lines, notes: Self.notes, months: facts.months)
  }

  private static let columns = [
    "period", "system", "share", "mode", "project", "organisation", "allocation", "use",
    "delivered GPU-h", "reference EUR", "GPU-h without a rate", "months", "as of",
  ]

  private func project(of allocation: AllocationID) -> Project? {
    facts.centre.allocations[allocation].flatMap { facts.centre.projects[$0.project] }
  }

  private func row(_ id: AllocationID) -> ReportLine {
    let project = project(of: id)
    let programme = facts.centre.allocations[id].flatMap { facts.centre.programmes[$0.programme] }
    let funder = programme.flatMap { facts.centre.funders[$0.funder] }
    return row(
      [
        funder?.name ?? "", programme?.mode ?? "", project?.id.text ?? "",
        project?.organisation.text ?? "", id.text,
        project?.commercial == true ? "commercial" : "other",
      ], facts.deliveries.filter { $0.allocation == id })
  }

  private func sum(_ use: String, _ condition: (AllocationID) -> Bool) -> ReportLine {
    row(
      ["all", "all", "all", "all", "all", use],
      facts.deliveries.filter { condition($0.allocation) })
  }

  private func row(_ names: [String], _ deliveries: [WorthFacts.Delivery]) -> ReportLine {
    let priced = deliveries.compactMap { delivery in
      delivery.centsPerGPUHour.map { (delivery.amount, centsPerGPUHour: $0) }
    }
    func amount(_ deliveries: [WorthFacts.Delivery]) -> String {
      deliveries.reduce(GPUTime.zero) { $0 + $1.amount }.hoursText()
    }
    let cells =
      [Report.text(of: facts.period), facts.system] + names + [
        amount(deliveries), Euros(worthOf: priced).text,
        amount(deliveries.filter { $0.centsPerGPUHour == nil }),
        facts.months.map(\.description).joined(separator: "; "), "\(facts.asOf)",
      ]
    let basis = FigureBasis(
      measure: .delivered, allocations: Set(deliveries.map(\.allocation)),
      from: facts.period.lowerBound, to: min(facts.asOf, facts.period.upperBound),
      sum: deliveries.reduce(.zero) { $0 + $1.amount })
    return ReportLine(cells, [8: [basis], 9: [basis]])
  }

  private static let notes = [
    "Delivered: charges and debits less refunds and credits, of runs that ended in the period, from "
      + "the ledger.",
    "Reference EUR: what was delivered × the euro reference rate of the rate card by which each run was "
      + "priced (that in force when its start was committed). Each figure is rounded once, half away "
      + "from zero to a cent, from exact GPU time: sums are not sums of rounded figures.",
    "GPU-h without a rate: delivered by rate cards that state no reference rate; they are worth "
      + "nothing here.",
    "Commercial use pays per use; of other use the worth is a figure for aid in kind. What is owed, "
      + "or is aid, and on which legal basis, is not decided here.",
  ]
}
