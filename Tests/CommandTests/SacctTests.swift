// Why: tools read these columns by position and by width, and were written against Slurm's own.
import Foundation
import Testing
import Wire

@testable import polder

@Suite("sacct")
struct SacctTests {
  /// 2026-11-18T12:00:00Z.
  static let now: Int64 = 1_795_003_200
  static let time = SlurmTime(now: now, zone: .gmt)

  static func options(_ words: String...) throws -> SacctOptions {
    try SacctOptions(words, time: time)
  }

  static func lines(_ rows: [AccountingRow], _ words: String...) throws -> [String] {
    let options = try SacctOptions(words, time: time)
    return options.columns.header + SacctRows.chosen(rows, options).map { line($0, options) }
  }

  static func line(_ row: AccountingRow, _ options: SacctOptions) -> String {
    let cells = SacctCells(row: row, cluster: "polder", options: options, time: time)
    return options.columns.line(cells.cell)
  }

  /// Slurm's job 17, which ran for an hour on two nodes with a GPU on each.
  static func row(_ change: (inout AccountingRow) -> Void = { _ in }) -> AccountingRow {
    let share = AccountingShare(
      nodes: 2, cpus: 40, memoryMiB: 256_000, gpus: 2, gpuType: "h100")
    var row = AccountingRow(
      id: "P12", name: "train", user: "anouk", project: "longscan", partition: "gpu",
      state: "completed", submitted: (now - 7200) * 1000, limitSeconds: 5400, asked: share)
    row.slurmJobID = 17
    row.slurmRunID = 17
    (row.uid, row.gid, row.group) = (64011, 64011, "anouk")
    row.eligible = row.submitted
    row.start = (now - 3700) * 1000
    row.end = (now - 100) * 1000
    row.nodes = ["gn01", "gn02"]
    row.allocated = share
    change(&row)
    return row
  }

  @Test("columns, rules and alignment are Slurm's")
  func layout() throws {
    let lines = try Self.lines([Self.row { $0.name = "a-long-name" }])
    #expect(
      lines == [
        "JobID           JobName  Partition    Account  AllocCPUS      State ExitCode ",
        "------------ ---------- ---------- ---------- ---------- ---------- -------- ",
        "17           a-long-na+        gpu   longscan         40  COMPLETED      0:0 ",
      ])
  }

  @Test("a width may be given, negative for the left; figures are never cut, moments are filled")
  func widths() throws {
    let lines = try Self.lines(
      [Self.row()], "-n", "-o", "jobname%-8,User%3,UID%2,Start%10,End%19")
    #expect(lines == ["train    an+ 64011 ########## 2026-11-18T11:58:20 "])
  }

  @Test(
    "fields are parted as they were asked to be",
    arguments: [
      (["-P"], "JobID|User\n17|anouk"), (["-p"], "JobID|User|\n17|anouk|"),
      (["-nP", "--delimiter=,"], "17,anouk"), (["--parsable2", "--noheader"], "17|anouk"),
      (["--parsa", "--delim", " ; "], ""),
    ])
  func parted(words: [String], text: String) throws {
    guard !text.isEmpty else {
      // As getopt: a beginning that two options share is none.
      #expect(throws: SacctFailure.self) { try SacctOptions(words, time: Self.time) }
      return
    }
    let options = try SacctOptions(words + ["--format=JobID,User"], time: Self.time)
    let lines = options.columns.header + [Self.line(Self.row(), options)]
    #expect(lines.joined(separator: "\n") == text)
  }

  /// `classes/OpenXdmod/Shredder/Slurm.php` of Open XDMoD has the names, in this order.
  @Test("the 26 columns that Open XDMoD reads are one call")
  func xdmod() throws {
    let format =
      "jobid,jobidraw,cluster,partition,qos,account,group,gid,user,uid,submit,eligible,start,end,"
      + "elapsed,exitcode,state,nnodes,ncpus,reqcpus,reqmem,reqtres,alloctres,timelimit,nodelist,"
      + "jobname"
    let task = Self.row {
      $0.id = "P13_3"
      ($0.isArray, $0.indices) = (true, [3])
      ($0.slurmJobID, $0.slurmRunID) = (20, 24)
      $0.state = "timed-out"
    }
    let lines = try Self.lines(
      [Self.row(), task], "--allusers", "--parsable2", "--noheader", "--allocations",
      "--duplicates", "--clusters", "polder", "--format", format, "--state",
      "CANCELLED,COMPLETED,FAILED,NODE_FAIL,PREEMPTED,TIMEOUT,OUT_OF_MEMORY", "--starttime",
      "2026-11-18T00:00:00", "--endtime", "2026-11-18T12:00:00")
    let rest =
      "|polder|gpu|normal|longscan|anouk|64011|anouk|64011|2026-11-18T10:00:00|"
      + "2026-11-18T10:00:00|2026-11-18T10:58:20|2026-11-18T11:58:20|01:00:00|0:0|"
    let tail =
      "|2|40|40|250G|cpu=40,gres/gpu:h100=2,gres/gpu=2,mem=250G,node=2|"
      + "cpu=40,gres/gpu:h100=2,gres/gpu=2,mem=250G,node=2|01:30:00|gn[01-02]|train"
    #expect(
      lines == ["17|17" + rest + "COMPLETED" + tail, "20_3|24" + rest + "TIMEOUT" + tail])
    #expect(
      lines.allSatisfy { $0.split(separator: "|", omittingEmptySubsequences: false).count == 26 })
  }

  @Test(
    "states are Slurm's words",
    arguments: [
      ("waiting", "PENDING"), ("running", "RUNNING"), ("completed", "COMPLETED"),
      ("failed", "FAILED"), ("cancelled", "CANCELLED"), ("timed-out", "TIMEOUT"),
      ("out-of-memory", "OUT_OF_MEMORY"), ("node-failed", "NODE_FAIL"), ("lost", "NODE_FAIL"),
      ("boot-failed", "BOOT_FAIL"), ("preempted", "PREEMPTED"), ("refused", "CANCELLED"),
    ])
  func states(state: String, word: String) {
    #expect(SacctCells.state(of: Self.row { $0.state = state }) == word)
  }

  @Test("what waits has no times and no nodes, and asks for what it asks for")
  func waiting() throws {
    let waiting = Self.row {
      $0.state = "waiting"
      ($0.isArray, $0.indices, $0.throttle) = (true, [0, 1, 2, 7], 2)
      ($0.start, $0.end, $0.allocated, $0.nodes) = (nil, nil, nil, [])
      ($0.reason, $0.priority) = ("dependency", 812)
    }
    let lines = try Self.lines(
      [waiting], "-nP", "-o",
      "JobID,JobIDRaw,State,Start,End,Elapsed,NodeList,AllocNodes,NNodes,AllocTRES,Reason,Priority")
    #expect(
      lines == [
        "17_[0-2,7%2]|17|PENDING|Unknown|Unknown|00:00:00|None assigned|0|2||Dependency|812"
      ])
  }

  @Test("what was cancelled before it began has an end, and None for a start")
  func neverBegan() throws {
    let cancelled = Self.row {
      ($0.state, $0.start, $0.allocated, $0.nodes) = ("cancelled", nil, nil, [])
    }
    #expect(
      try Self.lines([cancelled], "-nP", "-o", "State,Start,End,Elapsed")
        == ["CANCELLED|None|2026-11-18T11:58:20|00:00:00"])
  }

  @Test("what Polder does not know is empty, and all columns of Slurm's are there")
  func unknown() throws {
    #expect(
      try Self.lines([Self.row()], "-nP", "-o", "MaxRSS,TotalCPU,NTasks,WCKey,User")
        == ["||||anouk"])
    #expect(try Self.options("-o", "ALL").columns.fields.count == SacctField.all.count)
    #expect(
      SacctField.help(of: SacctField.all)[0].hasPrefix(
        "Account             AdminComment        AllocCPUS "))
  }

  @Test("without -D a job that was requeued is told once, as it stands")
  func requeued() throws {
    let first = Self.row { $0.state = "node-failed" }
    let rows = [first, Self.row()]
    #expect(try Self.lines(rows, "-nP", "-o", "State") == ["COMPLETED"])
    #expect(try Self.lines(rows, "-nPD", "-o", "State") == ["NODE_FAIL", "COMPLETED"])
  }

  @Test("a shell's sum for a signal is taken off the exit code, as in Slurm")
  func exitCodes() throws {
    let rows = [Self.row { ($0.exitCode, $0.signal) = (137, 9) }]
    #expect(try Self.lines(rows, "-nP", "-o", "ExitCode") == ["9:9"])
  }

  @Test(
    "a state is asked of the time that is asked for",
    arguments: [
      ("RUNNING", "11:00", "11:30", true), ("RUNNING", "10:00", "10:30", false),
      ("PENDING", "10:00", "10:30", true), ("PENDING", "11:00", "11:30", false),
      ("CD", "11:00", "12:00", true), ("CD", "11:00", "11:30", false),
      ("completed,f", "11:00", "12:00", true), ("TO", "11:00", "12:00", false),
    ])
  func statesInTime(state: String, from: String, until: String, isTold: Bool) throws {
    let lines = try Self.lines([Self.row()], "-n", "-s", state, "-S", from, "-E", until)
    #expect(lines.count == (isTold ? 1 : 0))
  }

  @Test("times are truncated to what was asked for with -T")
  func truncated() throws {
    #expect(
      try Self.lines(
        [Self.row()], "-nPT", "-S", "11:00", "-E", "11:30", "-o", "Start,End,ElapsedRaw")
        == ["2026-11-18T11:00:00|2026-11-18T11:30:00|1800"])
  }
}
