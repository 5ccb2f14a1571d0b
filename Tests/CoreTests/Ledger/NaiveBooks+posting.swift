import Domain
import Ledger

/// The acts of the naive books. The answer to each is the lines it wrote, or a word.
extension NaiveBooks {
  enum Answer: Equatable {
    case again
    case refused(String)
    case lines([Line])
  }

  mutating func post(_ posting: Posting, now: Int64) -> Answer {
    switch posting {
    case .grant(let id, let allocation, let amount, let effective):
      return one("grant", id, allocation, amount, effective, now)
    case .withdraw(let id, let allocation, let amount, let effective):
      return one(
        "withdrawal", id, allocation, amount, effective ?? last(allocation, now), now, byHand: true)
    case .open(let id, let allocation, let amount, let effective):
      return one("opening", id, allocation, amount, effective, now, reason: "taken-over")
    case .deferral(let id, let allocation, let amount, let effective):
      return one("deferral", id, allocation, amount, effective ?? last(allocation, now), now)
    case .instalment(let id, let allocation, let amount, let effective):
      return one("instalment", id, allocation, amount, effective ?? last(allocation, now), now)
    case .overrun(let run, let allocation, let amount, let reason, let effective):
      return one(
        "overrun", EntryID("overrun:\(run)"), allocation, amount, effective, now,
        reason: reason.rawValue, run: "\(run)")
    case .hold(let run, let allocation, let amount, let bearer, let effective):
      return hold("\(run)", allocation, amount, bearer, effective, now)
    case .extend(let run, let amount, let number, let effective):
      return extend("\(run)", amount, number, effective, now)
    case .settle(let run, let used, let pastEnd, let span):
      return settle("\(run)", used, pastEnd, span, now)
    case .refund(let run, let reason, let effective):
      return refund("\(run)", reason, effective, now)
    case .correct(let correction): return correct(correction, now)
    case .transfer(let transfer): return move(transfer, now)
    case .expire(let id, let allocation, let carry, let effective):
      return expire(id.text, allocation.text, carry, effective, now)
    }
  }

  private func last(_ allocation: AllocationID, _ now: Int64) -> Instant {
    Instant(
      milliseconds: lines.filter { $0.allocation == allocation.text }.map(\.effective).reduce(
        now, max))
  }

  private func standing(_ id: String) -> Line? { lines.first { $0.id == id } }

  private mutating func one(
    _ kind: String, _ id: EntryID, _ allocation: AllocationID, _ amount: GPUTime,
    _ effective: Instant?, _ now: Int64, reason: String? = nil, run: String? = nil,
    byHand: Bool = false
  ) -> Answer {
    let new = Line(
      id: id.text, kind: kind, allocation: allocation.text, milliseconds: amount.milliseconds,
      run: run, part: 0, reason: reason, corrects: nil, belated: nil,
      effective: effective?.milliseconds ?? now, recorded: now)
    if let old = standing(new.id) { return same(old, new) ? .again : .refused("different") }
    if kind != "grant", !isKnown(new.allocation) { return .refused("unknown allocation") }
    guard isInRange(new.milliseconds) else { return .refused("range") }
    if byHand, let open = closedBefore, new.effective < open { return .refused("closed") }
    if ["withdrawal", "opening", "deferral"].contains(kind),
      new.milliseconds > available(new.allocation)
    {
      return .refused("insufficient")
    }
    if kind == "instalment", new.milliseconds > deferred(new.allocation) {
      return .refused("not deferred")
    }
    return .lines([write(new)])
  }

  private func same(_ old: Line, _ new: Line) -> Bool {
    isInRange(new.milliseconds) && old.kind == new.kind && old.allocation == new.allocation
      && old.milliseconds == new.milliseconds && old.run == new.run && old.reason == new.reason
      && old.corrects == new.corrects
  }

  private mutating func hold(
    _ run: String, _ allocation: AllocationID, _ amount: GPUTime, _ bearer: Bearer?,
    _ effective: Instant, _ now: Int64
  ) -> Answer {
    let new = Line(
      id: "hold:\(run)", kind: "hold", allocation: allocation.text,
      milliseconds: amount.milliseconds, run: run, part: 0, reason: nil, corrects: nil,
      belated: nil, effective: effective.milliseconds, recorded: now)
    if let old = standing(new.id) { return same(old, new) ? .again : .refused("different") }
    guard isKnown(new.allocation) else { return .refused("unknown allocation") }
    guard isInRange(new.milliseconds) else { return .refused("range") }
    guard new.milliseconds <= available(new.allocation) else { return .refused("insufficient") }
    let account = Run(
      id: run, allocation: new.allocation, bearer: bearer, holdTaken: new.effective)
    guard capsLeave(new.milliseconds, account) else { return .refused("cap") }
    runs.append(account)
    return .lines([write(new)])
  }

  private mutating func extend(
    _ run: String, _ amount: GPUTime, _ number: Int, _ effective: Instant, _ now: Int64
  ) -> Answer {
    guard let account = runs.first(where: { $0.id == run }) else {
      return .refused(isInRange(amount.milliseconds) ? "no hold" : "range")
    }
    let new = Line(
      id: number == 0 ? "hold:\(run)" : "hold:\(run)/\(number)", kind: "hold",
      allocation: account.allocation, milliseconds: amount.milliseconds, run: run, part: number,
      reason: nil, corrects: nil, belated: nil, effective: effective.milliseconds, recorded: now)
    if let old = standing(new.id) { return same(old, new) ? .again : .refused("different") }
    guard isInRange(new.milliseconds) else { return .refused("range") }
    guard !account.settled else { return .refused("no hold") }
    let holds = lines.filter { $0.run == run && $0.kind == "hold" }.count
    guard number == holds else { return .refused("order") }
    guard new.milliseconds <= available(new.allocation) else { return .refused("insufficient") }
    guard capsLeave(new.milliseconds, account) else { return .refused("cap") }
    return .lines([write(new)])
  }

  private mutating func settle(
    _ run: String, _ used: GPUTime, _ pastEnd: GPUTime, _ span: Range<Instant>, _ now: Int64
  ) -> Answer {
    guard used.milliseconds == 0 || isInRange(used.milliseconds) else { return .refused("range") }
    guard let index = runs.firstIndex(where: { $0.id == run }) else { return .refused("no hold") }
    let (begin, end) = (span.lowerBound.milliseconds, span.upperBound.milliseconds)
    var new: [Line] = []
    let why = pastEnd.milliseconds > 0 ? "past-end" : "past-limit"
    func add(_ id: String, _ kind: String, _ amount: Int64, _ at: Int64, _ part: Int = 0) {
      guard amount > 0 else { return }
      new.append(
        Line(
          id: id, kind: kind, allocation: runs[index].allocation, milliseconds: amount, run: run,
          part: part, reason: kind == "overrun" ? why : nil, corrects: nil, belated: nil,
          effective: at, recorded: now))
    }
    let hold = hold(of: run)
    let paid = min(max(used.milliseconds - pastEnd.milliseconds, 0), hold)
    var left = paid
    // The months of the run, second by second would be the same: the share of each in proportion.
    var (part, spent, from) = (0, Int64(0), begin)
    while from < end || part == 0 {
      let next = AccountingPeriod(containing: Instant(milliseconds: from)).next.start.milliseconds
      let isLast = next >= end
      let share =
        isLast
        ? used.milliseconds - spent
        : used.milliseconds * (next - from) / (end - begin)
      spent += share
      let charged = min(share, left)
      left -= charged
      let at = isLast && next != end ? end : (begin == end ? end : next - 1)
      add(part == 0 ? "charge:\(run)" : "charge:\(run)/\(part)", "charge", charged, at, part)
      part += 1
      from = next
    }
    add("release:\(run)", "release", hold - paid, end)
    add("overrun:\(run)", "overrun", used.milliseconds - paid, end)
    if runs[index].settled {
      let old = lines.filter {
        $0.run == run && ["charge", "release", "overrun"].contains($0.kind)
      }
      let agree =
        old.count == new.count && zip(old, new).allSatisfy { same($0, $1) && $0.id == $1.id }
      return agree ? .again : .refused("different")
    }
    runs[index].settled = true
    let held = runs[index].holdTaken
    return .lines(new.map { write($0, notBefore: held) })
  }

  private mutating func refund(
    _ run: String, _ reason: EntryReason, _ effective: Instant, _ now: Int64
  ) -> Answer {
    if let old = standing("refund:\(run)") {
      return old.reason == reason.rawValue ? .again : .refused("different")
    }
    let charges = lines.filter { $0.run == run && $0.kind == "charge" && left($0.id) > 0 }
    guard !charges.isEmpty else { return .refused("not charged") }
    let first = lines.filter { $0.run == run && $0.kind == "refund" }.count
    let new = charges.enumerated().map { index, charge in
      Line(
        id: index == 0 ? "refund:\(run)" : "refund:\(run)/\(index)", kind: "refund",
        allocation: charge.allocation, milliseconds: left(charge.id), run: run,
        part: first + index, reason: reason.rawValue, corrects: charge.id,
        belated: index == charges.count - 1 ? nil : charge.belated,
        effective: index == charges.count - 1
          ? max(effective.milliseconds, runs.first { $0.id == run }?.holdTaken ?? .min)
          : charge.effective,
        recorded: now)
    }
    return .lines(new.map { write($0) })
  }

  private mutating func correct(_ correction: Correction, _ now: Int64) -> Answer {
    let kind =
      ["refund": "refund", "credit": "credit", "debit": "debit"]["\(correction.kind)"] ?? ""
    guard let target = standing(correction.corrects.text) else {
      return standing(correction.id.text) == nil ? .refused("unknown entry") : .refused("different")
    }
    let new = Line(
      id: correction.id.text, kind: kind, allocation: target.allocation,
      milliseconds: correction.amount.milliseconds, run: target.run,
      part: target.run == nil
        ? 0 : lines.filter { $0.run == target.run && $0.kind == kind }.count,
      reason: correction.reason.rawValue, corrects: target.id, belated: nil,
      effective: correction.effective?.milliseconds ?? now, recorded: now)
    if let old = standing(new.id) { return same(old, new) ? .again : .refused("different") }
    guard target.kind == "charge" || (target.kind == "opening" && kind != "refund") else {
      return .refused("not correctable")
    }
    guard isInRange(new.milliseconds) else { return .refused("range") }
    if let open = closedBefore, new.effective < open { return .refused("closed") }
    if kind != "debit", new.milliseconds > left(target.id) { return .refused("more than charged") }
    if kind == "debit", new.milliseconds > available(new.allocation) {
      return .refused("insufficient")
    }
    if kind == "debit", let run = runs.first(where: { $0.id == target.run }),
      !capsLeave(new.milliseconds, run)
    {
      return .refused("cap")
    }
    if kind == "debit", let run = target.run {
      let charges = lines.filter { $0.run == run && $0.kind == "charge" }
      let costs = charges.map { left($0.id) }.reduce(0, +)
      if costs + new.milliseconds > hold(of: run) { return .refused("more than held") }
    }
    return .lines([write(new)])
  }

  private mutating func move(_ transfer: Transfer, _ now: Int64) -> Answer {
    let halves = [("out", transfer.from.text), ("in", transfer.to.text)].map { way, allocation in
      Line(
        id: "\(transfer.id):\(way)", kind: "transfer-\(way)", allocation: allocation,
        milliseconds: transfer.amount.milliseconds, run: nil, part: 0, reason: nil, corrects: nil,
        belated: nil, effective: transfer.effective?.milliseconds ?? now, recorded: now)
    }
    let old = halves.compactMap { standing($0.id) }
    if !old.isEmpty {
      return old.count == 2 && zip(old, halves).allSatisfy { same($0, $1) }
        ? .again : .refused("different")
    }
    guard isKnown(transfer.from.text), isKnown(transfer.to.text) else {
      return .refused("unknown allocation")
    }
    guard transfer.from != transfer.to else { return .refused("same allocation") }
    guard isInRange(transfer.amount.milliseconds) else { return .refused("range") }
    if let open = closedBefore, (transfer.effective?.milliseconds ?? now) < open {
      return .refused("closed")
    }
    guard transfer.amount.milliseconds <= available(transfer.from.text) else {
      return .refused("insufficient")
    }
    return .lines(halves.map { write($0) })
  }

  private mutating func expire(
    _ id: String, _ allocation: String, _ carry: CarryOver?, _ effective: Instant, _ now: Int64
  ) -> Answer {
    if standing(id) != nil { return .again }
    guard isKnown(allocation) else { return .refused("unknown allocation") }
    let wasCarried = standing("carry:\(allocation):out") != nil
    let carry = wasCarried ? nil : carry.flatMap { isKnown($0.to.text) ? $0 : nil }
    let rest = available(allocation) + deferred(allocation)
    let carried = max(0, min(rest, carry?.atMost.milliseconds ?? 0))
    let latest = lines.filter { $0.allocation == allocation }.map(\.effective).max() ?? 0
    var new: [Line] = []
    func add(_ id: String, _ kind: String, _ allocation: String, _ amount: Int64, _ reason: String?)
    {
      guard amount > 0 else { return }
      new.append(
        Line(
          id: id, kind: kind, allocation: allocation, milliseconds: amount, run: nil, part: 0,
          reason: reason, corrects: nil, belated: nil,
          effective: max(effective.milliseconds, latest), recorded: now))
    }
    add("\(id):instalment", "instalment", allocation, deferred(allocation), nil)
    add("carry:\(allocation):out", "transfer-out", allocation, carried, "carried-over")
    if let carry {
      add("carry:\(allocation):in", "transfer-in", carry.to.text, carried, "carried-over")
    }
    add(id, "expiry", allocation, rest - carried, nil)
    return .lines(new.map { write($0) })
  }
}
