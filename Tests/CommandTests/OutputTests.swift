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
        + "1970-01-01T00:00:00Z,1970-01-01T00:00:00Z,5")
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
    #expect(untouched(many) == "Not described, left alone: 7 Node, 2 Member")
  }
}

@Suite("a report on a terminal")
struct ReportTests {
  private let report = ReportView(
    title: "Access time", from: 0, to: 86_400_000, asOf: 0,
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
        "Access time", "period 1970-01; as of Thu 1 Jan 1970 00:00:00", "UTC", "",
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
}
