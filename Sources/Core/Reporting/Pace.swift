package import Domain
package import Ledger

/// Whether an allocation is used as its access mode expects, and how long it will last.
///
/// All in checked integers; nothing is estimated but that use goes on as it went.
package struct Pace: Hashable, Sendable {
  package let window: Range<Instant>
  package let asOf: Instant
  /// Grants and what came in, less withdrawals and what went out.
  package let awarded: GPUTime
  /// Charged and taken over, less what was given back.
  package let used: GPUTime
  /// What was to be used by now. What was awarded during the window is expected over the rest of
  /// it only: from when the books have it, since nothing could be held from it before. So is an
  /// award that was booked late, for a window that had begun. Use that was taken over with
  /// an award was made of it before: such an award is expected from the window's beginning. What
  /// went is expected as if it had never been given, what came back as if it had been away.
  package let expected: GPUTime
  /// Awarded and neither used nor expired.
  package let left: GPUTime
  /// If use goes on as in the last 14 days, or as in the whole window.
  package let recently: Forecast
  package let throughout: Forecast
  /// Whole months of the window in which less was used than the rule asks, ascending. Of use that was
  /// taken over nobody knows the month: those that began before it was are not judged.
  package let monthsUnderUse: [AccountingPeriod]
  /// Less was used than the rule asks, and enough of the window is over to say so.
  package let isUnderUsed: Bool

  /// What use at a steady pace leads to.
  package enum Forecast: Hashable, Sendable {
    /// Nothing is left now.
    case exhausted
    /// Nothing will be left at this instant, which lies before the window's end.
    case runsOut(Instant)
    /// It lasts to the end of the window, and this much will be left.
    case lasts(left: GPUTime)
  }

  /// How far back ``recently`` looks.
  package static let recentDays: Int64 = 14

  /// - Parameter entries: those of the allocation, in any order; what is effective at `asOf` or
  ///   later does not count.
  package init(
    _ entries: some Sequence<Entry>, window: Range<Instant>, curve: PaceCurve = .linear,
    rule: UnderUseRule = .standard, asOf: Instant
  ) {
    self.init(
      PaceFacts(entries, asOf: asOf), window: window, curve: curve, rule: rule, asOf: asOf)
  }

  /// - Parameter facts: as of `asOf`; acts and uses that are effective then or later do not count.
  package init(
    _ facts: PaceFacts, window: Range<Instant>, curve: PaceCurve = .linear,
    rule: UnderUseRule = .standard, asOf: Instant
  ) {
    let acts = facts.acts.filter { $0.effective < asOf }
    let uses = facts.uses.filter { $0.from < asOf }
    let history = History(acts, uses, window: window, curve: curve)
    let balance = acts.reduce(Balance()) { $0.after($1.kind, $1.amount) }
    self.window = window
    self.asOf = asOf
    awarded = balance.awarded
    used = uses.reduce(balance.used) { $0 + $1.amount }
    expected = history.expected(at: asOf)
    left = awarded - used - facts.expired
    let begin = window.lowerBound
    let since = max(begin, asOf - Seconds(Self.recentDays * 86_400))
    recently = Self.forecast(
      left, history.used(since..<max(since, asOf)), since..<max(since, asOf), window)
    throughout = Self.forecast(
      left, history.usedInAll(before: asOf), begin..<max(begin, asOf), window)
    monthsUnderUse = history.wholeMonths(before: asOf).filter { month in
      if let known = history.knownFrom, month.start < known { return false }
      let part = max(month.start, begin)..<min(month.end, window.upperBound)
      let due = history.expected(at: part.upperBound) - history.expected(at: part.lowerBound)
      return Self.isLess(history.used(part), than: rule.usedBelow, of: due)
    }
    isUnderUsed = Self.isLess(
      used, than: rule.usedBelow, of: history.due(after: rule.after, at: asOf))
  }

  /// What was to be used by an instant, as ``expected``: use has no part in it.
  ///
  /// - Parameter acts: those of ``PaceFacts/acts``; what is effective at `asOf` or later does not
  ///   count.
  package static func expected(
    of acts: [Entry], window: Range<Instant>, curve: PaceCurve, asOf: Instant
  ) -> GPUTime {
    History(acts.filter { $0.effective < asOf }, [], window: window, curve: curve)
      .expected(at: asOf)
  }

  private static func isLess(_ used: GPUTime, than basisPoints: Int, of due: GPUTime) -> Bool {
    Int128(used.milliseconds) * 10_000 < Int128(basisPoints) * Int128(due.milliseconds)
  }

  private static func forecast(
    _ left: GPUTime, _ used: GPUTime, _ span: Range<Instant>, _ window: Range<Instant>
  ) -> Forecast {
    guard left > .zero else { return .exhausted }
    let time = Int128(span.upperBound.milliseconds - span.lowerBound.milliseconds)
    let rest = Int128(window.upperBound.milliseconds - span.upperBound.milliseconds)
    guard used > .zero, time > 0, rest > 0 else { return .lasts(left: left) }
    let (left128, used128) = (Int128(left.milliseconds), Int128(used.milliseconds))
    // left ÷ (used ÷ time), rounded up, against the rest of the window.
    guard left128 * time < used128 * rest else {
      return .lasts(left: left - GPUTime(milliseconds: Int64(used128 * rest / time)))
    }
    let lasts = (left128 * time + used128 - 1) / used128
    return .runsOut(Instant(milliseconds: span.upperBound.milliseconds + Int64(lasts)))
  }
}

/// What happened to an allocation, as far as its pace is concerned.
private struct History {
  let window: Range<Instant>
  let curve: PaceCurve
  private var parts = AwardedParts()
  private let uses: [PaceFacts.Use]

  /// Use that was taken over, less what is corrected of it.
  private var takenOver = GPUTime.zero
  /// When use was taken over, the last of it; nil if none was. What was used when is known from then.
  private(set) var knownFrom: Instant?

  init(
    _ acts: [Entry], _ uses: [PaceFacts.Use], window: Range<Instant>, curve: PaceCurve
  ) {
    self.window = window
    self.curve = curve
    self.uses = uses
    // Where the last that was taken over stands. What was awarded by then was in use before.
    let opened = acts.filter { $0.kind == .opening }.map(\.effective).max()
    for (entry, usable) in Self.inTurn(acts) {
      switch entry.kind {
      case .grant, .transferIn:
        let wasInUse = opened.map { entry.effective <= $0 } ?? false
        parts.come(entry.amount, at: wasInUse ? window.lowerBound : usable)
      case .withdrawal, .transferOut: parts.go(entry.amount, at: usable)
      case .opening:
        takenOver = takenOver + entry.amount
        knownFrom = max(knownFrom ?? entry.recorded, entry.recorded)
      case .debit: takenOver = takenOver + entry.amount
      case .credit: takenOver = takenOver - entry.amount
      case .charge, .refund, .deferral, .instalment, .hold, .release, .expiry, .overrun: break
      }
    }
  }

  /// In the order in which they came to bear, and since when each does: nothing can be held of an
  /// award before the books have it.
  private static func inTurn(_ acts: [Entry]) -> [(Entry, since: Instant)] {
    acts.enumerated().map { (place: $0, entry: $1, since: max($1.effective, $1.recorded)) }
      .sorted { ($0.since, $0.place) < ($1.since, $1.place) }
      .map { ($0.entry, since: $0.since) }
  }

  /// What was to be used by an instant, of what was there for so much of the time that it could be
  /// used in, in hundredths of a per cent.
  func due(after: Int, at now: Instant) -> GPUTime {
    parts.there(for: after, of: window, at: now).expected(curve, in: window, at: now)
  }

  /// Of what is known now, not of what was known then.
  func expected(at now: Instant) -> GPUTime { parts.expected(curve, in: window, at: now) }

  /// Since the window began, before an instant.
  func usedInAll(before now: Instant) -> GPUTime {
    takenOver + used(window.lowerBound..<max(window.lowerBound, now))
  }

  /// Without what was taken over, of which nobody knows when it was used.
  func used(_ span: Range<Instant>) -> GPUTime {
    uses.reduce(.zero) { span.contains($1.from) ? $0 + $1.amount : $0 }
  }

  /// The months of the window that are over, the first and the last as far as they are in it.
  func wholeMonths(before now: Instant) -> [AccountingPeriod] {
    var months: [AccountingPeriod] = []
    var month = AccountingPeriod(containing: window.lowerBound)
    while month.start < window.upperBound, min(month.end, window.upperBound) <= now {
      months.append(month)
      month = month.next
    }
    return months
  }
}
