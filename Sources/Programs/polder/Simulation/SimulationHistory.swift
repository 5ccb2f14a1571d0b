import Simulation
import Wire

extension SimulationInput {
  /// What has run at the site, to be replayed: as if each run had been submitted when its job could
  /// begin.
  ///
  /// - Parameter machine: nil for the nodes that there are now.
  /// - Throws: ``Failure`` with exit code 65 if nothing has run.
  init(
    history runs: [HistoryRunView], days: String, nodes: [NodeView], machine: MachineModel?
  ) throws {
    let inOrder = runs.enumerated().sorted {
      ($0.element.submitted, $0.offset) < ($1.element.submitted, $1.offset)
    }.map(\.element)
    guard let first = inOrder.first else {
      throw Failure(
        .invalidInput, "nothing that was submitted \(days) has run and ended",
        next: "name other days with --from and --to")
    }
    let base = first.submitted / 1000
    let jobs = inOrder.enumerated().map { $1.job(Int64($0 + 1), since: base) }
    let described = machine ?? MachineModel(nodes)
    let measured = Workload(jobs: jobs).measured(by: described.measure)
    // By place: the numbers are ours, and those that ask for nothing counted are gone.
    let kept = measured.jobs.map { inOrder[Int($0.number) - 1] }
    self.init(
      workload: measured, machine: described, name: "history \(days)",
      recorded: ReplayResult(
        starts: kept.map { $0.start / 1000 - base }, ends: kept.map { $0.ended(since: base) }))
    guard !measured.jobs.isEmpty else {
      throw Failure(.invalidInput, "\(name) has no run that can be replayed")
    }
  }

  private init(
    workload: Workload, machine: MachineModel, name: String, recorded: ReplayResult
  ) {
    self.workload = workload
    self.machine = machine
    self.name = name
    self.recorded = recorded
  }
}

extension HistoryRunView {
  fileprivate func ended(since base: Int64) -> Int64 { max(end, start) / 1000 - base }

  fileprivate func job(_ number: Int64, since base: Int64) -> WorkloadJob {
    // A run that was ended in its grace ran for its limit, as a replay counts.
    let run = ended(since: base) - (start / 1000 - base)
    return WorkloadJob(
      number: number,
      times: WorkloadTimes(
        submit: submitted / 1000 - base, run: run, limit: max(limitSeconds, run)),
      nodes: max(nodes, 1),
      perNode: WorkloadShare(
        gpuThousandths: 1000 * gpusPerNode, cpuThousandths: 1000 * cpusPerNode,
        memoryMiB: memoryMiBPerNode),
      gpuTypes: gpuType.isEmpty ? [] : [gpuType],
      owner: WorkloadOwner(
        funder: funder, programme: programme, project: project, member: member))
  }
}

extension MachineModel {
  /// The nodes that there are, whether they are up or not; those that are equal as one group.
  fileprivate init(_ nodes: [NodeView]) {
    var kinds: [MachineNode] = []
    var counts: [MachineNode: Int] = [:]
    for view in nodes {
      let node = MachineNode(
        gpuType: view.gpuType, gpus: view.gpus, cpus: view.cpus, memoryMiB: view.memoryMiB)
      if counts[node] == nil { kinds.append(node) }
      counts[node, default: 0] += 1
    }
    self.init(
      groups: kinds.enumerated().map { index, node in
        MachineGroup(prefix: "g\(index + 1)-", nodes: counts[node] ?? 0, node: node)
      })
  }
}
