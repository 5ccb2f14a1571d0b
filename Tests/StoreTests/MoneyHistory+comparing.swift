// How the two histories of MoneyOracleTests are held against each other.
import Domain
import Doubles
import Ledger
import Lifecycle
import Reporting
import Seeds
import Services
import Store
import Testing

extension MoneyHistory {
  mutating func compare(_ moment: String) async throws {
    try await tick()
    #expect(try await store.balances() == (try await memory.balances()), "\(moment)")
    #expect(try await store.capUses() == (try await memory.capUses()), "\(moment)")
    let (there, here) = (try await allEntries(store), try await allEntries(memory))
    #expect(there.map(\.comparable) == here.map(\.comparable), "\(moment)")
    try await compareThen(there, moment)
    try await compareJournals(there, moment)
    try await comparePaces(there, moment)
    try await compareWorth(there, moment)
    #expect(
      try await store.closedPeriods().map(\.comparable)
        == (try await memory.closedPeriods().map(\.comparable)), "\(moment)")
    #expect(try await store.brokenSeals() == [], "\(moment)")
    let audit = try await store.audit()
    #expect(audit.balanced, "\(moment): \(audit)")
    let books = await memory.books
    #expect(books.verify(), "\(moment)")
  }

  /// As of moments in either sense of time, and in both: those of entries, between them, at midnight, and
  /// of some of the allocations.
  private mutating func compareThen(_ entries: [Entry], _ moment: String) async throws {
    let whole = CivilDate(clock).start
    var effective: [Instant?] = [nil, Example.past + .hours(500), clock, whole]
    var recorded: [Instant?] = [nil, clock, whole]
    for _ in 0..<2 {
      effective.append(moments.element(of: entries)?.effective)
      recorded.append(moments.element(of: entries)?.recorded)
    }
    let all = try await memory.centre().allocations.keys.sorted()
    for at in effective {
      for known in recorded {
        var own = all
        if moments.oneIn(3) { own.removeAll { _ in moments.oneIn(2) } }
        let expected = entries.reduce(into: [AllocationID: Balance]()) { balances, entry in
          guard at.map({ entry.effective < $0 }) ?? true, own.contains(entry.allocation),
            known.map({ entry.recorded < $0 }) ?? true
          else { return }
          balances[entry.allocation] =
            (balances[entry.allocation] ?? Balance()).after(entry.kind, entry.amount)
        }
        let there = try await store.balances(
          of: own, effectiveBefore: at, recordedBefore: known)
        let then =
          "as of \(at.map { "\($0)" } ?? "now"), known at \(known.map { "\($0)" } ?? "now")"
        #expect(
          there == expected.filter { $0.value != Balance() }, "\(moment) \(then), of \(own)")
      }
    }
  }

  /// What is read from the store in pages, with sums kept by day at both ends, is the journal of the
  /// entries, which other programs judge (`JournalTests`); also where it begins and ends within a day.
  private mutating func compareJournals(_ entries: [Entry], _ moment: String) async throws {
    let longscan = Set(
      try await memory.centre().allocations(of: Example.longscan).map(\.id))
    let own = entries.filter { longscan.contains($0.allocation) }
    let counterparts = entries.filter { $0.otherHalf != nil }
      .reduce(into: [:]) { $0[$1.id] = $1.allocation }
    var bounds: [Instant?] = [nil, CivilDate(clock).start]
    bounds += [moments.element(of: own)?.effective, moments.element(of: own)?.effective]
    for from in bounds {
      for to in bounds where from.map({ from in to.map { from < $0 } ?? true }) ?? true {
        let reader = Pages(from: from, to: to)
        try await store.read(
          JournalRange(projects: [Example.longscan], from: from, to: to), into: reader)
        let whole = Journal(
          .ledger, of: "longscan", own, centre: Example.centre, counterparts: counterparts,
          from: from, to: to)
        let then =
          "from \(from.map { "\($0)" } ?? "the first") to \(to.map { "\($0)" } ?? "the last")"
        #expect(reader.text == whole.text, "\(moment): \(then)")
      }
    }
  }

  /// Of the whole history and of a period that cuts days.
  private mutating func compareWorth(_ entries: [Entry], _ moment: String) async throws {
    let span = Int(clock.milliseconds - Example.past.milliseconds)
    let cut = Instant(milliseconds: Example.past.milliseconds + Int64(random.pick(1...span)))
    let last = clock + .hours(2000)
    for period in [Example.past..<last, Example.past..<cut, cut..<last] {
      let there = try await store.worthFacts(period: period, system: "s").sums
      #expect(try await memory.worthFacts(period: period, system: "s").sums == there, "\(moment)")
      // Entry by entry and run by run there, by days and months here.
      let projects = try await store.projectsFacts(period: period, system: "s")
      let others = try await memory.projectsFacts(period: period, system: "s")
      #expect(projects.access.delivered == others.access.delivered, "\(moment), \(period)")
      #expect(
        projects.figures.mapValues(\.comparable) == others.figures.mapValues(\.comparable),
        "\(moment), \(period)")
      try await compareStatement(entries, over: period, "\(moment), \(period)")
      let firstJobs = try await store.indicatorsFacts(period: period, system: "s").firstJobs
      #expect(
        try await memory.indicatorsFacts(period: period, system: "s").firstJobs == firstJobs,
        "\(moment), \(period)")
    }
    try await compareFigures(entries, over: cut..<last, moment)
  }

  /// What a statement begins and ends with, by the sums of days, and its entries are those of the ledger.
  private func compareStatement(
    _ entries: [Entry], over period: Range<Instant>, _ moment: String
  ) async throws {
    let facts = try await store.statementFacts(
      of: Example.longscan, period: period, system: "s")
    let longscan = Set(StatementFacts.allocations(of: Example.longscan, in: facts.centre))
    let own = entries.filter {
      longscan.contains($0.allocation) && period.contains($0.effective)
    }
    #expect(StatementReport(facts).disagreeing.isEmpty, "\(moment)")
    #expect(
      Dictionary(grouping: facts.entries, by: \.allocation)
        == Dictionary(grouping: own, by: \.allocation), "\(moment)")
  }

  /// Each amount in each report is the sum of the entries that it names, and is told as that sum.
  private func compareFigures(
    _ entries: [Entry], over period: Range<Instant>, _ moment: String
  ) async throws {
    let reports = [
      AccessTimeReport(try await store.accessTimeFacts(period: period, system: "s")).report,
      AvailabilityReport(try await store.availabilityFacts(period: period, system: "s")).report,
      IndicatorsReport(try await store.indicatorsFacts(period: period, system: "s")) { _, _ in
        .init(days: 0, workingDays: 0)
      }.report,
      ProjectsReport(try await store.projectsFacts(period: period, system: "s")).report,
      WorthReport(try await store.worthFacts(period: period, system: "s")).report,
    ]
    for report in reports {
      var explained = 0
      for row in report.rows.indices {
        for column in report.columns.indices {
          let bases = report.bases(row: row, column: column)
          let cell = "\(moment): \(report.title), \(report.columns[column]) of \(report.rows[row])"
          for basis in bases {
            let sum = entries.reduce(GPUTime.zero) { $0 + (basis.part(of: $1) ?? .zero) }
            #expect(sum == basis.sum, "\(cell)")
          }
          let isAmount = ["awarded", "used", "delivered", "refunded", "commercial"].contains {
            report.columns[column] == "\($0) GPU-h"
          }
          #expect(!isAmount || bases.count == 1, "\(cell)")
          guard isAmount, let basis = bases.first else { continue }
          explained += 1
          #expect(basis.sum.hoursText() == report.rows[row][column], "\(cell)")
        }
      }
      #expect(explained > 0, "\(moment): \(report.title)")
    }
  }

  /// What is kept by day, with the parts of days that are cut, is as good as the entries one by one;
  /// at the end of the history, and at moments inside it.
  private mutating func comparePaces(_ entries: [Entry], _ moment: String) async throws {
    let asked = Self.allocations + [Example.over]
    let span = Int(clock.milliseconds - Example.past.milliseconds)
    let moments =
      [clock]
      + (1...4).map { _ in
        Instant(milliseconds: Example.past.milliseconds + Int64(random.pick(0...span)))
      }
    let centre = try await memory.centre()
    let awards = try await store.awarded(in: asked).awards
    for asOf in moments {
      let facts = try await store.paceFacts(of: asked, at: PaceMoments(asOf: asOf))
      let here = try await memory.paceFacts(of: asked, at: PaceMoments(asOf: asOf))
      #expect(facts.mapValues(\.comparable) == here.mapValues(\.comparable), "\(moment)")
      for id in asked {
        guard let window = centre.allocations[id]?.window else { continue }
        let own = entries.filter { $0.allocation == id }
        let kept = Pace(facts[id] ?? PaceFacts([], asOf: asOf), window: window, asOf: asOf)
        #expect(kept == Pace(own, window: window, asOf: asOf), "\(moment): \(id) at \(asOf)")
        let expected = Pace.expected(
          of: awards[id] ?? [], window: window, curve: .linear, asOf: asOf)
        #expect(expected == kept.expected, "\(moment): \(id) at \(asOf)")
      }
    }
  }

  private func allEntries(_ store: some Store) async throws -> [Entry] {
    var entries: [Entry] = []
    var filter = EntryFilter(limit: 50)
    repeat {
      let page = try await store.entries(filter)
      entries += page.entries
      filter.after = page.next
    } while filter.after != nil
    return entries
  }
}

extension WorthFacts {
  /// Of each allocation that something is left of.
  fileprivate var sums: [AllocationID: GPUTime] {
    deliveries.reduce(into: [:]) { $0[$1.allocation, default: .zero] += $1.amount }
      .filter { $0.value != .zero }
  }
}

extension PeriodClosing {
  var comparable: [[String]] {
    switch self {
    case .alreadyClosed: [["already closed"]]
    case .notOver(let until): [["not over until \(until)"]]
    case .closed(let periods): periods.map(\.comparable)
    }
  }
}

extension ClosedPeriod {
  /// Without what depends on the clock of the store, as digests do.
  fileprivate var comparable: [String] {
    ["\(period)", "\(seal.entryCount)", "\(seal.lastEntry.seq > 0)", closedBy]
  }
}

extension ProjectsFacts.Figures {
  /// Without what depends on the clock of the store.
  fileprivate var comparable: [String] {
    ["\(refunded.milliseconds)", "\(jobs)"]
      + acts.map { "\($0.id.text) \($0.amount.milliseconds) \($0.effective)" }
  }
}
