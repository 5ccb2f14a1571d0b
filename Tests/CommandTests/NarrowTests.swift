// Why: most terminals have 80 columns, and a broken cell is a figure misread.
import Foundation
import Testing
import Wire

@testable import polder

@Suite("tables in 80 columns")
struct NarrowTests {
  private let clock = Clock(now: 1_795_442_712_000, zone: .gmt)

  private func balance(_ allocation: String = "longscan-2026-first") -> BalanceView {
    BalanceView(
      project: "longscan", allocation: allocation, programme: "playground", funder: "state",
      state: "exhausted", windowStart: 1_793_442_712_000, windowEnd: 1_801_442_712_000,
      granted: 18_000_000_000_000, transferredIn: 3_600_000_000, transferredOut: 3_600_000,
      charged: 9_000_000_000_000, refunded: 3_600_000, expired: 7_200_000, held: 3_600_000,
      deferred: 3_600_000, available: 9_000_000_000_000, overrun: 3_600_000,
      expected: 4_500_000_000_000, asOf: 1_795_442_712_000)
  }

  private func fits(_ lines: [String], _ width: Int = 80) -> Bool {
    lines.allSatisfy { $0.count <= width }
  }

  @Test("balances fit with all their terms, and show how much is used and was to be used")
  func balances() {
    let lines = BalanceTable([balance()], clock).lines(width: 80)
    #expect(fits(lines), "\(lines)")
    let text = lines.joined(separator: " ")
    #expect(text.contains("49.99 %") && text.contains("25.00 %"), "\(text)")
    for word in ["granted", "in", "out", "charged", "refunded", "expired", "held", "deferred"] {
      #expect(text.contains(" \(word)"), "\(word)")
    }
  }

  @Test("a balance says that its award came late")
  func late() {
    var late = balance()
    late.belated = "2026-10"
    for width in [80, 250] {
      let lines = BalanceTable([late], clock).lines(width: width)
      #expect(fits(lines, width), "\(lines)")
      let words = lines.joined(separator: " ").split(separator: " ").joined(separator: " ")
      #expect(words.contains("awarded late: belongs to 2026-10"), "\(words)")
    }
  }

  @Test("a name of 64 letters breaks no cell")
  func longNames() {
    let lines = BalanceTable([balance(String(repeating: "x", count: 64))], clock).lines(width: 80)
    #expect(fits(lines), "\(lines)")
  }

  @Test("as of another moment there is no pace")
  func past() {
    var view = balance()
    view.expected = nil
    let text = BalanceTable([view], clock).lines(width: 200).joined()
    #expect(!text.contains("EXPECTED") && !text.contains(" %"))
  }

  @Test("a ledger fits, with figures in columns and names beneath")
  func ledger() {
    let entry = EntryView(
      id: "debit:by-hand-1k2j3h4g5f6d7s8a9q0w", kind: "transfer-out",
      allocation: "longscan-2026-first", amount: 18_000_000_000_000, from: "available",
      to: "transfers", run: "P104211_117.12", reason: "administrator-cancel",
      corrects: "charge:P104211_117.12/3", effective: 1_763_442_712_000, recorded: 0,
      availableAfter: 9_000_000_000_000, requestedBy: "uid-4294967295",
      approvedBy: "m-0123456789", belated: "2025-10")
    let lines = LedgerText.table([entry], clock, width: 80)
    #expect(fits(lines), "\(lines)")
    #expect(lines.joined(separator: " ").contains("available → transfers"))
    #expect(!lines.joined(separator: " ").contains("longscan-2026-first"))
    var other = entry
    other.allocation = "longscan-2026-second"
    let both = LedgerText.table([entry, other], clock, width: 80)
    #expect(fits(both), "\(both)")
    for name in [entry.allocation, other.allocation] {
      let words = both.joined(separator: " ").split(separator: " ").joined(separator: " ")
      #expect(words.contains("of \(name)"))
      let wide = LedgerText.table([entry, other], clock, width: 250)
      #expect(wide.contains { $0.contains(name) })
    }
  }

  @Test("the audit log fits, with the whole of each line")
  func audit() {
    let line = AuditLineView(
      seq: 1_234_567, at: 1_763_442_712_000, actor: "m-4711", action: "erase-subject",
      object: "member m-4711 of project longscan", result: "refused",
      origin: "socket uid 64001 request 5f/3", detail: "no administrator",
      previous: "", sha256: "")
    let lines = AuditText.table([line], clock, width: 80)
    #expect(fits(lines), "\(lines)")
    #expect(lines.joined(separator: " ").contains("request 5f/3"))
  }

  @Test("a negative amount is refused as one, and no help is printed instead")
  func negative() {
    for word in ["-1 GPU-h", "-0.5 GPU-min", "-.5GPU-s"] {
      let failure = #expect(throws: Failure.self) {
        try NegativeAmount.refuse(in: ["transfer", "a", "b", word])
      }
      #expect(failure?.code == .invalidInput)
      #expect(failure?.text.contains("negative") == true)
    }
    for (command, next) in [
      ("transfer", "swap the two"), ("adjust", "credit is in"), ("refund", "gives back"),
      ("apply", "without the sign"),
    ] {
      let failure = #expect(throws: Failure.self) {
        try NegativeAmount.refuse(in: [command, "a", "-5 GPU-h"])
      }
      #expect(failure?.text.contains(next) == true, "\(command)")
    }
    #expect(throws: Never.self) {
      try NegativeAmount.refuse(in: ["adjust", "debit", "-h", "1 GPU-h", "--", "-1 GPU-h"])
    }
  }

  @Test("a run or an entry of the ledger leads to its job's explanation")
  func explained() {
    for (typed, job) in [
      ("charge:P12.1", "P12"), ("P12_3.1", "P12_3"), ("charge:P12_3.1/2", "P12_3"), ("P12", "P12"),
      ("17", "17"), ("refund:P12.1", "P12"),
    ] {
      #expect(RateExplain.job(typed) == job)
    }
    // What an entry by hand is about, the books know.
    for typed in [
      "refund:by-hand-P13", "refund:by-hand-a:P13", "transfer:by-hand-k:out", "grant:a:1",
    ] {
      #expect(RateExplain.job(typed) == nil)
    }
  }
}
