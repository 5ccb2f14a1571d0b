import Wire

/// Jobs, submissions and problems to print and send.
enum Sample {
  static let submission = Submission(
    script: "#!/bin/sh\n", scriptName: "a.sh", options: [], environment: [],
    workingDirectory: "/tmp")

  static func job(_ id: String, tasks: [TaskView], slurmJobID: Int64? = nil) -> JobView {
    JobView(
      id: id, name: "primes", owner: "anouk", project: "longscan", partition: "gpu",
      origin: "polder", nodes: 1, gpusPerNode: 1, timeLimitSeconds: 120, submitted: 0,
      slurmJobID: slurmJobID, tasks: tasks)
  }

  static func task(
    _ id: String, _ state: String, reason: ReasonView? = nil, expectedStart: Int64? = nil,
    runs: [RunView] = []
  ) -> TaskView {
    TaskView(id: id, state: state, reason: reason, expectedStart: expectedStart, runs: runs)
  }

  static func run(_ id: String, exitCode: Int? = nil, charged: Int64? = nil) -> RunView {
    RunView(
      id: id, slurmJobID: 7, nodes: ["gn01"], devices: ["gn01:0"], start: 1000,
      end: charged == nil ? nil : 13_000, exitCode: exitCode, signal: nil,
      weightThousandths: 1000, allocation: "longscan-1", hold: 150_000, charged: charged,
      refunded: nil, outcome: charged == nil ? nil : "completed")
  }

  static func problem(_ status: Int, _ code: String) -> Problem {
    Problem(title: "title", status: status, code: code, detail: "detail", nextStep: "step")
  }
}
