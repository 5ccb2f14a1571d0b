// Why: who repeats an act, asks for an allocation that is over, or erases somebody twice acts on what
// the terminal says of it.
import ArgumentParser
import Foundation
import Testing
import Wire

@testable import polder

@Suite("what acts by hand say")
struct ActTextTests {
  /// 2026-11-23 14:05:12 UTC, a Monday.
  private let clock = Clock(now: 1_795_442_712_000, zone: .gmt)

  @Test("a repeated act says when and by whom it was done, and whose note stands")
  func again() {
    let view = PostingView(
      again: true,
      entries: [
        .init(id: "credit:by-hand-k", kind: "credit", allocation: "a-1", amount: 3_600_000)
      ],
      first: .init(recorded: clock.now - 86_400_000, requestedBy: "m-1", approvedBy: "m-2"))
    let text = BooksText.lines(view, clock, width: 200).joined(separator: " ")
    #expect(
      text.hasPrefix(
        "Already done on Sun 22 Nov 2026 14:05:12 UTC, by m-1, approved by m-2; nothing was written."
      ))
    #expect(text.contains("The note and the approver of then stand, not those of this command."))
    #expect(text.contains("credit:by-hand-k"))
  }

  @Test("a key that can't be used is told as --key, before anything is sent")
  func key() throws {
    for key in ["a b", "", String(repeating: "k", count: 121)] {
      let options = try ActOptions.parse(["--approved-by", "beheer", "--key", key])
      let failure = #expect(throws: Failure.self) { _ = try options.chosenKey() }
      #expect(failure?.code == .usage && failure?.text.hasPrefix("polder: --key has 1 to") == true)
    }
    let options = try ActOptions.parse(["--approved-by", "beheer", "--key", "a-1_b.c:d"])
    #expect(try options.chosenKey() == "a-1_b.c:d")
  }

  @Test("an erasure that was done before says when, and does not say that it erased")
  func erased() {
    let first = ErasureView(member: "m-1", jobNames: 2, payloads: 1)
    #expect(
      PrivacyErase.text(first, clock)
        == "m-1 is an opaque id now: 2 names of jobs and 1 payload erased. Sums and entries are as "
        + "they were.")
    var again = ErasureView(member: "m-1", jobNames: 0, payloads: 0, before: clock.now)
    #expect(
      PrivacyErase.text(again, clock)
        == "m-1 was erased on Mon 23 Nov 2026 14:05:12 UTC; nothing was left to erase.")
    again.payloads = 1
    #expect(PrivacyErase.text(again, clock).contains("1 payload that came since are erased now"))
  }

  @Test("a suspended allocation has no forecast by its pace")
  func suspended() {
    let forecast = PaceView.Forecast(runsOut: nil, left: 3_600_000)
    func text(_ suspended: Int64?) -> String {
      PaceText.table(
        [
          PaceView(
            project: "p", allocation: "a-1", programme: "x", windowStart: 0,
            windowEnd: clock.now + 86_400_000, asOf: clock.now, awarded: 7_200_000, used: 3_600_000,
            expected: 0, left: 3_600_000, recently: forecast, throughout: forecast,
            monthsUnderUse: [], isUnderUsed: false, suspendedSince: suspended)
        ], clock, width: 200
      ).joined(separator: "\n")
    }
    #expect(text(clock.now).contains("none: suspended"))
    #expect(text(nil).contains("1.0000 left after 2026-11-24"))
  }

  @Test("entries of many projects name their project and allocation, in wide and in narrow tables")
  func projects() {
    var entry = EntryView(
      id: "grant:a-1", kind: "grant", allocation: "a-1", amount: 3_600_000, from: "funding",
      to: "available", run: nil, reason: nil, corrects: nil, effective: 0, recorded: 0,
      availableAfter: 3_600_000)
    entry.project = "longscan"
    let wide = LedgerText.table([entry], clock, ofMany: true, width: 250)
    #expect(wide.first?.contains("PROJECT") == true && wide[1].contains("longscan"))
    let narrow = LedgerText.table([entry], clock, ofMany: true, width: 80).joined(separator: " ")
    #expect(narrow.contains("of a-1; project longscan"))
    #expect(!LedgerText.table([entry], clock, width: 250).joined().contains("longscan"))
  }

  @Test("GPUs of a run that nobody saw begin are counted, where their devices are not recorded")
  func adopted() {
    var run = Sample.run("P1.1", exitCode: 0, charged: 12_000)
    #expect(lines(run).contains("gn01:0"))
    run.devices = []
    run.gpusPerNode = 2
    #expect(lines(run).contains("2 GPUs (which of them is not recorded)"))
    run.nodes = ["gn01", "gn02"]
    #expect(lines(run).contains("2 GPUs on each node (which"))
    run.gpusPerNode = 0
    #expect(!lines(run).contains("GPUs  "))
  }

  private func lines(_ run: RunView) -> String {
    JobText(Sample.job("P1", tasks: [Sample.task("P1", "completed", runs: [run])]), clock).lines
      .joined(separator: "\n")
  }

  @Test("of another moment the end of a window is a day, and no distance from now")
  func ends() {
    func text(asOf: Int64) -> String {
      BalanceTable(
        [
          BalanceView(
            project: "p", allocation: "a-1", programme: "x", funder: "f", state: "active",
            windowStart: 0, windowEnd: clock.now - 31 * 86_400_000, granted: 0, transferredIn: 0,
            transferredOut: 0, charged: 0, refunded: 0, expired: 0, held: 0, deferred: 0,
            available: 0, overrun: 0, asOf: asOf, knownAt: clock.now)
        ], clock
      ).lines(width: 250).joined(separator: "\n")
    }
    #expect(text(asOf: clock.now).contains("2026-10-23 (31 days ago)"))
    let then = text(asOf: clock.now - 60 * 86_400_000)
    #expect(then.contains("2026-10-23") && !then.contains("days ago"))
  }

  @Test("a report's notes on columns that are empty are left out")
  func notes() {
    let report = ReportView(
      title: "Access time", from: 0, to: 0, asOf: 0, made: 0,
      columns: ["share", "awarded GPU-h", "% of commercial cap"],
      rows: [["a", "1.0000", ""], ["b", "2.0000", ""]],
      notes: ["Awarded: grants.", "Commercial cap: a part of it.", "All is rounded."], csv: "")
    let text = ReportText(report, clock, width: 100).lines.joined(separator: "\n")
    #expect(text.contains("Awarded: grants.") && text.contains("All is rounded."))
    #expect(!text.contains("Commercial cap"))
  }

  @Test("the exit codes name what ends with 1")
  func exitCodes() {
    #expect(ExitStatus.jobFailed.meaning.contains("period verify"))
  }
}
