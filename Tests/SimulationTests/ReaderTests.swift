import Simulation
import Testing

/// What is read of each format, and what each says about a line that is wrong.
@Suite("readers")
struct ReaderTests {
  static func read(_ text: String) throws -> Workload {
    try TraceReader.workload(Array(text.utf8), file: "t")
  }

  static func line(_ changes: [Int: String] = [:]) -> String {
    var fields = "7 10 -1 50 4 -1 -1 8 100 -1 1 3 2 -1 -1 -1 -1 -1".split(separator: " ")
      .map(String.init)
    for (column, text) in changes { fields[column - 1] = text }
    return fields.joined(separator: " ")
  }

  @Test("SWF: asked processors before allocated ones, the limit else the run time, run ≤ limit")
  func swf() throws {
    let lines = [
      "; Computer: x", Self.line(), Self.line([8: "-1", 9: "-1"]), Self.line([4: "500"]),
    ]
    let workload = try Self.read(lines.joined(separator: "\r\n"))
    #expect(workload.header == ["Computer: x"])
    #expect(workload.jobs.map(\.nodes) == [8, 4, 8])
    #expect(workload.jobs.map(\.limit) == [100, 50, 100])
    #expect(workload.jobs.map(\.run) == [50, 50, 100])
    #expect(workload.jobs[0].owner == WorkloadOwner(project: "g2", member: "u3"))
    #expect(workload.jobs[0].number == 7 && workload.jobs[0].submit == 10)
  }

  @Test("SWF: jobs without processors or run time are counted, and those behind them are read")
  func unusable() throws {
    let lines = [
      Self.line([5: "-1", 8: "0"]), Self.line([4: "0"]), Self.line([4: "-1"]), Self.line(),
    ]
    let workload = try Self.read(lines.joined(separator: "\n"))
    #expect(workload.jobs.count == 1)
    #expect(
      workload.skipped == [
        SkippedJobs(reason: .noProcessors, count: 1), SkippedJobs(reason: .noRunTime, count: 2),
      ])
  }

  @Test("SWF: jobs are put in order of submission; those of one second stay as they were")
  func order() throws {
    let lines = [("1", "9"), ("2", "5"), ("3", "9"), ("4", "5")].map {
      Self.line([1: $0.0, 2: $0.1])
    }
    let workload = try Self.read(lines.joined(separator: "\n"))
    #expect(workload.jobs.map(\.number) == [2, 4, 1, 3])
  }

  static let faults: [(text: String, message: String)] = [
    ("; h\n\n1 2 3", "t:3: a job has 18 columns; this line has 3"),
    (line([4: "x"]), "t:1: column 4 (run time) is \"x\", and not a whole number"),
    (line([4: "1.5"]), "t:1: column 4 (run time) is \"1.5\", and not a whole number"),
    (
      line([2: "99999999999999999999"]),
      "t:1: column 2 (submit time) is \"99999999999999999999\", and not a whole number"
    ),
    (line([8: "2000000000"]), "t:1: 2000000000 processors are too many"),
    (line([4: "200000000000", 9: "-1"]), "t:1: 200000000000 seconds are more than any job has"),
    (
      "timestamp,x", "t:1: the first line must be timestamp,duration,num_gpus,gpu_time,cluster"
    ),
    (
      "timestamp,duration,num_gpus,gpu_time,cluster\n2017-13-09 07:01:55,1,1,1,c",
      "t:2: timestamp is \"2017-13-09 07:01:55\", and not as 2017-10-09 07:01:55"
    ),
    (
      "name,cpu_milli,memory_mib,num_gpu,gpu_milli\np,1,1,1,1001",
      "t:2: gpu_milli is 1001; one GPU has 1000"
    ),
    (
      "name,cpu_milli,memory_mib,num_gpu,gpu_milli\np,-1,1,1,1000",
      "t:2: cpu_milli is -1, which is not between 0 and 1,000,000,000"
    ),
  ]

  @Test("a wrong line is told with file, line and what was expected", arguments: faults)
  func fault(_ fault: (text: String, message: String)) {
    let error = #expect(throws: TraceFault.self) { try Self.read(fault.text) }
    #expect(error?.description == fault.message)
  }

  @Test("a line without end is refused before it is read as fields")
  func longLine() {
    let error = #expect(throws: TraceFault.self) {
      try Self.read(String(repeating: "1 ", count: 40_000))
    }
    #expect(error?.message == "the line has more than 65536 bytes")
  }

  @Test("Philly: times from the first, GPUs on the fewest equal nodes of at most eight")
  func philly() throws {
    let workload = try Self.read(
      """
      timestamp,duration,num_gpus,gpu_time,cluster
      2017-10-09 00:00:10,66.5,12,66.0,11cb48
      2017-10-08 23:59:59,3.0,16,66.0,6c71a0
      2017-10-09 00:00:00,0.4,1,1,6c71a0

      """)
    #expect(workload.jobs.map(\.number) == [2, 1])
    #expect(workload.jobs.map(\.submit) == [0, 11])
    #expect(workload.jobs.map(\.run) == [3, 66])
    #expect(workload.jobs.map(\.nodes) == [2, 2])
    #expect(workload.jobs.map(\.perNode.gpuThousandths) == [8000, 6000])
    #expect(workload.jobs[1].owner.programme == "11cb48")
    #expect(workload.skipped == [SkippedJobs(reason: .noRunTime, count: 1)])
  }

  @Test("openb: shares of a GPU in thousandths, its types, and pods that never ran")
  func pods() throws {
    let workload = try Self.read(
      """
      name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,\
      deletion_time,scheduled_time
      a,6000,12288,1,460,V100M16|V100M32,LS,Running,5,20,8
      b,12000,16384,2,1000,,BE,Pending,7,30,
      c,12000,16384,2,1000,,BE,Pending,7,7,
      """)
    #expect(workload.jobs.map(\.perNode.gpuThousandths) == [460, 2000])
    #expect(workload.jobs.map(\.gpuTypes) == [["V100M16", "V100M32"], []])
    #expect(workload.jobs.map(\.run) == [12, 23])
    #expect(workload.jobs[0].owner.programme == "LS")
    #expect(workload.skipped == [SkippedJobs(reason: .noRunTime, count: 1)])
  }

  @Test("openb: equal nodes are one group")
  func nodes() throws {
    let text = """
      sn,cpu_milli,memory_mib,gpu,model
      n0,64000,262144,2,P100
      n1,96000,393216,8,G2
      n2,64000,262144,2,P100
      """
    let machine = try OpenbReader.nodes(Array(text.utf8), file: "n")
    #expect(machine.groups.map(\.nodes) == [2, 1])
    #expect(machine.groups.map(\.prefix) == ["p100-1-", "g2-2-"])
    #expect(machine.gpus == 12 && machine.measure == .gpus)
  }
}
