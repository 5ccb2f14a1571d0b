import Crypto
package import Domain
package import Ledger
import Reporting

/// What a period was closed with: how many entries are effective in it, where the last of them
/// stands, and the SHA-256 of the period's name and of their canonical bytes (``EntryBytes``) in order
/// of posting.
package struct PeriodSeal: Hashable, Sendable {
  package let entryCount: Int64
  /// Zero if there is none.
  package let lastEntry: EntryCursor
  /// 32 bytes.
  package let sha256: [UInt8]
  /// The SHA-256 of the frozen facts (`PeriodFacts`); nil for a period that was closed before
  /// facts were frozen.
  package var facts: [UInt8]?

  package init(
    entryCount: Int64, lastEntry: EntryCursor, sha256: [UInt8], facts: [UInt8]? = nil
  ) {
    self.entryCount = entryCount
    self.lastEntry = lastEntry
    self.sha256 = sha256
    self.facts = facts
  }

  /// Sealed with facts of these canonical bytes.
  package func with(facts bytes: [UInt8]?) -> PeriodSeal {
    var seal = self
    seal.facts = bytes.map { Array(SHA256.hash(data: $0)) }
    return seal
  }
}

/// Makes the seal of a period from its entries, of which it keeps none.
package struct PeriodSealer {
  private var hash = SHA256()
  private var count: Int64 = 0
  private var last = EntryCursor(seq: 0)

  package init(_ period: AccountingPeriod) {
    hash.update(data: Array("polder-period-1 \(period)\n".utf8))
  }

  /// The next entry in order of posting.
  package mutating func add(_ entry: Entry, at place: EntryCursor) {
    var bytes: [UInt8] = []
    EntryBytes.append(entry, to: &bytes)
    hash.update(data: bytes)
    count += 1
    last = place
  }

  package var seal: PeriodSeal {
    PeriodSeal(entryCount: count, lastEntry: last, sha256: Array(hash.finalize()))
  }
}
