// SPDX-License-Identifier: GPL-2.0-or-later
import BridgeProtocol
import Testing

@testable import SlurmControl

@Suite struct EndedRunLineTests {
  /// A line as slurmctld 22.05.8 writes it.
  static func line(
    id: Int = 26, name: String = "probe", state: String = "COMPLETED",
    start: String = "2026-11-23T21:34:20", nodes: String = "gn[01-02]", folder: String = "/tmp",
    array: String = "", limit: Int = 3, end: String = "2026-11-23T21:34:22",
    submit: String = "2026-11-23T21:34:19"
  ) -> Substring {
    Substring(
      "JobId=\(id) UserId=anouk(64005) GroupId=anouk(64005) Name=\(name) JobState=\(state) "
        + "Partition=gpu TimeLimit=\(limit) StartTime=\(start) EndTime=\(end) "
        + "NodeList=\(nodes) NodeCnt=2 ProcCnt=8 WorkDir=\(folder) ReservationName= "
        + "Tres=cpu=8,mem=16000M,node=1,billing=8 Account=longscan QOS= WcKey= Cluster=unknown "
        + "SubmitTime=\(submit) EligibleTime=\(submit)\(array) "
        + "DerivedExitCode=0:0 ExitCode=7:15 ")
  }

  private func run(_ line: Substring) -> EndedRun? {
    if case .run(let run) = EndedRunLine(line) { run } else { nil }
  }

  @Test("a line gives the run with its times, nodes and exit")
  func readsARun() throws {
    let read = try #require(run(Self.line()))
    #expect(read.jobID == 26 && read.uid == 64005 && read.account == "longscan")
    #expect(read.state == .completed && read.nodes == ["gn01", "gn02"])
    #expect(read.exit == ExitStatus(code: 7, signal: 15))
    let (start, end) = try #require(
      read.times.start.flatMap { s in read.times.end.map { (s, $0) } })
    #expect(end - start == 2)
  }

  @Test("a task's line names its array")
  func readsATask() throws {
    let read = try #require(run(Self.line(array: " ArrayJobId=6 ArrayTaskId=2")))
    #expect(read.arrayJobID == 6 && read.arrayTask == 2)
  }

  @Test("a job that was cancelled while it waited never started")
  func readsNoStart() throws {
    let read = try #require(run(Self.line(state: "CANCELLED", nodes: "(null)")))
    #expect(read.times.start == nil && read.nodes.isEmpty && read.times.end != nil)
  }

  @Test("a run that was put back, as scontrol requeue does, has ended and is to be charged")
  func readsWhatWasPutBack() throws {
    let read = try #require(run(Self.line(state: "PENDING")))
    #expect(read.state == .preempted && read.times.start != nil)
  }

  @Test("a run that shrinks has not ended")
  func ignoresResizing() {
    guard case .ignored = EndedRunLine(Self.line(state: "RESIZING")) else {
      Issue.record("a resize was taken for an end")
      return
    }
  }

  @Test(
    "whatever name and folder hold, the line says what slurmctld said",
    arguments: [
      "a b", "lr=0.1 x", "é 名", "", " ", "|", "\\", "\"'`$(x)", "x JobState=COMPLETED",
      "x EndTime=2030-01-01T00:00:00", "a ArrayTaskId=1 Name=b", "a ArrayJobId=7 ArrayTaskId=1",
      "x JobState=FAILED ExitCode=0:0 EndTime=2026-01-01T00:00:00", "JobState=FAILED",
      "x JobState=FAILED Partition=gpu TimeLimit=3 StartTime=Unknown", "x DerivedExitCode=0:0 ",
      "a ReservationName= Tres= Account=other QOS= WcKey= Cluster= SubmitTime= EligibleTime=",
      String(repeating: "x JobState=", count: 400),
    ])
  func readsAnyText(text: String) throws {
    for line in [Self.line(name: text), Self.line(folder: "/" + text)] {
      let read = try #require(run(line), "\(line)")
      #expect(read.name == text || read.name == "probe")
      #expect(read.jobID == 26 && read.state == .completed && read.nodes == ["gn01", "gn02"])
      #expect(read.arrayJobID == nil && read.arrayTask == nil && read.account == "longscan")
      #expect(read.exit == ExitStatus(code: 7, signal: 15))
    }
    #expect(try #require(run(Self.line(name: text))).name == text)
  }

  @Test("a name that imitates a whole row of keys makes the line unreadable, not wrong")
  func refusesForgery() {
    let row =
      "x JobState=FAILED Partition=gpu TimeLimit=3 StartTime=2026-01-01T00:00:00 "
      + "EndTime=2026-01-01T00:00:01 NodeList=gn01 NodeCnt=1 ProcCnt=1 WorkDir=/tmp"
    #expect(run(Self.line(name: row)) == nil)
    #expect(run(Self.line(folder: "/" + row)) == nil)
    #expect(RecordText.fault(in: row) != nil, "and is refused before")
  }

  @Test(
    "texts that could be read otherwise are refused with what is wrong",
    arguments: [
      ("x JobState=FAILED", "' JobState='"), ("a ArrayTaskId=1", "' ArrayTaskId='"),
      ("a\nJobId=7", "control"), ("a\tb", "control"), ("\u{7F}", "control"),
      ("x JobState=\u{301}", "' JobState='"), (String(repeating: "x", count: 4096), "1024"),
    ])
  func faults(text: String, words: String) {
    #expect(RecordText.fault(in: text)?.contains(words) == true)
  }

  @Test("other texts are taken", arguments: ["a b", "State=1 x=2", "JobState=1", "| \" \\ é"])
  func noFaults(text: String) { #expect(RecordText.fault(in: text) == nil) }

  @Test(
    "what is no line of slurmctld's is unreadable",
    arguments: ["", "JobId=5", "JobId=x UserId=", "nonsense JobId=4"])
  func refusesNonsense(text: String) {
    #expect(run(Substring(text)) == nil)
  }

  @Test("an unknown state, time or exit is unreadable")
  func refusesUnknownWords() {
    #expect(run(Self.line(state: "FLYING")) == nil)
    #expect(run(Self.line(state: "RUNNING")) == nil)
  }
}

@Suite struct SlurmTextTests {
  @Test("GPUs are read by type, with their indices; other resources are left out")
  func readsGRES() {
    #expect(
      GRESText.gpus("gpu:h100:2(IDX:0-1),gpu:a100:1(IDX:3)") == [
        GPUAllocation(type: "a100", count: 1, indices: [3]),
        GPUAllocation(type: "h100", count: 2, indices: [0, 1]),
      ])
    #expect(GRESText.gpus("gpu:4(S:0-1)") == [GPUAllocation(type: "", count: 4, indices: [])])
    #expect(GRESText.gpus("shard:8,gpu:h100:0(IDX:N/A)").isEmpty)
    #expect(GRESText.gpus("").isEmpty)
    #expect(
      GRESText.shards("gpu:h100:0(IDX:N/A),shard:3(IDX:2)") == [
        GPUAllocation(type: "", count: 3, indices: [2])
      ])
    #expect(GRESText.shards("gpu:h100:2(IDX:0-1)") == nil)
  }

  @Test(
    "index lists are expanded, the throttle left out",
    arguments: [
      ("0-3,7%1", [0, 1, 2, 3, 7]), ("5", [5]), ("0-8:4", [0, 4, 8]), ("", []), ("3-1", []),
      ("x", []), ("1-2-3", []),
    ] as [(String, [Int])])
  func expandsIndices(text: String, indices: [Int]) {
    #expect(ArrayExpression.indices(text) == indices)
  }

  @Test("node lists are expanded; Slurm's words for none are none")
  func expandsNodes() {
    #expect(NodeList.names("gn[01-03],x7") == ["gn01", "gn02", "gn03", "x7"])
    #expect(NodeList.names("(null)").isEmpty && NodeList.names("").isEmpty)
  }
}
