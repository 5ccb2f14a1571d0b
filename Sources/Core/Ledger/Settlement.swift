package import Domain

/// How the hold of an ended run is divided: charge + release = hold, and what was used beyond the
/// hold, or past the end of its allocation, goes to the operator.
package struct Settlement: Hashable, Sendable {
  package let charge: GPUTime
  package let release: GPUTime
  package let overrun: GPUTime

  /// Why the operator carries the overrun.
  private let reason: EntryReason

  /// - Parameter pastEnd: the last part of the use, after the end of the run's allocation: its project
  ///   pays nothing for it, however far the hold would reach.
  package init(hold: GPUTime, used: GPUTime, pastEnd: GPUTime = .zero) {
    charge = min(hold, max(used - max(pastEnd, .zero), .zero))
    release = hold - charge
    overrun = max(used, .zero) - charge
    reason = pastEnd > .zero ? .pastEnd : .pastLimit
  }

  /// The entries that settle a run, in order: the charge, in parts if the run went over the ends
  /// of months; release; overrun; none of an amount of zero.
  ///
  /// - Parameter span: from the run's start to its end.
  package func entries(
    run: RunID, allocation: AllocationID, over span: Range<Instant>, now: Instant
  ) -> [Entry] {
    let end = span.upperBound
    var drafts = Self.parts(of: charge + overrun, over: span).enumerated().map { index, part in
      (EntryID.charge(run, part: index), EntryKind.charge, part.amount, part.effective, index)
    }
    // What the operator carries is the latest use: the parts are charged in order of time.
    var left = charge
    for index in drafts.indices {
      drafts[index].2 = min(drafts[index].2, left)
      left -= drafts[index].2
    }
    drafts.append((.release(run), .release, release, end, 0))
    drafts.append((.overrun(run), .overrun, overrun, end, 0))
    return drafts.compactMap { id, kind, amount, effective, part in
      Entry.draft(
        id, kind, allocation, amount, run: run, part: part,
        reason: kind == .overrun ? reason : nil, effective: effective, now: now
      ).entry
    }
  }

  /// One part of a use, effective at the last instant of its month, the last one at the end of the
  /// run.
  package struct Part: Hashable, Sendable {
    package let amount: GPUTime
    package let effective: Instant
  }

  /// A use divided by accounting periods, in proportion to time. Each part but the last is rounded
  /// down to the unit, and the last takes the remainder, so that their sum is the use. A run's
  /// whole seconds at a constant weight divide without a remainder.
  package static func parts(of used: GPUTime, over span: Range<Instant>) -> [Part] {
    let length = span.upperBound.milliseconds - span.lowerBound.milliseconds
    var parts: [Part] = []
    var left = used
    var begin = span.lowerBound
    while length > 0, AccountingPeriod(containing: begin).end < span.upperBound {
      let end = AccountingPeriod(containing: begin).end
      let product = used.milliseconds.multipliedFullWidth(
        by: end.milliseconds - begin.milliseconds)
      let amount = GPUTime(milliseconds: length.dividingFullWidth(product).quotient)
      parts.append(
        Part(amount: amount, effective: Instant(milliseconds: end.milliseconds - 1)))
      left -= amount
      begin = end
    }
    // What ends with its month belongs to that month.
    let isMonthEnd = AccountingPeriod(containing: span.upperBound).start == span.upperBound
    let last = span.upperBound.milliseconds - (isMonthEnd && length > 0 ? 1 : 0)
    return parts + [Part(amount: left, effective: Instant(milliseconds: last))]
  }
}

extension Entry {
  /// The entries that give back what is left of the charges of one run, each part in its own
  /// month and the last one when the refund is made.
  ///
  /// - Parameter charges: in order of time, each with what is left of it.
  package static func refunds(
    of charges: [(charge: Entry, left: GPUTime)], firstPart: Int = 0, _ reason: EntryReason,
    effective: Instant, now: Instant
  ) -> [Entry] {
    let refundable = charges.filter { $0.left > .zero }
    return refundable.enumerated().compactMap { index, item in
      guard let run = item.charge.run else { return nil }
      let isLast = index == refundable.count - 1
      return Entry(
        id: .refund(run, part: index), kind: .refund, allocation: item.charge.allocation,
        amount: item.left, run: run, part: firstPart + index, reason: reason,
        corrects: item.charge.id, belated: isLast ? nil : item.charge.belated,
        effective: isLast ? effective : item.charge.effective,
        recorded: now)
    }
  }

  /// The expiry of what was given back to an allocation whose window has ended: it expires at once,
  /// so that nothing comes to life again. Nil while the window lasts, or if nothing was given.
  ///
  /// - Parameter given: entries of one posting; of them refunds and credits give back.
  package static func lapse(
    of given: [Entry], as id: EntryID, run: RunID? = nil, windowEnd: Instant, now: Instant
  ) -> Entry? {
    let back = given.filter { $0.kind == .refund || $0.kind == .credit }
    guard windowEnd <= now, let last = back.last else { return nil }
    return Entry(
      id: id, kind: .expiry, allocation: last.allocation,
      amount: back.reduce(.zero) { $0 + $1.amount }, run: run,
      effective: max(windowEnd, last.effective), recorded: now)
  }
}
