// Why: lists that people look at most are to be read as tables in a terminal of 80 columns.
import ArgumentParser
import Foundation
import Testing
import Wire

@testable import polder

@Suite("what fits into 80 columns")
struct LittleRoomTests {
  /// 2026-11-23 14:05:12 UTC, a Monday.
  private let clock = Clock(now: 1_795_442_712_000, zone: .gmt)
  private let day: Int64 = 86_400_000

  private func fits(_ lines: [String], _ width: Int = 80) -> Bool {
    lines.allSatisfy { $0.count <= width }
  }

  private func job(_ id: String, _ owner: String, _ project: String) -> JobView {
    var run = Sample.run("\(id).1")
    run.start = clock.now - 240_000
    var job = Sample.job(id, tasks: [Sample.task(id, "running", runs: [run])])
    (job.name, job.owner, job.project) = ("training", owner, project)
    return job
  }

  @Test("a list of jobs is a table: it does not say how far a start is, and leaves the limit out")
  func jobs() {
    var waiting = job("P1204", "fatima", "cropwatch")
    waiting.tasks = [
      Sample.task("P1204", "waiting", expectedStart: clock.now + day),
      Sample.task("P1204", "waiting", expectedStart: clock.now + 60_000),
    ]
    let lines = JobTable([job("P1203", "gijs", "flood"), waiting], clock).lines(width: 80)
    #expect(
      lines == [
        "ID     NAME      OWNER   PROJECT    STATE    NODES×GPUS  START (UTC)",
        "P1203  training  gijs    flood      running         1×1  14:01:12",
        "P1204  training  fatima  cropwatch  waiting         1×1  expected 24 Nov 14:05",
        "P1204  training  fatima  cropwatch  waiting         1×1  expected 14:06",
        "No room for LIMIT (00:02:00 throughout): --format json has it.",
      ])
    let wide = JobTable([job("P1203", "gijs", "flood"), waiting], clock).lines(width: 120)
    #expect(wide[1].contains("00:02:00  14:01:12 (4 min ago)"))
  }

  @Test("what is the same of all jobs is left out first, and told once")
  func throughout() {
    let both = [
      job("P1204_[0-9,12]", "fatima", "cropwatch"), job("P1205", "gijs", "cropwatch"),
    ]
    let lines = JobTable(both, clock).lines(width: 76)
    #expect(fits(lines, 76))
    #expect(lines.first?.contains("LIMIT") == true && lines.first?.contains("PROJECT") == false)
    #expect(lines.last == "No room for PROJECT (cropwatch throughout): --format json has it.")
  }

  @Test("a long name is cut, so that the list stays one")
  func longName() {
    var long = job("P1204", "fatima", "cropwatch")
    long.name = String(repeating: "x", count: 200)
    let lines = JobTable([long], clock).lines(width: 80)
    #expect(fits(lines) && lines.first?.hasPrefix("ID ") == true)
    #expect(lines[1].contains("xxxxxxx…  "))
    #expect(JobTable([long], clock).lines(width: 40).contains { $0.hasPrefix("  NAME") })
  }

  private func balance(_ allocation: String, expired: Int64, end: Int64) -> BalanceView {
    BalanceView(
      project: "p", allocation: allocation, programme: "x", funder: "f", state: "active",
      windowStart: 0, windowEnd: end, granted: 7_200_000, transferredIn: 0, transferredOut: 0,
      charged: 0, refunded: 0, expired: expired, held: 0, deferred: 0,
      available: 7_200_000 - expired, overrun: 0, asOf: clock.now, knownAt: clock.now)
  }

  @Test("a line of a balance tells what it has, and not what only others have")
  func ownTerms() {
    let both = [
      balance("a-1", expired: 0, end: clock.now + day),
      balance("a-2", expired: 3_600_000, end: clock.now),
    ]
    let text = BalanceTable(both, clock).lines(width: 60).joined(separator: "\n")
    #expect(text.contains("p: 2.0000 granted − 0.0000 charged − 0.0000 held\n"))
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("2.0000 granted − 0.0000 charged − 1.0000 expired − 0.0000 held"))
    for width in [60, 200] {
      let text = BalanceTable(both, clock).lines(width: width).joined(separator: " ").lowercased()
      for word in [" in ", " out ", "deferred", "refunded"] {
        #expect(!text.replacing("in gpu-hours", with: "").contains(word), "\(word): \(text)")
      }
    }
    var moved = both
    moved[1].transferredIn = 3_600_000
    #expect(BalanceTable(moved, clock).lines(width: 200)[0].contains("  IN  "))
    #expect(!BalanceTable(moved, clock).lines(width: 200)[0].contains("  OUT  "))
  }

  @Test("the end of a window is told as its last day, in UTC, wherever a day is told")
  func lastDay() {
    // 2026-12-01T00:00Z: two hours into the day in Helsinki.
    let end: Int64 = 1_796_083_200_000
    #expect(Clock.lastDay(before: end) == "2026-11-30")
    #expect(Clock.lastDay(before: end + 1) == "2026-12-01")
    let east = Clock(now: clock.now, zone: TimeZone(secondsFromGMT: 7200) ?? .gmt)
    for width in [60, 200] {
      let lines = BalanceTable([balance("a-1", expired: 0, end: end)], east).lines(width: width)
      #expect(lines[0].hasSuffix("LAST DAY") && lines[1].contains("  2026-11-30"), "\(lines)")
    }
    let forecast = PaceView.Forecast(runsOut: nil, left: 3_600_000)
    var pace = PaceView(
      project: "p", allocation: "a-1", programme: "x", windowStart: 0, windowEnd: end,
      asOf: clock.now, awarded: 7_200_000, used: 0, expected: 0, left: 3_600_000,
      recently: forecast, throughout: forecast, monthsUnderUse: [], isUnderUsed: false)
    #expect(PaceText.table([pace], east, width: 80)[1].hasSuffix("left after 2026-11-30"))
    pace.asOf = end
    #expect(PaceText.table([pace], east, width: 80)[1].hasSuffix("ended, last day 2026-11-30"))
  }

  @Test("a cap in per cent says of which capacity, and that reports have another one")
  func caps() {
    var cap = CapView(
      id: "commercial-eurohpc", scope: "commercial use under eurohpc", strength: "hard",
      limit: 36_000_000, used: 0, held: 0, from: 0, to: 1_798_761_600_000)
    let amount = BooksText.table([cap], clock, width: 80)
    #expect(fits(amount) && !amount.joined().contains("Planned capacity"))
    #expect(amount[1].hasSuffix("2026-12-31"))
    cap.partOf = "20.00 % of the share of eurohpc in the planned capacity of the whole period"
    let lines = BooksText.table([cap], clock, width: 80)
    let words = lines.flatMap { $0.split(separator: " ") }.joined(separator: " ")
    #expect(fits(lines) && words.contains("use under eurohpc; 20.00 % of the share of eurohpc in"))
    #expect(words.contains("in % of what was available so far."))
  }

  @Test("sentences of exit codes, of the audit log and of what-if are wrapped")
  func sentences() {
    let codes = ExitCodes.lines(width: 80)
    #expect(fits(codes) && codes.contains { $0.hasPrefix("    ") })
    #expect(fits(ExitCodes.lines(width: 40), 40))
    #expect(ExitCodes.configuration.discussion.split(separator: "\n").allSatisfy { $0.count <= 80 })
    let head = AuditHeadView(
      seq: 1_234_567, sha256: String(repeating: "a", count: 64),
      text: "1234567:" + String(repeating: "a", count: 64))
    let check = AuditCheckView(head: head, lines: 1_234_567, finding: nil)
    let sound = AuditText.sound(check, expected: "1200000:abc", width: 80)
    #expect(fits(sound) && sound.last == head.text)
    #expect(sound.joined(separator: " ").contains("line 1200000 is the one kept outside"))
    let answer = WhatIfView(
      moved: [
        .init(
          task: "P104211_117", project: String(repeating: "x", count: 30),
          before: clock.now + day, after: clock.now + 2 * day)
      ], movedCount: 1, sooner: 0, later: 1, unchanged: 4, added: clock.now + day,
      addedReason: ReasonView(code: "x", text: String(repeating: "word ", count: 40)),
      asOf: clock.now)
    let lines = WhatIfText.lines(answer, clock, addsJob: true, width: 80)
    #expect(fits(lines), "\(lines)")
    #expect(lines.contains { $0.contains("24 Nov 14:05  25 Nov 14:05  +24 h 00 min") })
  }
}

@Suite("a report in 80 columns")
struct NarrowReportTests {
  private let clock = Clock(now: 0, zone: .gmt)
  private let union = "The Union and its joint undertaking"

  private func lines(_ columns: [String], _ rows: [[String]]) -> [String] {
    let report = ReportView(
      title: "A report", from: 0, to: 1, asOf: 0, made: 0, columns: columns, rows: rows, notes: [],
      csv: "")
    return ReportText(report, clock, width: 80).lines
  }

  @Test("a single row is a table like any other: what names it but its last name stands above")
  func single() {
    let lines = lines(
      ["period", "system", "share", "mode", "awarded GPU-h", "used GPU-h", "only"],
      [
        [
          "1970-01-01/1970-01-31", "Groningen AI Factory", union, "Playground", "1.0000", "2.0000",
          "programme playground",
        ]
      ])
    let head = lines.joined(separator: " ")
    for word in ["period 1970-01-01/1970-01-31", "share \(union)", "only programme playground"] {
      #expect(head.contains(word), "\(word)")
    }
    #expect(
      lines.suffix(4) == [
        "", "            awarded    used", "mode          GPU-h   GPU-h",
        "Playground   1.0000  2.0000",
      ])
  }

  @Test("names that follow from others give way to figures, and no line is too wide")
  func manyNames() {
    let projects = ["cropwatch", "dialect", "longscan"]
    let rows = projects.map { id in
      [
        id == "dialect" ? "Dutch state" : union, "Regional innovation", id, "org-of-\(id)",
        "\(id)-1", "other", "1.0000", "2.00",
      ]
    }
    let lines = lines(
      ["share", "mode", "project", "organisation", "allocation", "use", "delivered GPU-h", "EUR"],
      rows)
    #expect(lines.allSatisfy { $0.count <= 80 }, "\(lines)")
    #expect(lines.contains { $0.contains("longscan-1") && $0.contains("  1.0000  2.00") })
    #expect(lines.contains { $0.hasPrefix("longscan") && $0.contains("  The Union") })
  }
}
