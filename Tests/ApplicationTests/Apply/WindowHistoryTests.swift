// Why: a window that was put off and brought back counted its award twice in between, and parts of
// one that was not deferred yet were released: nothing saw it, since only final sums were looked at.
import Domain
import Doubles
import Ledger
import Seeds
import Services
import Testing
import Wire

/// Awards, windows and release, changed at random by descriptions, with the calendar and some runs
/// between: books that are looked at as of each moment afterwards.
private struct WindowHistory {
  private static let day: Int64 = 86_400_000
  private static let ids = ["longscan-1", "longscan-2"].compactMap { AllocationID($0) }

  private var random: SplitMix64
  private var now = SmallCentre.now
  private var centre = Centre()
  private(set) var books = Books()
  private var runs: [(id: RunID, since: Instant)] = []
  /// The most that was ever described as granted.
  private(set) var mostGranted: [AllocationID: GPUTime] = [:]
  private(set) var applied = 0
  private var awards: [(hours: Int64, from: Int64, days: Int64)] = []
  private var isMonthly = false

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  mutating func step() throws {
    now = Instant(
      milliseconds: now.milliseconds + Int64.random(in: 1...(12 * Self.day), using: &random))
    endRuns()
    calendar()
    if Bool.random(using: &random) { startRun() }
    now = now + Seconds(Int64.random(in: 1...600, using: &random))
    try describe()
  }

  // MARK: What happens by itself

  private mutating func endRuns() {
    for run in runs {
      let used = GPUTime.hours(Int64.random(in: 0...10, using: &random))
      let result = books.post(.settle(run.id, used: used, over: run.since..<now), now: now)
      guard case .posted = result else { preconditionFailure("\(result)") }
    }
    runs = []
  }

  /// As the cycle and the store do it.
  private mutating func calendar() {
    for id in centre.allocations.keys.sorted() {
      guard let balance = books.balances[id], let allocation = centre.allocations[id] else {
        continue
      }
      let end = allocation.window.upperBound
      if end <= now {
        _ = books.post(
          .expire(
            EntryID("expiry:\(id):\(now.milliseconds)"), id,
            carry: centre.carryOver(of: id, balance), effective: end), now: now)
      } else {
        let due = balance.deferred - centre.deferred(of: id, balance, at: now)
        guard due > .zero else { continue }
        let entry = EntryID("instalment:\(id):\(now.milliseconds)")
        _ = books.post(.instalment(entry, id, due, effective: nil), now: now)
      }
    }
  }

  private mutating func startRun() {
    let open = centre.allocations.values.filter { $0.isOpen(at: now) }.map(\.id).sorted()
    guard let id = open.randomElement(using: &random),
      let task = JobID(number: Int64(books.entries.count + 1)) as JobID?
    else { return }
    let run = RunID(task: TaskID(job: task, index: nil), attempt: 1)
    let hold = GPUTime.hours(Int64.random(in: 10...400, using: &random))
    if case .posted = books.post(.hold(run, id, hold, effective: now), now: now) {
      runs.append((run, now))
    }
  }

  // MARK: What is described

  private mutating func describe() throws {
    let day = now.milliseconds / Self.day
    var changed = awards
    if changed.isEmpty || Int.random(in: 0..<8, using: &random) == 0, changed.count < 2 {
      changed.append(
        (
          1000, day + Int64.random(in: -40...60, using: &random),
          Int64.random(in: 20...90, using: &random)
        ))
    } else {
      let place = Int.random(in: 0..<changed.count, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: changed[place].hours = Int64.random(in: 1000...5000, using: &random)
      case 1: changed[place].from = day + Int64.random(in: -40...60, using: &random)
      case 2: changed[place].days = Int64.random(in: 5...90, using: &random)
      default: isMonthly.toggle()
      }
    }
    let text = text(changed)
    var context = ApplyContext(
      now: now, centre: centre, balances: books.balances, grantEntries: grantEntries,
      busyProjects: [], busyNodes: [])
    let first = try SmallCentre.plan(text, in: context)
    for (id, end) in first.next.ended(by: now, since: centre) {
      context.lastEntries[id] = books.entries
        .filter { $0.allocation == id && $0.effective >= end }.map(\.effective).max()
    }
    let plan = try SmallCentre.plan(text, in: context)
    guard plan.refusals.isEmpty else { return }
    var next = books
    for posting in plan.postings {
      // A conflict, which an apply would be told.
      guard case .posted = next.post(posting, now: now + Seconds(1)) else { return }
    }
    now = now + Seconds(2)
    (books, centre, awards) = (next, plan.next, changed)
    books.windowEnds = centre.allocations.mapValues(\.window.upperBound)
    applied += 1
    for allocation in centre.allocations.values {
      mostGranted[allocation.id] = max(mostGranted[allocation.id] ?? .zero, allocation.granted)
    }
  }

  private var grantEntries: [AllocationID: Int] {
    Dictionary(
      grouping: books.entries.filter { [.grant, .withdrawal].contains($0.kind) }, by: \.allocation
    )
    .mapValues(\.count)
  }

  private func text(_ awards: [(hours: Int64, from: Int64, days: Int64)]) -> String {
    let programme = "accessWorkingDays: 2"
    let head = SmallCentre.text
      .replacing(
        programme,
        with: programme + "\ncarryOver: 20 %"
          + (isMonthly ? "\nrelease: {pace: monthly, burst: 10 %}" : ""))
    let others = String(head.split(separator: "---\nkind: Allocation")[0])
    return awards.enumerated().reduce(others) { text, award in
      let from = Instant(milliseconds: award.element.from * Self.day)
      let until = Instant(milliseconds: (award.element.from + award.element.days) * Self.day)
      return text + """
        ---
        kind: Allocation
        id: \(Self.ids[award.offset])
        project: longscan
        programme: playground
        granted: \(award.element.hours) GPU-h
        window: {from: \(CivilDate(from)), until: \(CivilDate(until))}
        opening: \(award.offset == 0 ? "100 GPU-h" : "0 GPU-h")\
        \(award.offset == 1 ? "\nfollows: longscan-1" : "")

        """
    }
  }
}

@Suite("windows that move") struct WindowHistoryTests {
  @Test(
    "leave no moment at which an account is below zero or more is granted than was described",
    arguments: 1...24)
  func history(seed: UInt64) throws {
    var history = WindowHistory(seed: seed)
    for _ in 0..<40 { try history.step() }
    #expect(history.applied > 5, "seed \(seed): \(history.applied)")
    for (id, entries) in Dictionary(grouping: history.books.entries, by: \.allocation) {
      // What is effective at one moment is so together.
      let moments = Dictionary(grouping: entries, by: \.effective).sorted { $0.key < $1.key }
      var balance = Balance()
      for (moment, together) in moments {
        balance = together.reduce(balance) { $0.after($1.kind, $1.amount) }
        let least = min(balance.available, balance.deferred, balance.held)
        #expect(least >= .zero, "seed \(seed), \(id) at \(moment): \(balance)")
        #expect(
          balance.granted <= history.mostGranted[id] ?? .zero,
          "seed \(seed), \(id) at \(moment): \(balance)")
      }
    }
  }
}
