package import Domain
package import Ledger
package import Services

/// Bookkeeping: follows with its tables.
extension PostgresStore {
  private static let missing = StoreError.broken("the tables have no such entries yet")

  package func post(
    _ posting: Posting, audit line: AuditLine
  ) async throws(StoreError) -> PostingResult {
    throw Self.missing
  }

  package func extend(
    _ run: RunID, with more: HoldExtension, audit line: AuditLine?
  ) async throws(StoreError) -> PostingResult {
    throw Self.missing
  }

  package func entries(_ filter: EntryFilter) async throws(StoreError) -> EntryPage {
    throw Self.missing
  }

  package func balances(
    effectiveBefore effective: Instant?, recordedBefore recorded: Instant?
  ) async throws(StoreError) -> [AllocationID: Balance] {
    throw Self.missing
  }

  package func capUses() async throws(StoreError) -> [CapStanding] { throw Self.missing }
  package func closedPeriods() async throws(StoreError) -> [ClosedPeriod] { throw Self.missing }
  package func brokenSeals() async throws(StoreError) -> [BrokenSeal] { throw Self.missing }

  package func close(
    _ period: AccountingPeriod, audit line: AuditLine
  ) async throws(StoreError) -> PeriodClosing {
    throw Self.missing
  }
}
