import Domain
import Foundation
import Ledger
import Reporting
import Testing

/// Foreign bookkeeping programs agree with our balances, or refuse a journal that was tampered with.
@Suite("foreign bookkeepers")
struct ForeignTests {
  private static let seeds: [UInt64] = [1, 2, 3]

  @Test(
    "what they are shown has every kind of entry, and every act that makes one", arguments: seeds)
  func everything(seed: UInt64) {
    let entries = RandomHistory(seed: seed).books.entries
    #expect(Set(entries.map(\.kind)) == Set(EntryKind.allCases), "seed \(seed)")
    let refunds = entries.filter { $0.kind == .refund }
    #expect(refunds.contains { $0.approval == nil }, "seed \(seed): by policy")
    #expect(refunds.contains { $0.approval != nil }, "seed \(seed): by hand")
    #expect(entries.contains { $0.kind == .hold && $0.part > 0 }, "seed \(seed): extension")
    #expect(entries.contains { $0.kind == .charge && $0.part > 0 }, "seed \(seed): over a month")
    let lapses = entries.filter { $0.kind == .expiry && $0.id.text.hasPrefix("expiry:") }
    #expect(lapses.contains { $0.run != nil }, "seed \(seed): a refund by policy lapsed")
    #expect(lapses.contains { $0.run == nil }, "seed \(seed): a correction lapsed")
    #expect(entries.contains { $0.reason == .carriedOver }, "seed \(seed): carried over")
    #expect(entries.contains { $0.belated != nil }, "seed \(seed): told late")
  }

  @Test(
    "accept the journal of any history, and find our balances",
    arguments: JournalDialect.allCases, seeds)
  func agree(dialect: JournalDialect, seed: UInt64) throws {
    let history = RandomHistory(seed: seed)
    let journal = Journal(
      dialect, of: "all projects", history.books.entries, centre: history.centre)
    try inFile(journal.text) { file in
      let answer = try Bookkeeper.check(dialect, file)
      #expect(answer.isContent, "seed \(seed): \(answer.said)")
      let differing = differing(try Bookkeeper.balances(dialect, file), expected(history))
      #expect(differing == [], "seed \(seed)")
    }
  }

  @Test(
    "accept a period of the books, with what was brought forward",
    arguments: JournalDialect.allCases)
  func period(dialect: JournalDialect) throws {
    let history = RandomHistory(seed: 4)
    let march = try #require(AccountingPeriod(year: 2026, month: 3))
    let journal = Journal(
      dialect, of: "all projects", history.books.entries, centre: history.centre,
      from: march.start, to: march.end)
    try inFile(journal.text) { file in
      let answer = try Bookkeeper.check(dialect, file)
      #expect(answer.isContent, "\(answer.said)")
      let differing = differing(
        try Bookkeeper.balances(dialect, file), expected(history, effectiveBefore: march.end))
      #expect(differing == [])
    }
  }

  @Test(
    "refuse a journal in which one entry says another amount", arguments: JournalDialect.allCases)
  func tampered(dialect: JournalDialect) throws {
    let history = RandomHistory(seed: 5)
    let text = Journal(
      dialect, of: "all projects", history.books.entries, centre: history.centre
    ).text
    let charges = history.books.entries.filter { $0.kind == .charge }
    let amount = try #require(charges.last?.amount).milliseconds
    // On both sides, so that the transaction still balances and only the assertions can tell.
    let forged = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.hasSuffix(" \(amount) GPUMS") || line.hasSuffix(" -\(amount) GPUMS")
        ? String(line).replacing("\(amount) GPUMS", with: "\(amount + 1) GPUMS") : String(line)
    }
    #expect(forged.joined(separator: "\n") != text)
    try inFile(forged.joined(separator: "\n")) { file in
      let answer = try Bookkeeper.check(dialect, file)
      #expect(!answer.isContent)
    }
    // And on one side.
    let unbalanced = text.replacing(" -\(amount) GPUMS", with: " -\(amount + 1) GPUMS")
    try inFile(unbalanced) { file in
      let answer = try Bookkeeper.check(dialect, file)
      #expect(!answer.isContent)
    }
  }

  @Test(
    "refuse books of which an entry says another amount than the balance that is kept",
    arguments: JournalDialect.allCases)
  func otherThanKept(dialect: JournalDialect) throws {
    let history = RandomHistory(seed: 6)
    var entries = history.books.entries
    let kept = history.books.balances
    let isContent = { (entries: [Entry]) in
      let journal = Journal(
        dialect, of: "all projects", entries, centre: history.centre, closing: kept)
      var answer = false
      try inFile(journal.text) { answer = try Bookkeeper.check(dialect, $0).isContent }
      return answer
    }
    #expect(try isContent(entries))
    let place = try #require(entries.lastIndex { $0.kind == .charge })
    let charge = entries[place]
    entries[place] = Entry(
      id: charge.id, kind: .charge, allocation: charge.allocation,
      amount: charge.amount + GPUTime(milliseconds: 1), run: charge.run, part: charge.part,
      reason: charge.reason, belated: charge.belated, effective: charge.effective,
      recorded: charge.recorded)
    #expect(try !isContent(entries))
  }

  @Test("accept books in which nothing was posted", arguments: JournalDialect.allCases)
  func empty(dialect: JournalDialect) throws {
    try inFile(Journal(dialect, of: "project none", [], centre: Centre()).text) { file in
      let answer = try Bookkeeper.check(dialect, file)
      #expect(answer.isContent, "\(answer.said)")
    }
  }

  private func expected(
    _ history: RandomHistory, effectiveBefore end: Instant? = nil
  ) -> [String: Int64] {
    var balances: [String: Int64] = [:]
    for allocation in history.books.balances.keys {
      let balance = history.books.balance(of: allocation, effectiveBefore: end)
      for account in Account.allCases where balance.amount(in: account) != .zero {
        let name = JournalAccount(account, of: allocation, in: history.centre).name
        balances[name] = balance.amount(in: account).milliseconds
      }
    }
    return balances
  }

  /// The accounts on which two do not agree, with what each says.
  private func differing(_ theirs: [String: Int64], _ ours: [String: Int64]) -> [String] {
    Set(theirs.keys).union(ours.keys).filter { theirs[$0] != ours[$0] }.sorted()
      .map { "\($0): \(theirs[$0] ?? 0), ours \(ours[$0] ?? 0)" }
  }

  private func inFile(_ text: String, _ body: (String) throws -> Void) throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("polder-\(UUID().uuidString).journal")
    try Data(text.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    try body(file.path)
  }
}
