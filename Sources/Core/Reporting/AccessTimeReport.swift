import Domain

/// Access time by share: what each funder was entitled to and what was delivered on its share, by
/// programme, with the capacity of the machine as the denominator. Of all of it, or of a part.
package struct AccessTimeReport: Sendable {
  private let facts: AccessTimeFacts
  private let part: AccessTimePart
  private let capacity: Capacity

  package init(_ facts: AccessTimeFacts, of part: AccessTimePart = .whole) {
    self.facts = facts
    self.part = part
    let end = min(facts.asOf, facts.period.upperBound)
    capacity = Capacity(
      facts.nodeChanges, over: min(facts.period.lowerBound, end)..<end)
  }

  package var report: Report {
    let isTold = facts.form.tellsItsMonths
    let standing = facts.months.map(\.description).joined(separator: "; ")
    let last = (isTold ? [standing, "\(facts.asOf)"] : []) + (part.name.map { [$0] } ?? [])
    return Report(
      title: "Access time by share" + (part.name.map { ": \($0)" } ?? ""), period: facts.period,
      asOf: facts.asOf,
      columns: Self.columns + (isTold ? ["months", "as of"] : [])
        + (part == .whole ? [] : ["only"]),
      lines: lines.map { ReportLine($0.cells + last, $0.bases) },
      notes: notes + facts.form.definitions + (part.note.map { [$0] } ?? []),
      months: facts.months)
  }

  /// One row for each programme with an allocation in the period, one for each funder, one for all. Of a
  /// part those among them that are about it; of a project what they have of it, and its sum.
  private var lines: [ReportLine] {
    let funders = facts.centre.funders.values.sorted { $0.id < $1.id }
    switch part {
    case .whole: return funders.flatMap(rows(of:)) + [totalRow]
    case .funder(let id): return funders.filter { $0.id == id }.flatMap(rows(of:)) + [totalRow]
    case .programme(let id):
      return funders.flatMap { programmeRows($0) { $0.programme == id } }
    case .project(let id):
      let own = facts.countedAllocations { $0.project == id }
      return funders.flatMap { programmeRows($0) { $0.project == id } }
        + [line(share: "all", mode: "all", own)]
    }
  }

  private func rows(of funder: Funder) -> [ReportLine] {
    programmeRows(funder) { _ in true } + [fundersRow(funder)]
  }

  /// One row for each programme of which an allocation counts and meets a condition.
  private func programmeRows(
    _ funder: Funder, _ condition: (Allocation) -> Bool
  ) -> [ReportLine] {
    facts.centre.programmes.values.filter { $0.funder == funder.id }.sorted { $0.id < $1.id }
      .compactMap { programme in
        let allocations = facts.countedAllocations {
          $0.programme == programme.id && condition($0)
        }
        guard !allocations.isEmpty else { return nil }
        return line(share: funder.name, mode: programme.mode, allocations)
      }
  }

  private static let columns = [
    "period", "system", "share", "mode", "active projects", "awarded GPU-h", "delivered GPU-h",
    "used % of award", "capacity GPU-h", "downtime GPU-h", "available GPU-h", "entitlement %",
    "actual %", "deviation points", "commercial GPU-h", "% of commercial cap",
  ]

  private func allocations(of funder: FunderID) -> [Allocation] {
    facts.countedAllocations { facts.centre.programmes[$0.programme]?.funder == funder }
  }

  private func sum(
    _ allocations: [Allocation], _ figures: [AllocationID: GPUTime]
  ) -> GPUTime {
    allocations.reduce(.zero) { $0 + (figures[$1.id] ?? .zero) }
  }

  private func commercial(_ allocations: [Allocation]) -> [Allocation] {
    allocations.filter { facts.centre.projects[$0.project]?.commercial == true }
  }

  private func line(share: String, mode: String, _ allocations: [Allocation]) -> ReportLine {
    let granted = sum(allocations, facts.granted)
    let awarded = facts.basis(.awarded, of: allocations)
    let bases: [Int: [FigureBasis]] = [
      5: [awarded], 6: [facts.basis(.delivered, of: allocations)],
      7: [facts.basis(.used, of: allocations), awarded],
      14: [facts.basis(.delivered, of: commercial(allocations))],
    ]
    let cells = [
      Report.text(of: facts.period), facts.system, share, mode,
      String(Set(allocations.map(\.project)).count),
      granted.hoursText(), sum(allocations, facts.delivered).hoursText(),
      Percentage(sum(allocations, facts.used), of: granted).text, "", "", "", "", "", "",
      sum(commercial(allocations), facts.delivered).hoursText(), "",
    ]
    return ReportLine(cells, bases)
  }

  private func fundersRow(_ funder: Funder) -> ReportLine {
    let allocations = allocations(of: funder.id)
    var row = line(share: funder.name, mode: "all", allocations)
    let end = max(min(facts.asOf, facts.period.upperBound), facts.period.lowerBound)
    let entitled = Int64(funder.basisPoints(over: facts.period.lowerBound..<end))
    let actual = Percentage(sum(allocations, facts.delivered), of: deliveredInAll)
    row.cells[11] = Percentage(basisPoints: entitled).text
    row.cells[12] = actual.text
    row.cells[13] = Percentage(basisPoints: actual.basisPoints.map { $0 - entitled }).text
    let parts = [
      facts.basis(.delivered, of: allocations),
      facts.basis(.delivered, of: facts.countedAllocations { _ in true }),
    ]
    row.bases[12] = parts
    row.bases[13] = parts
    if let cap = funder.commercialCapBasisPoints {
      let allowed = capacity.available.portion(basisPoints: entitled)
        .portion(basisPoints: Int64(cap))
      let commercial = facts.basis(.delivered, of: commercial(allocations))
      row.cells[15] = Percentage(commercial.sum, of: allowed).text
      row.bases[15] = [commercial]
    }
    return row
  }

  private var deliveredInAll: GPUTime {
    sum(facts.countedAllocations { _ in true }, facts.delivered)
  }

  private var totalRow: ReportLine {
    var row = line(share: "all", mode: "all", facts.countedAllocations { _ in true })
    row.cells[8] = capacity.total.hoursText()
    row.cells[9] = capacity.downtime.hoursText()
    row.cells[10] = capacity.available.hoursText()
    row.cells[11] =
      Percentage(
        basisPoints: facts.centre.funders.values.map {
          Int64($0.basisPoints(on: CivilDate(facts.asOf)))
        }.reduce(0, +)
      ).text
    row.cells[12] = deliveredInAll > .zero ? "100.00" : ""
    row.bases[12] = row.bases[6].map { $0 + $0 }
    return row
  }

  private var notes: [String] {
    [
      "As of \(facts.asOf). Times are UTC, the period includes both days. 1 GPU-h = one "
        + "GPU-equivalent for one hour; figures are rounded once, at print.",
      facts.form.noteOfAwards,
      "Delivered: charges and debits less refunds and credits, of runs that ended in the period, "
        + "from the ledger. Use taken over from an earlier accounting is in 'used', not in 'delivered'.",
      facts.form.noteOfCapacity,
      "Entitlement: the funder's dated share. Actual: its part of all delivered GPU-h. "
        + "Deviation = actual − entitlement, in percentage points.",
      facts.form.noteOfCommercialCap,
    ]
  }
}
