import Domain
package import Ledger

/// The canonical bytes of entries: what the digest of an accounting period is taken over, and what
/// an auditor can make again from an export with a dozen lines in any language.
///
/// A record is one line for each entry, of ``fieldCount`` fields in a fixed order. A field is
/// `length:bytes,` with the length in bytes, in decimal digits without leading zeros (a netstring,
/// cr.yp.to/proto/netstrings.txt); a field that the entry does not have is `-,`, so that nothing
/// and an empty text differ. No two different entries have the same bytes, and no two different
/// lists of entries either. The order of entries is the caller's, for a period that of posting.
package enum EntryBytes {
  /// The first field of each record: the version of this form. A changed form gets a new one, and
  /// digests made before stay comparable.
  package static let version = "polder-entry-1"

  /// How many fields a record has, with the version.
  package static let fieldCount = 14

  /// The records of entries, in their order.
  package static func of(_ entries: some Sequence<Entry>) -> [UInt8] {
    var bytes: [UInt8] = []
    for entry in entries { append(entry, to: &bytes) }
    return bytes
  }

  /// Adds one record at the end: for digests over more entries than fit in memory.
  package static func append(_ entry: Entry, to bytes: inout [UInt8]) {
    for field in fields(of: entry) { append(field, to: &bytes) }
    bytes.append(UInt8(ascii: "\n"))
  }

  /// Instants are milliseconds since 1970-01-01T00:00:00Z, amounts are GPU-milliseconds.
  private static func fields(of entry: Entry) -> [String?] {
    [
      version, entry.id.text, entry.kind.rawValue, entry.allocation.text,
      String(entry.amount.milliseconds), entry.run.map { "\($0)" }, String(entry.part),
      entry.reason?.rawValue, entry.corrects?.text, entry.approval?.requestedBy,
      entry.approval?.approvedBy, entry.belated.map { "\($0)" },
      String(entry.effective.milliseconds), String(entry.recorded.milliseconds),
    ]
  }

  static func append(_ field: String?, to bytes: inout [UInt8]) {
    if let field {
      bytes.append(contentsOf: String(field.utf8.count).utf8)
      bytes.append(UInt8(ascii: ":"))
      bytes.append(contentsOf: field.utf8)
    } else {
      bytes.append(UInt8(ascii: "-"))
    }
    bytes.append(UInt8(ascii: ","))
  }
}
