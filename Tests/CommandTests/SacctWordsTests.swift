// Why: what sacct takes must be taken, and what it refuses be refused in its words, or tools that try
// an option and look at the complaint go another way than with Slurm.
import Foundation
import Testing
import Wire

@testable import polder

@Suite("the words of sacct")
struct SacctWordsTests {
  private func options(_ words: [String], isRoot: Bool = false) throws -> SacctOptions {
    try SacctOptions(words, time: SacctTests.time, isRoot: isRoot)
  }

  @Test(
    "refusals are in sacct's words",
    arguments: [
      (["-o", "nonsense"], "sacct: error: Invalid field requested: \"nonsense\""),
      (["-o", "AllocGRES"], "sacct: fatal: AllocGRES has been removed, please use AllocTRES"),
      (["-1"], "sacct: invalid option -- '1'"),
      (["--nonsense"], "sacct: unrecognized option '--nonsense'"),
      (["-o"], "sacct: option requires an argument -- 'o'"),
      (["--format"], "sacct: option '--format' requires an argument"),
      (["--allusers=1"], "sacct: option '--allusers' doesn't allow an argument"),
      (["-s", "XX"], "sacct: fatal: unrecognized job state value 'XX'"),
      (["--units=X"], "sacct: fatal: Invalid unit type"),
      (["-j", "x"], "sacct: fatal: Bad job/step specified: x"),
      (["word"], "sacct: error: Unknown arguments:\nsacct: error:  word"),
      (["-S", "soon"], "Invalid time specification (pos=0): soon"),
      (
        ["-S", "12:00", "-E", "11:00"],
        "sacct: error: Start time (2026-11-18T12:00:00) requested is after end time "
          + "(2026-11-18T11:00:00)."
      ),
    ])
  func refused(words: [String], line: String) throws {
    let failure = #expect(throws: SacctFailure.self) { try options(words) }
    #expect(failure?.line(of: "sacct") == line)
  }

  @Test("columns are named in any case, by beginnings, with blanks between them")
  func names() throws {
    let names = try options(["-o", "jobid, STATE,nodel", "--format=elapsedr"]).columns.fields.map(
      \.name)
    #expect(names == ["JobID", "State", "NodeList", "ElapsedRaw"])
    #expect(try options(["-b"]).columns.fields.map(\.name) == ["JobID", "State", "ExitCode"])
    #expect(try options(["-l"]).columns.fields.count == 54)
  }

  @Test(
    "jobs are named as Slurm's users know them, as Polder's, in lists and ranges",
    arguments: [
      ("17", ["17"]), ("17,18_3,P12", ["17", "18_3", "P12"]),
      ("18_[1-3,7],19", ["18_1", "18_2", "18_3", "18_7", "19"]),
    ])
  func jobs(text: String, ids: [String]) throws {
    let query = try options(["-j", text]).query
    #expect(query.jobs == ids && query.everyone && query.from == nil)
  }

  @Test("without a time it is today's, with states the present moment, with ids all")
  func times() throws {
    let midnight: Int64 = 1_794_960_000_000
    #expect(try options([]).query.from == midnight)
    #expect(try options([]).query.before == nil)
    #expect(try options(["-s", "R"]).query.from == SacctTests.now * 1000)
    #expect(try options(["-s", "R"]).query.before == SacctTests.now * 1000 + 1000)
    #expect(try options(["-j", "1", "-s", "CD"]).query.from == nil)
  }

  @Test("a member asks for own jobs, with ids or -a for all that it may see, root for all")
  func users() throws {
    #expect(try !options([]).query.everyone)
    #expect(try options([], isRoot: true).query.everyone)
    #expect(try options(["-a"]).query.everyone)
    #expect(try options(["-u", "anouk,64012"]).query.users == ["anouk", "64012"])
    #expect(try !options(["-u", "anouk"], isRoot: true).query.everyone)
  }

  @Test(
    "moments are read as Slurm reads them",
    arguments: [
      ("2026-11-17", "2026-11-17T00:00:00"), ("2026-11-17T08:30", "2026-11-17T08:30:00"),
      ("2026-11-17T08:30:15", "2026-11-17T08:30:15"), ("11/17", "2026-11-17T00:00:00"),
      ("1217", "2025-12-17T00:00:00"), ("111725", "2025-11-17T00:00:00"),
      ("11/17/25-14:00", "2025-11-17T14:00:00"), ("11.17", "2026-11-17T00:00:00"),
      ("08:30", "2026-11-18T08:30:00"), ("8:30PM", "2026-11-18T20:30:00"),
      ("now", "2026-11-18T12:00:00"), ("now-2days", "2026-11-16T12:00:00"),
      ("now+1hour", "2026-11-18T13:00:00"), ("now-90", "2026-11-18T11:58:30"),
      ("today", "2026-11-18T00:00:00"), ("tomorrow", "2026-11-19T00:00:00"),
      ("noon", "2026-11-18T12:00:00"), ("midnight", "2026-11-18T00:00:00"),
      ("2026-11-16T11:00", "2026-11-16T11:00:00"), ("uts1795003200", "2026-11-18T12:00:00"),
    ])
  func moments(text: String, moment: String) throws {
    let time = SacctTests.time
    #expect(time.text(try time.read(text), width: 19) == moment)
  }

  @Test("SLURM_TIME_FORMAT has its way")
  func timeFormat() {
    let time = SlurmTime(now: 0, zone: .gmt, format: "%s")
    #expect(time.text(SacctTests.now, width: 19) == "1795003200")
    let day = SlurmTime(now: 0, zone: .gmt, format: "%d.%m.%y %R")
    #expect(day.text(SacctTests.now, width: 19) == "18.11.26 12:00")
  }

  @Test(
    "nodes are written as Slurm writes them",
    arguments: [
      (["gn01"], "gn01"), (["gn01", "gn02", "gn03"], "gn[01-03]"),
      (["gn01", "gn03"], "gn[01,03]"), (["gn9", "gn10", "gn11"], "gn[9-11]"),
      (["gn09", "gn10"], "gn[09-10]"), (["a1", "b1"], "a1,b1"), (["login"], "login"),
      (["gn10", "gn9"], "gn[9-10]"),
    ])
  func nodes(names: [String], text: String) {
    #expect(HostList.compressed(names) == text)
    #expect(NodeRanges.expanded(text).sorted() == names.sorted())
  }

  @Test(
    "memory is in the largest unit that loses nothing, or in the one that was asked for",
    arguments: [
      (128_000, nil, true, "125G"), (1000, nil, true, "1000M"), (1536, nil, true, "1.50G"),
      (512_000, nil, true, "500G"), (0, nil, true, "0"), (2048, nil, false, "2048M"),
      (128_000, "K", true, "131072000K"), (1000, "G", true, "0.98G"),
      (1_048_576, nil, true, "1T"),
    ] as [(Int, Character?, Bool, String)])
  func memory(count: Int, unit: Character?, converts: Bool, text: String) {
    #expect(SacctNumber.mebibytes(count, unit: unit, converts: converts) == text)
  }

  @Test("it is sacct under that name, wherever it lies, and as polder sacct")
  func commandNames() {
    #expect(SlurmTools.reading(["/usr/local/bin/sacct", "-n"])?.words == ["-n"])
    #expect(SlurmTools.reading(["polder", "sacct", "-h"])?.words == ["-h"])
    #expect(SlurmTools.reading(["polder", "job", "sacct"]) == nil)
    #expect(SlurmTools.reading(["polder"]) == nil)
  }
}
