// Why: the figures and the words on the terminal are what people act on.
import Foundation
import Testing
import Wire

@testable import polder

@Suite("what is printed")
struct OutputTests {
  /// 2026-11-23 14:05:12 UTC, a Monday.
  private let clock = Clock(now: 1_795_442_712_000, zone: .gmt)

  @Test("times are as short as is clear")
  func times() {
    #expect(clock.short(clock.now + 60_000) == "14:06:12")
    #expect(clock.short(clock.now + 86_400_000) == "Tue 24 Nov 14:05:12")
    #expect(clock.short(clock.now + 300 * 86_400_000) == "19 Sep 2027")
    #expect(clock.full(clock.now) == "Mon 23 Nov 2026 14:05:12 UTC")
    #expect(Clock.utc(clock.now) == "2026-11-23T14:05:12Z")
    #expect(clock.away(clock.now + 600_000) == "in 10 min")
    #expect(clock.away(clock.now - 45_000) == "45 s ago")
    #expect(Clock.length(7 * 3600 + 120) == "7 h 2 min")
  }

  @Test("array tasks that stand alike share a row")
  func arrays() {
    let reason = ReasonView(code: "throttle", text: "two run, and two may")
    let tasks =
      (0..<2).map { Sample.task("P3_\($0)", "running") }
      + [2, 3, 4, 7].map { Sample.task("P3_\($0)", "waiting", reason: reason) }
    let lines = JobTable([Sample.job("P3", tasks: tasks)], clock).lines(width: 100)
    #expect(lines.count == 4)
    #expect(lines[1].hasPrefix("P3_[0-1]    primes  anouk  longscan  running"))
    #expect(lines[2].hasPrefix("P3_[2-4,7]  primes  anouk  longscan  waiting"))
    #expect(lines[3] == "    two run, and two may.")
  }

  @Test("what puts a waiting job behind others is said beneath its row and of the job")
  func warned() {
    var job = Sample.job("P3", tasks: [Sample.task("P3", "waiting")])
    job.warnings = [ReasonView(code: "soft-cap", text: "a cap is reached", nextStep: "wait")]
    #expect(JobTable([job], clock).lines(width: 80).last == "    a cap is reached. Next: wait")
    #expect(JobText(job, clock).lines.contains { $0.hasPrefix("Warning") })
    job.tasks[0].state = "running"
    #expect(JobTable([job], clock).lines(width: 80).count == 2)
  }

  @Test("why a job waits and what puts it behind others stand on lines of their own")
  func apart() {
    let reason = ReasonView(code: "cap", text: "a cap is full", nextStep: "wait")
    var job = Sample.job("P3", tasks: [Sample.task("P3", "waiting", reason: reason)])
    job.warnings = [ReasonView(code: "soft-cap", text: "a soft cap is reached")]
    #expect(
      JobTable([job], clock).lines(width: 120).suffix(2)
        == ["    a cap is full. Next: wait", "    a soft cap is reached."])
  }

  @Test("a balance of another moment says as of when, and as known when")
  func balanceMoments() {
    func text(asOf: Int64, knownAt: Int64, suspended: Int64? = nil) -> String {
      let view = BalanceView(
        project: "p", allocation: "a", programme: "x", funder: "f",
        state: suspended == nil ? "active" : "suspended", windowStart: 0,
        windowEnd: clock.now + 1, granted: 1, transferredIn: 0, transferredOut: 0, charged: 0,
        refunded: 0, expired: 0, held: 0, deferred: 0, available: 1, overrun: 0, asOf: asOf,
        knownAt: knownAt, suspendedSince: suspended)
      return BalanceTable([view], clock).lines(width: 200).joined(separator: " ")
    }
    #expect(!text(asOf: clock.now, knownAt: clock.now).contains("as known at"))
    let day: Int64 = 86_400_000
    for (asOf, knownAt) in [(clock.now - day, clock.now), (clock.now, clock.now - day)] {
      let told = text(asOf: asOf, knownAt: knownAt)
      #expect(told.contains("as of \(clock.full(asOf)), as known at \(clock.full(knownAt))"))
      #expect(told.contains("as they are described now"))
    }
    let told = text(asOf: clock.now, knownAt: clock.now, suspended: clock.now - day)
    #expect(told.contains("suspended since Sun 22 Nov 2026 14:05:12 UTC: nothing starts"))
  }

  @Test("a job without a name, as auditors see it, is one still")
  func nameless() {
    var job = Sample.job("P3", tasks: [Sample.task("P3", "waiting")])
    (job.name, job.owner) = ("", "m-7")
    #expect(JobText(job, clock).lines.first?.hasSuffix("P3") == true)
    #expect(JobTable([job], clock).lines(width: 100)[1].hasPrefix("P3  –     m-7"))
  }

  @Test("a quote before a submission says what is held at most, and when more may be charged")
  func quote() {
    var quote = QuoteView(
      project: "p", allocation: "p-1", partition: "gpu", nodes: 1, gpusPerNode: 1, cpusPerNode: 1,
      memoryMiBPerNode: 1, gpuType: nil, tasks: 1, timeLimitSeconds: 3600, graceSeconds: 60,
      weightThousandths: 1000, rateVersion: 1, rateChange: nil, arithmetic: "",
      chargeAtMost: 3_600_000, hold: 3_660_000, available: 7_200_000, held: 0,
      availableAfter: 3_600_000, expectedStart: nil, reason: nil, warnings: [], asOf: clock.now)
    func text() -> String { QuoteText(quote, clock).short.joined(separator: " ") }
    #expect(text().contains("costs 1.0000 GPU-h if it runs to its limit"))
    #expect(text().contains("holds at most 1.0167 GPU-h of allocation p-1"))
    #expect(!text().contains("unless"))
    quote.rateChange = clock.now + 60_000
    quote.otherPartitions = [
      PartitionQuote(
        partition: "big", weightThousandths: 2000, chargeAtMost: 7_200_000, hold: 7_320_000)
    ]
    #expect(text().contains("costs 2.0000 GPU-h") && text().contains("at most 2.0333 GPU-h"))
    #expect(text().contains("unless it starts after Mon 23 Nov 2026 14:06:12 UTC"))
  }

  @Test("a quote tells what is released later, no amount below zero, and a shortened limit")
  func quoteOfLess() {
    var quote = QuoteView(
      project: "p", allocation: "p-1", partition: "gpu", nodes: 1, gpusPerNode: 1, cpusPerNode: 1,
      memoryMiBPerNode: 1, gpuType: nil, tasks: 1, timeLimitSeconds: 7200, graceSeconds: 60,
      weightThousandths: 1000, rateVersion: 1, rateChange: nil, arithmetic: "",
      chargeAtMost: 7_200_000, hold: 7_260_000, available: 3_600_000, held: 0,
      availableAfter: -3_600_000, deferred: 36_000_000, enoughFrom: clock.now, expectedStart: nil,
      reason: nil, warnings: [], asOf: clock.now)
    func words(_ lines: [String]) -> String {
      lines.joined(separator: " ").split(separator: " ").joined(separator: " ")
    }
    let text = words(QuoteText(quote, clock).full)
    let later = "10.0000 GPU-h are released later, enough for this on 2026-11-23"
    #expect(text.contains("0.0000 GPU-h held; \(later) Expected"), "\(text)")
    #expect(words(QuoteText(quote, clock).short).contains(later))
    #expect(!text.contains("-1.0000") && !text.contains("Shortened"))
    quote.shortened = .init(timeLimitSeconds: 3000, chargeAtMost: 3_000_000, hold: 3_060_000)
    for lines in [QuoteText(quote, clock).full, QuoteText(quote, clock).short] {
      #expect(
        words(lines).contains(
          "to 00:50:00, the longest for which it has money and nodes now: at most 0.8333 GPU-h "
            + "charged, 0.8500 GPU-h held"), "\(lines)")
    }
  }

  @Test("of an array a quote tells what all tasks hold, and what it is accepted by")
  func quoteOfArray() {
    let quote = QuoteView(
      project: "p", allocation: "p-1", partition: "gpu", nodes: 1, gpusPerNode: 4, cpusPerNode: 1,
      memoryMiBPerNode: 1, gpuType: nil, tasks: 100, timeLimitSeconds: 86_400, graceSeconds: 60,
      weightThousandths: 4000, rateVersion: 1, rateChange: nil, arithmetic: "",
      chargeAtMost: 400_000 * 86_400, hold: 400_000 * 86_460, available: 0, held: 0,
      availableAfter: 0, expectedStart: nil, reason: nil, warnings: [], asOf: clock.now)
    let text = QuoteText(quote, clock).full.joined(separator: " ")
      .split(separator: " ").joined(separator: " ")
    #expect(text.contains("Hold 9606.6667 GPU-h while all its tasks run"), "\(text)")
    #expect(text.contains("One after the other they need 9600.0667 GPU-h"), "\(text)")
  }

  @Test("the charge is shown with its arithmetic")
  func charge() {
    let run = Sample.run("P5.1", exitCode: 0, charged: 12_000)
    let job = Sample.job("P5", tasks: [Sample.task("P5", "completed", runs: [run])])
    let text = JobText(job, clock).lines.joined(separator: "\n")
    #expect(text.contains("0.0033 GPU-h = 1.000 × 12 s ÷ 3600"))
  }

  @Test("columns are aligned, figures at the right")
  func table() {
    var table = Table(["A", ">B", "C"])
    table.add(["x", "1", "last"])
    table.add(["long", "1000", ""], beneath: "a note that is wrapped")
    #expect(
      table.lines(width: 20) == [
        "A        B  C", "x        1  last", "long  1000", "    a note that is", "    wrapped",
      ])
  }

  @Test("numbers with neighbours are joined")
  func ranges() {
    #expect(Text.ranges([3, 1, 2, 7, 9, 8, 12]) == "1-3,7-9,12")
    #expect(Text.ranges([]) == "")
  }

  @Test("the ledger's CSV quotes what needs it, and its amounts are exact")
  func csv() {
    let entry = EntryView(
      id: "charge:P5.1", kind: "charge", allocation: "a", amount: 12_001, from: "held",
      to: "charged", run: "P5.1", reason: "a \"b\", c", corrects: nil, effective: 0, recorded: 0,
      availableAfter: 5)
    #expect(
      LedgerText.csv([entry])[1]
        == "charge:P5.1,charge,a,P5.1,12001,0.0033,held,charged,\"a \"\"b\"\", c\",,"
        + "1970-01-01T00:00:00Z,1970-01-01T00:00:00Z,5,,,,,,,")
    var late = entry
    (late.requestedBy, late.approvedBy, late.belated) = ("m-1", "m-2", "2026-10")
    #expect(LedgerText.csv([late])[1].hasSuffix(",5,m-1,m-2,2026-10,,,,"))
    #expect(
      LedgerText.csv([late])[0].hasSuffix(
        ",requested_by,approved_by,belated_month,self_approved,note,project,counterpart"))
    let own = EntryView(
      id: "debit:by-hand-k", kind: "debit", allocation: "a", amount: 1, from: "available",
      to: "charged", run: nil, reason: "miscount", corrects: "opening:a", effective: 0, recorded: 0,
      availableAfter: 5, requestedBy: "m-1", approvedBy: "m-1", note: "a course", project: "p")
    #expect(LedgerText.csv([own])[1].hasSuffix(",m-1,m-1,,yes,a course,p,"))
    var moved = own
    (moved.kind, moved.counterpart) = ("transfer-out", "b-1")
    #expect(LedgerText.csv([moved])[1].hasSuffix(",a course,p,b-1"))
    #expect(LedgerText.table([moved], clock, width: 250).joined().contains("; to b-1; "))
    let text = LedgerText.table([own], clock, width: 250).joined()
    #expect(text.contains("self-approved") && text.contains("note: a course"), "\(text)")
  }

  @Test("the ledger tells the year of each entry, who asked and approved, and what came late")
  func ledger() {
    let entry = EntryView(
      id: "refund:by-hand-k", kind: "refund", allocation: "a", amount: 3_600_000, from: "charged",
      to: "available", run: "P5.1", reason: "goodwill", corrects: "charge:P5.1",
      effective: clock.now - 60_000, recorded: 0, availableAfter: 0, requestedBy: "m-1",
      approvedBy: "uid-2", belated: "2026-10")
    for width in [80, 200] {
      let text = LedgerText.table([entry], clock, width: width).joined(separator: " ")
        .split(separator: " ").joined(separator: " ")
      for words in [
        "2026-11-23 14:04:12", "asked for by m-1; approved by uid-2",
        "late: belongs to 2026-10, which was closed",
      ] {
        #expect(text.contains(words), "\(words): \(text)")
      }
    }
  }
}

@Suite("the difference of a description")
struct DifferenceTests {
  private func untouched(_ names: [String]) -> String? {
    let result = ApplyResult(
      changes: [], unchanged: 1, notDescribed: names, refusals: [], applied: false)
    return DifferenceText(result).lines.first
  }

  @Test("names what it leaves alone if that is little, else counts it")
  func leftAlone() {
    #expect(untouched([])?.hasPrefix("No difference") == true)
    #expect(untouched(["Node gn01", "Cap c"]) == "Not described, left alone: Node gn01, Cap c")
    let many = (1...7).map { "Node gn\($0)" } + ["Member m-1", "Member m-2"]
    #expect(untouched(many) == "Not described, left alone: 7 nodes, 2 members")
  }
}

extension DifferenceTests {
  @Test("what follows from it stands on lines that fit")
  func effects() {
    let effect = "the award of longscan-late is late: " + String(repeating: "word ", count: 60)
    let result = ApplyResult(
      changes: [], unchanged: 1, notDescribed: [], refusals: [], applied: false,
      effects: [effect])
    let lines = DifferenceText(result).lines.dropLast()
    #expect(lines.count > 1 && lines.allSatisfy { $0.count <= Terminal.columns })
    #expect(lines.first?.hasPrefix("! the award of longscan-late") == true)
    #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("  word") })
  }
}

@Suite("a report on a terminal")
struct ReportTests {
  private let report = ReportView(
    title: "Access time", from: 0, to: 86_400_000, asOf: 0, made: 0,
    columns: ["period", "share", "mode", "awarded GPU-h", "empty %", "capacity GPU-h"],
    rows: [
      ["1970-01", "The Union and its joint undertaking", "Playground", "10000.0000", "", ""],
      ["1970-01", "The Union and its joint undertaking", "all", "10000.0000", "", ""],
      ["1970-01", "all", "all", "10000.0000", "", "3.5000"],
    ], notes: ["A note."], csv: "")

  @Test("says once what is the same, stacks titles, wraps names, and cuts what is too wide")
  func bands() {
    let lines = ReportText(report, Clock(now: 0, zone: .gmt), width: 48).lines
    #expect(
      lines == [
        "Access time", "period 1970-01; as of Thu 1 Jan 1970 00:00:00",
        "UTC, made Thu 1 Jan 1970 00:00:00 UTC", "",
        "                                 awarded",
        "share             mode             GPU-h",
        "The Union and     Playground  10000.0000",
        "its joint",
        "undertaking",
        "                  all         10000.0000",
        "all               all         10000.0000", "",
        "                              capacity",
        "share             mode           GPU-h",
        "all               all           3.5000", "", "· A note.",
      ])
  }

  @Test("says which months are closed, when and under which form, and which may change")
  func months() {
    var told = report
    told.months = [
      .init(month: "1969-12", closed: 3_600_000, form: 2), .init(month: "1970-01"),
    ]
    told.columns += ["months", "as of"]
    told.rows = told.rows.map { $0 + ["1969-12 closed", "1970-01-01T00:00:00Z"] }
    let lines = ReportText(told, Clock(now: 0, zone: .gmt), width: 120).lines
    #expect(lines[2] == "1969-12 is closed (Thu 1 Jan 1970 01:00:00 UTC, form 2)")
    #expect(lines[3] == "Not closed yet, and may change: 1970-01")
    #expect(!lines.joined().contains("1969-12 closed"), "the column says it for programs")
  }
}
