// Why: the programs are to agree whatever was posted, with every kind of entry and awkward names.
import Domain
import Ledger
import Seeds

/// A centre and books with a random history over five months, from a seed.
struct RandomHistory {
  private(set) var centre = Centre()
  private(set) var books = Books()
  private var random: SplitMix64
  private let allocations = ["acme-2026", "brek_2026.b", "7-x2e-cees", "dora-xl"]
    .compactMap { AllocationID($0) }
  private var day = 0
  private let start = CivilDate(year: 2026, month: 1, day: 5)

  init(seed: UInt64, steps: Int = 400) {
    random = SplitMix64(seed: seed)
    describe()
    // What is given back to them later expires at once.
    for allocation in allocations.prefix(2) {
      books.windowEnds[allocation] = start?.advanced(days: 60).start
    }
    for step in 1...steps {
      day = step * 150 / steps
      _ = books.post(posting(step), now: instant())
      if step == steps / 2 {
        _ = books.close(
          AccountingPeriod(containing: instant()).previous, now: instant())
      }
    }
  }

  /// The last allocation is left out: the centre has forgotten it.
  private mutating func describe() {
    let hour = GPUTime.hours(1)
    guard let funder = FunderID("eu"), let programme = ProgrammeID("ai_factory.play"),
      let start
    else { return }
    centre.programmes[programme] = Programme(
      id: programme, name: "Playground", funder: funder, mode: "Playground",
      amount: hour...GPUTime.hours(100), maximumMonths: 12, demand: .open, accessWorkingDays: 2)
    for allocation in allocations.dropLast() {
      guard let project = ProjectID("project-\(allocation)") else { continue }
      centre.allocations[allocation] = Allocation(
        id: allocation, project: project, programme: programme, granted: hour,
        window: start.start..<start.advanced(days: 365).start, opening: .zero)
    }
  }

  private mutating func instant() -> Instant {
    let begin = (start ?? CivilDate(Instant(seconds: 0))).advanced(days: Int64(day)).start
    return Instant(milliseconds: begin.milliseconds + Int64(random.pick(0...86_399_999)))
  }

  private mutating func posting(_ step: Int) -> Posting {
    let allocation = allocations[random.pick(0...allocations.count - 1)]
    let other = allocations[random.pick(0...allocations.count - 1)]
    let task = TaskID(
      job: JobID(number: Int64(random.pick(1...60))), index: random.oneIn(3) ? 2 : nil)
    let run = RunID(task: task, attempt: 1)
    let amount = GPUTime(milliseconds: Int64(random.pick(1...90_000_000)))
    // Some are told late, of a month that may be closed by now.
    let late = Seconds(random.oneIn(8) ? 45 * 86_400 : 0)
    let at = instant() - late
    // What is done by hand names no moment as a rule: it is effective when it is posted.
    let said = step.isMultiple(of: 3) ? at : nil
    let id = EntryID("by hand \(step); \"a: b\" [2026-01-01], (é)")
    let approval = Approval(requestedBy: "m-7", approvedBy: "uid-0")
    switch random.pick(1...18) {
    case 1...3: return .grant(id, allocation, amount + amount + amount, effective: at)
    case 4: return .withdraw(id, allocation, amount, effective: said)
    case 5: return .open(id, allocation, amount, effective: at)
    case 6: return .deferral(id, allocation, amount, effective: said)
    case 7: return .instalment(id, allocation, amount, effective: at)
    case 8:
      return .transfer(
        Transfer(
          id: id, from: allocation, to: other, amount: amount, approval: approval,
          effective: said))
    case 9, 10: return .hold(run, allocation, amount, effective: at)
    case 11, 12:
      return .settle(
        run, used: amount, over: at..<(at + Seconds(Int64(random.pick(0...4_000_000)))))
    case 13: return correction(id, approval, said)
    case 14:
      return .refund(standing { $0.kind == .charge }?.run ?? run, .nodeFailure, effective: at)
    case 15: return handRefund(id, approval, said)
    case 16:
      let books = books
      let held =
        standing { $0.kind == .hold && books.openHold(of: $0.run ?? run) != nil }?.run ?? run
      let parts = books.entries.filter { $0.kind == .hold && $0.run == held }.count
      return .extend(held, by: amount, extension: max(parts, 1), effective: at)
    default:
      return random.oneIn(4)
        ? .expire(id, allocation, carry: CarryOver(to: other, atMost: amount), effective: at)
        : .overrun(run, allocation, amount, .unplanned, effective: at)
    }
  }

  private mutating func correction(_ id: EntryID, _ approval: Approval, _ at: Instant?) -> Posting {
    let corrected = standing { $0.kind == .charge || $0.kind == .opening }
    return .correct(
      Correction(
        id: id, kind: random.oneIn(2) ? .credit : .debit, corrects: corrected?.id ?? id,
        amount: GPUTime(milliseconds: Int64(random.pick(1...90_000_000))), reason: .miscount,
        approval: approval, effective: at))
  }

  /// Of a part of a charge.
  private mutating func handRefund(_ id: EntryID, _ approval: Approval, _ at: Instant?) -> Posting {
    let charge = standing { $0.kind == .charge }
    let most = max(1, Int(charge?.amount.milliseconds ?? 1))
    return .correct(
      Correction(
        id: id, kind: .refund, corrects: charge?.id ?? id,
        amount: GPUTime(milliseconds: Int64(random.pick(1...most))), reason: .goodwill,
        approval: approval, effective: at))
  }

  /// One of the entries that stand, or nil if there is none such.
  private mutating func standing(_ isWanted: (Entry) -> Bool) -> Entry? {
    let wanted = books.entries.filter(isWanted)
    return wanted.isEmpty ? nil : wanted[random.pick(0...wanted.count - 1)]
  }
}
