import BridgeProtocol
import Domain
import Engine
import Lifecycle

/// Jobs as slurmctld lists them, and one job as Polder holds it.
enum Listed {
  static let submitted = Instant(seconds: 1_000_000)

  static func task(_ number: Int64, _ index: Int? = nil) -> TaskID {
    TaskID(job: JobID(number: number), index: index)
  }

  static func record(_ number: Int64, array: [Int] = [], bound slurmJobID: Int64?) -> JobRecord {
    guard let member = MemberID("m-0001"), let project = ProjectID("longscan"),
      let partition = PartitionName("gpu")
    else { preconditionFailure("these are names") }
    let request = JobRequest(
      name: "primes", member: member, project: project, allocation: nil, partition: partition,
      nodeCount: 1, perNode: NodeResources(gpus: 2, cpus: 20, memoryMiB: 64_000), gpuType: nil,
      timeLimit: Seconds(60), arrayIndices: array)
    return JobRecord(
      id: JobID(number: number), request: request, origin: .slurm,
      submitted: submitted,
      binding: slurmJobID.map { .bound($0) } ?? .unbound)
  }

  /// A state with this job alone, whose tasks wait.
  static func state(_ job: JobRecord) -> EngineState {
    var state = EngineState(centre: Centre(), jobs: [job.id: job])
    for task in job.request.tasks(of: job.id) { state.tasks[task] = TaskRecord(id: task) }
    return state
  }

  /// Started at second 10 and ended at second 70, with code 3 and signal 9, if it ever ran.
  static func job(
    _ id: Int, key: String?, _ state: SlurmJobState, array: ArrayPlace? = nil,
    on nodes: [String] = []
  ) -> JobObservation {
    JobObservation(
      jobID: id, array: array, key: key, uid: 64_009, account: "longscan", partition: "gpu",
      name: "primes", state: state, flags: [], reason: "None", held: state == .pending,
      times: JobTimes(submit: 1_000_000, eligible: nil, start: 1_000_010, end: 1_000_070),
      timeLimitMinutes: 1, exit: ExitStatus(code: 3, signal: 9),
      nodes: nodes.map { node in
        NodeAllocation(
          node: node, cpus: 20, memoryMiB: 64_000,
          gpus: [GPUAllocation(type: "h100", count: 2, indices: [3, 0])])
      },
      requested: RequestedResources(
        nodes: 1, maximumNodes: 0, tasks: 1, cpus: 20, cpusPerTask: 20, memoryMiBPerNode: 64_000,
        memoryMiBPerCPU: nil, tresPerNode: "gres:gpu:2", tresPerJob: "", nodeNames: []),
      restarts: 0, dependency: "")
  }

  /// A line of the record, of a run that failed with code 3.
  static func line(_ id: Int, array: Int?, task: Int?) -> EndedRun {
    EndedRun(
      jobID: id, arrayJobID: array, arrayTask: task, uid: 64_009, account: "longscan",
      partition: "gpu", name: "primes", state: .failed,
      times: JobTimes(submit: 1_000_000, eligible: nil, start: 1_000_010, end: 1_000_070),
      exit: ExitStatus(code: 3, signal: 0), nodes: ["gn01"])
  }
}

extension JobRecord {
  /// The same job by another name, come through Polder.
  func named(_ name: String) -> JobRecord {
    let request = JobRequest(
      name: name, member: request.member, project: request.project, allocation: nil,
      partition: request.partition, nodeCount: 1, perNode: request.perNode, gpuType: nil,
      timeLimit: request.timeLimit)
    return JobRecord(
      id: id, request: request, origin: .polder, submitted: submitted, binding: binding)
  }
}
