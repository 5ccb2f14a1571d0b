import Domain
import Ledger
import Reporting
import Testing

/// The bytes that digests of periods stand on: they never change within a version.
@Suite("entry bytes")
struct EntryBytesTests {
  @Test("an entry has these bytes, in this version and for ever")
  func fixed() throws {
    let entry = try self.entry()
    let text = String(decoding: EntryBytes.of([entry]), as: UTF8.self)
    #expect(
      text == """
        14:polder-entry-1,16:charge:P1042.1/2,6:charge,4:acme,7:7200000,7:P1042.1,1:2,\
        10:site-fault,12:hold:P1042.1,4:m-01,4:m-02,7:2026-03,13:1775001600000,\
        13:1775001600250,

        """)
    #expect(text.split(separator: ",").count == EntryBytes.fieldCount + 1)
  }

  @Test("a field that is not there differs from an empty one")
  func absent() throws {
    let bare = Entry(
      id: EntryID("é"), kind: .grant, allocation: try #require(AllocationID("acme")),
      amount: .hours(1), effective: Instant(seconds: 0), recorded: Instant(seconds: -1))
    let text = String(decoding: EntryBytes.of([bare]), as: UTF8.self)
    #expect(text == "14:polder-entry-1,2:é,5:grant,4:acme,7:3600000,-,1:0,-,-,-,-,-,1:0,5:-1000,\n")
  }

  @Test("a change of any part of an entry changes its bytes")
  func injective() throws {
    let entry = try self.entry()
    let other = try #require(AllocationID("brek"))
    let changed = [
      entry, copy(entry, id: EntryID("charge:P1042.1/3")), copy(entry, kind: .refund),
      copy(entry, allocation: other), copy(entry, amount: .hours(1)), copy(entry, run: .some(nil)),
      copy(entry, part: 1), copy(entry, reason: .some(.goodwill)), copy(entry, reason: .some(nil)),
      copy(entry, corrects: .some(nil)), copy(entry, corrects: .some(EntryID(""))),
      copy(entry, approval: .some(nil)),
      copy(entry, approval: Approval(requestedBy: "m-02", approvedBy: "m-01")),
      copy(entry, belated: .some(nil)), copy(entry, effective: Instant(seconds: 5)),
      copy(entry, recorded: Instant(seconds: 5)),
    ]
    #expect(Set(changed.map { EntryBytes.of([$0]) }).count == changed.count)
    #expect(EntryBytes.of(changed) == changed.flatMap { EntryBytes.of([$0]) })
  }

  private func entry() throws -> Entry {
    let run = RunID(task: TaskID(job: JobID(number: 1042), index: nil), attempt: 1)
    return Entry(
      id: .charge(run, part: 2), kind: .charge, allocation: try #require(AllocationID("acme")),
      amount: .hours(2), run: run, part: 2, reason: .siteFault, corrects: .hold(run),
      approval: Approval(requestedBy: "m-01", approvedBy: "m-02"),
      belated: AccountingPeriod(year: 2026, month: 3),
      effective: Instant(milliseconds: 1_775_001_600_000),
      recorded: Instant(milliseconds: 1_775_001_600_250))
  }

  private func copy(
    _ entry: Entry, id: EntryID? = nil, kind: EntryKind? = nil, allocation: AllocationID? = nil,
    amount: GPUTime? = nil, run: RunID?? = nil, part: Int? = nil, reason: EntryReason?? = nil,
    corrects: EntryID?? = nil, approval: Approval?? = nil, belated: AccountingPeriod?? = nil,
    effective: Instant? = nil, recorded: Instant? = nil
  ) -> Entry {
    Entry(
      id: id ?? entry.id, kind: kind ?? entry.kind, allocation: allocation ?? entry.allocation,
      amount: amount ?? entry.amount, run: run ?? entry.run, part: part ?? entry.part,
      reason: reason ?? entry.reason, corrects: corrects ?? entry.corrects,
      approval: approval ?? entry.approval, belated: belated ?? entry.belated,
      effective: effective ?? entry.effective, recorded: recorded ?? entry.recorded)
  }
}
