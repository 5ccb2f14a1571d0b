package import Domain

/// Indicators of the AI factory by sector and type of organisation: who came, who came back, what they were
/// awarded and used, how soon they began, and who moved on to a larger access mode.
///
/// Sums are those of the ``AccessTimeReport`` of the same days. Each organisation is in one row.
package struct IndicatorsReport: Sendable {
  private let facts: IndicatorsFacts
  private let access: AccessTimeFacts
  private let delays: [AllocationID: IndicatorsFacts.Delay]
  private let histories: [OrganisationID: History]

  /// - Parameter delay: between two instants; calendars are not the core's.
  package init(
    _ facts: IndicatorsFacts, delay: (Instant, Instant) -> IndicatorsFacts.Delay
  ) {
    self.facts = facts
    access = facts.access
    var delays: [AllocationID: IndicatorsFacts.Delay] = [:]
    for (id, began) in facts.firstJobs {
      guard let window = facts.access.centre.allocations[id]?.window else { continue }
      delays[id] = delay(window.lowerBound, max(window.lowerBound, began))
    }
    self.delays = delays
    histories = Self.histories(facts.access)
  }

  /// The access modes of AI factories, the smallest first.
  package static let ladder = ["Playground", "Fast Lane", "Large Scale"]

  package var report: Report {
    let counted = access.countedAllocations { _ in true }
    let cells = Dictionary(grouping: counted, by: cell)
    let lines =
      cells.keys.sorted { ($0.sector, $0.type) < ($1.sector, $1.type) }
      .map { row($0, cells[$0] ?? []) } + [row(Cell(sector: "all", type: "all"), counted)]
    return Report(
      title: "AI-factory indicators", period: access.period, asOf: access.asOf,
      columns: Self.columns, lines: lines, notes: notes, months: access.months)
  }

  private static let columns =
    [
      "period", "system", "sector", "type", "organisations", "new", "returning",
      "allocations begun", "awarded GPU-h", "used GPU-h", "delivered GPU-h", "first jobs",
      "median days to first job", "median working days to first job",
    ] + ladder.dropFirst().map { "moved to \($0)" } + ["months", "as of"]

  // MARK: Organisations

  /// When an organisation's allocations began, of all that began before the report is as of.
  private struct History {
    var first: Instant
    /// Of each rung of the ladder the first; nil of those that it never had.
    var rungs: [Instant?]
  }

  private static func histories(_ access: AccessTimeFacts) -> [OrganisationID: History] {
    var histories: [OrganisationID: History] = [:]
    for allocation in access.centre.allocations.values {
      let begin = allocation.window.lowerBound
      guard begin < access.asOf,
        let organisation = access.centre.projects[allocation.project]?.organisation
      else { continue }
      var history =
        histories[organisation]
        ?? History(first: begin, rungs: ladder.map { _ in nil })
      history.first = min(history.first, begin)
      let mode = access.centre.programmes[allocation.programme]?.mode.lowercased()
      if let rung = ladder.firstIndex(where: { $0.lowercased() == mode }) {
        history.rungs[rung] = min(history.rungs[rung] ?? begin, begin)
      }
      histories[organisation] = history
    }
    return histories
  }

  /// It had a smaller mode before it had this one, for the first time, in the period.
  private func moved(_ history: History, to rung: Int) -> Bool {
    guard let begin = history.rungs[rung], begin >= access.period.lowerBound else { return false }
    return history.rungs[..<rung].contains { $0.map { $0 < begin } ?? false }
  }

  // MARK: Rows

  private struct Cell: Hashable {
    let sector: String
    let type: String
  }

  private func organisation(of allocation: Allocation) -> OrganisationID? {
    (access.centre.projects[allocation.project] ?? facts.described.projects[allocation.project])?
      .organisation
  }

  private func cell(_ allocation: Allocation) -> Cell {
    guard let id = organisation(of: allocation) else { return Cell(sector: "", type: "") }
    let described = facts.described.organisations[id]
    let type = access.centre.organisations[id]?.type ?? described?.type
    return Cell(sector: described?.sector ?? "", type: type?.rawValue ?? "")
  }

  private func begins(_ allocation: Allocation) -> Bool {
    allocation.window.lowerBound >= access.period.lowerBound
  }

  private func row(_ cell: Cell, _ allocations: [Allocation]) -> ReportLine {
    let organisations = Set(allocations.compactMap(organisation))
    let new = organisations.filter {
      histories[$0].map { $0.first >= access.period.lowerBound } ?? false
    }
    let again = Set(allocations.filter(begins).compactMap(organisation)).subtracting(new)
    func sum(_ amounts: [AllocationID: GPUTime]) -> String {
      allocations.reduce(GPUTime.zero) { $0 + (amounts[$1.id] ?? .zero) }.hoursText()
    }
    let delays = allocations.compactMap { self.delays[$0.id] }
    let cells: [String] =
      [
        Report.text(of: access.period), access.system, cell.sector, cell.type,
        String(organisations.count), String(new.count), String(again.count),
        String(allocations.count(where: begins)), sum(access.granted), sum(access.used),
        sum(access.delivered), String(delays.count), Self.median(delays.map(\.days)),
        Self.median(delays.map(\.workingDays)),
      ]
      + Self.ladder.indices.dropFirst().map { rung in
        String(organisations.count { histories[$0].map { moved($0, to: rung) } ?? false })
      } + [access.months.map(\.description).joined(separator: "; "), "\(access.asOf)"]
    return ReportLine(
      cells,
      [
        8: [access.basis(.awarded, of: allocations)], 9: [access.basis(.used, of: allocations)],
        10: [access.basis(.delivered, of: allocations)],
      ])
  }

  /// By nearest rank; nothing of nothing.
  private static func median(_ days: [Int]) -> String {
    days.isEmpty ? "" : String(days.sorted()[(days.count + 1) / 2 - 1])
  }
}

extension IndicatorsReport {
  private var notes: [String] {
    [
      "As of \(access.asOf). Times are UTC, the period includes both days. 1 GPU-h = one "
        + "GPU-equivalent for one hour; figures are rounded once, at print.",
      "Organisations: those with an allocation that counts (see Awarded), used or not. Each is in the row "
        + "of its sector and its type alone.",
      "New: those of which no allocation began before the period. Returning: those of which one begins in "
        + "the period, and another began before it. Those whose allocations go on are neither.",
      "Allocations begun: those that count, and whose window begins in the period; one that follows "
        + "another too.",
      access.form.noteOfAwards + " The same allocations count as in the report access-time.",
      "Used: all that was charged, debited or taken over, less refunds and credits, from the beginning "
        + "of these allocations to the moment that the report is as of.",
      "Delivered: charges and debits less refunds and credits, of runs that ended in the period, from "
        + "the ledger. In all, awarded and delivered are what access-time tells.",
      "First jobs: allocations that count, and whose first run began in the period; without those that "
        + "had been used before Polder kept the books.",
      "Median days, median working days: from the first day of the allocation's window to the day on which "
        + "its first run began, by the clock of Amsterdam, the first one not counted; half of the "
        + "allocations took no longer (nearest rank). Working days are neither Saturdays, Sundays nor "
        + "public holidays of the Netherlands (Algemene termijnenwet, Good Friday among them).",
      "Moved to: organisations with a first allocation of this access mode, which begins in the period, "
        + "that had one of a smaller mode before: of "
        + Self.ladder.joined(separator: ", ") + ", by the names of modes.",
      "Not told, since it is not recorded when a request for access came in: applications, working days "
        + "to access, and the part within the target of the access mode.",
      access.form.noteOfMonths(
        earlier:
          "Months: of a closed month organisations and their types, windows, modes, awards, use "
          + "and what was delivered are frozen and can't change. Sectors are as described when this was "
          + "made, first jobs as recorded then."),
    ]
  }
}
