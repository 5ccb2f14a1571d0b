package import Domain
import Ledger
import Postgres
import Reporting
package import Services

/// Accounting periods. A closing has two steps: the books are closed, in a moment that nobody else
/// writes in; then each period is sealed, which takes as long as its entries are many. What is
/// interrupted between the two is completed by the next daemon that leads, or by closing again.
extension PostgresStore {
  package func closedPeriods() async throws(StoreError) -> [ClosedPeriod] {
    try await read { tx throws(PostgresError) in try tx.closedPeriods() }
  }

  package func close(
    _ period: AccountingPeriod, system: String, audit line: AuditLine
  ) async throws(StoreError) -> PeriodClosing {
    let refusal = try await write { tx throws(PostgresError) -> PeriodClosing? in
      try tx.execute(.ownBooks)
      let books = try tx.query(.booksClock).only().openBooks()
      if let openFrom = books.openFrom, period.start < openFrom {
        tx.abandon()
        return .alreadyClosed
      }
      guard period.end <= books.now else {
        tx.abandon()
        return .notOver(until: period.end)
      }
      try tx.later(.closeBooks, [.instant(period.end)])
      try tx.audit(line)
      return nil
    }
    if case .notOver? = refusal { return .notOver(until: period.end) }
    // Also after `alreadyClosed`: an earlier closing may have been interrupted.
    var sealed: [ClosedPeriod] = []
    while let next = try await sealNext(of: system, by: line.actor) { sealed.append(next) }
    return sealed.isEmpty ? refusal ?? .alreadyClosed : .closed(sealed)
  }

  /// Seals what was closed and has no seal, since its closing was interrupted; the periods sealed.
  package func sealClosed(of system: String) async throws(StoreError) -> [ClosedPeriod] {
    var sealed: [ClosedPeriod] = []
    while let next = try await sealNext(of: system, by: "polderd") { sealed.append(next) }
    return sealed
  }

  package func outlook(
    onClosing period: AccountingPeriod
  ) async throws(StoreError) -> ClosingOutlook {
    try await read { tx throws(PostgresError) in
      let books = try tx.query(.booksClock).only().openBooks()
      var next = AccountingPeriod(
        containing: try tx.query(.nextToSeal, [.instant(period.end)]).only().instant("month"))
      // What an earlier closing left without a seal is closed with it, whatever is asked for.
      let end = max(period.end, books.openFrom ?? period.end)
      guard next.start < end else { return .alreadyClosed }
      guard period.end <= books.now else { return .notOver(until: period.end) }
      var periods: [OpenPeriod] = []
      while next.start < end {
        periods.append(OpenPeriod(period: next, seal: try tx.entriesSeal(of: next)))
        next = next.next
      }
      let runs = try tx.query(.unchargedRuns, [.instant(end)]).only().integer("count")
      return .closes(WhatCloses(periods: periods, unchargedRuns: runs, end: end))
    }
  }

  package func brokenSeals(
    of periods: [AccountingPeriod]?
  ) async throws(StoreError) -> [BrokenSeal] {
    var broken: [BrokenSeal] = []
    for closed in try await closedPeriods() where periods?.contains(closed.period) ?? true {
      let found = try await read { tx throws(PostgresError) in try tx.seal(of: closed.period) }
      if found != closed.seal {
        broken.append(BrokenSeal(period: closed.period, recorded: closed.seal, found: found))
      }
    }
    return broken
  }

  /// Seals the first period that the books are closed in and that has no seal; nil if there is
  /// none. What is sealed is of one picture, though it is read in several statements.
  private func sealNext(
    of system: String, by actor: String
  ) async throws(StoreError) -> ClosedPeriod? {
    try await write(isolation: .repeatableRead) { tx throws(PostgresError) -> ClosedPeriod? in
      let books = try tx.query(.booksClock).only().openBooks()
      guard let period = try tx.firstUnsealed(books) else {
        tx.abandon()
        return nil
      }
      let facts = PeriodFacts(
        period.interval, system: system, centre: try tx.centre(alsoRetired: true),
        nodeChanges: try tx.nodeChanges(until: period.end)
      ).bytes
      let closed = ClosedPeriod(
        period: period, seal: try tx.entriesSeal(of: period).with(facts: facts),
        closed: books.now, closedBy: actor)
      let isNew = try tx.execute(
        .sealPeriod,
        [
          .month(period), .instant(closed.closed), .text(actor),
          .int64(closed.seal.entryCount), .int64(closed.seal.lastEntry.seq),
          .bytes(closed.seal.sha256), .optionalBytes(closed.seal.facts),
        ])
      if isNew > 0 { try tx.later(.addPeriodFacts, [.month(period), .bytes(facts)]) }
      return closed
    }
  }
}

extension Transaction {
  /// The first period that the books are closed in and that has no seal.
  borrowing func firstUnsealed(_ books: OpenBooks) throws(PostgresError) -> AccountingPeriod? {
    guard let openFrom = books.openFrom,
      let first = try query(.firstUnsealed).onlyOrNone()?.optionalInstant("month"),
      first < openFrom
    else { return nil }
    return AccountingPeriod(containing: first)
  }

  borrowing func closedPeriods() throws(PostgresError) -> [ClosedPeriod] {
    var periods: [ClosedPeriod] = []
    for row in try query(.closedPeriods) {
      periods.append(
        ClosedPeriod(
          period: try row.month("month"),
          seal: PeriodSeal(
            entryCount: try row.int64("entry_count"),
            lastEntry: EntryCursor(seq: try row.int64("last_seq")),
            sha256: try row.bytes("sha256"), facts: try row.optionalBytes("facts_sha256")),
          closed: try row.instant("closed_at"), closedBy: try row.text("closed_by")))
    }
    return periods
  }

  /// The seal of a closed period, from its entries and its frozen facts. Memory is constant.
  borrowing func seal(of period: AccountingPeriod) throws(PostgresError) -> PeriodSeal {
    let facts = try query(.periodFacts, [.month(period), .month(period)]).onlyOrNone()?
      .optionalBytes("facts")
    return try entriesSeal(of: period).with(facts: facts)
  }

  /// Without facts.
  fileprivate borrowing func entriesSeal(
    of period: AccountingPeriod
  ) throws(PostgresError) -> PeriodSeal {
    let stride: Int64 = 20_000
    let interval: [Value] = [.instant(period.start), .instant(period.end)]
    let bounds = try query(.periodBounds, interval).only()
    var sealer = PeriodSealer(period)
    guard let first = try bounds.optionalInt64("first_seq"),
      let last = try bounds.optionalInt64("last_seq")
    else { return sealer.seal }
    var after = first - 1
    while after < last {
      let rows = try query(
        .entryRange,
        [.int64(after), .int64(min(after + stride, last))] + interval
          + [.null, .int64(stride), .null])
      for (place, entry) in try rows.places() { sealer.add(entry, at: place) }
      after += stride
    }
    return sealer.seal
  }
}
