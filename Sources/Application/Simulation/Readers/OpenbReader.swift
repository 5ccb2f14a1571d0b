/// Pods and nodes of Alibaba's cluster-trace-gpu-v2023 (Weng et al., "Beware of Fragmentation",
/// USENIX ATC 2023).
package enum OpenbReader {
  private static let nodeHeader = "sn,cpu_milli,memory_mib,gpu,model"
  private static let podHeader = "name,cpu_milli,memory_mib,num_gpu,gpu_milli"
  private static let podTimes =
    ",gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time"

  /// The pods, one node each. A pod runs from when it was scheduled (created, where it never was)
  /// until it was deleted; its limit is its run time; its quality of service becomes the programme.
  ///
  /// A list without times is one for packing: everything arrives at 0 and runs for a second.
  /// - Throws: ``TraceFault``.
  package static func pods(_ bytes: [UInt8], file: String) throws(TraceFault) -> Workload {
    var lines = TraceLines(bytes, file: file)
    guard try lines.next(), [podHeader, podHeader + podTimes].contains(lines.text) else {
      throw lines.fault("the first line must be \(podHeader), or the same and \(podTimes)")
    }
    let columns = lines.text == podHeader ? 5 : 11
    var jobs = TraceJobs()
    while try lines.next() {
      guard lines.first != nil else { continue }
      lines.split(.commas)
      guard lines.fields.count == columns else {
        throw lines.fault("a pod has \(columns) fields; this line has \(lines.fields.count)")
      }
      let times =
        try columns == 5 ? WorkloadTimes(submit: 0, run: 1, limit: 1) : times(of: lines)
      guard let times else {
        jobs.skip(.noRunTime)
        continue
      }
      let hasTimes = columns > 5
      let job = WorkloadJob(
        number: Int64(lines.number - 1), times: times, nodes: 1, perNode: try share(lines),
        gpuTypes: hasTimes
          ? lines.text(lines.fields[5]).split(separator: "|").map(String.init) : [],
        owner: WorkloadOwner(programme: hasTimes ? lines.text(lines.fields[6]) : ""))
      try jobs.add(job, at: lines)
    }
    return Workload(jobs: jobs.jobs, skipped: jobs.skipped)
  }

  /// The nodes, those that are equal as one group, in order of the first of each.
  ///
  /// - Throws: ``TraceFault``.
  package static func nodes(_ bytes: [UInt8], file: String) throws(TraceFault) -> MachineModel {
    var lines = TraceLines(bytes, file: file)
    guard try lines.next(), lines.text == nodeHeader else {
      throw lines.fault("the first line must be \(nodeHeader)")
    }
    var kinds: [MachineNode] = []
    var counts: [MachineNode: Int] = [:]
    while try lines.next() {
      guard lines.first != nil else { continue }
      lines.split(.commas)
      guard lines.fields.count == 5 else {
        throw lines.fault("a node has 5 fields; this line has \(lines.fields.count)")
      }
      let cpus = try amount(lines, 1, "cpu_milli")
      guard cpus % 1000 == 0 else { throw lines.fault("cpu_milli \(cpus) is no whole core") }
      let gpus = try amount(lines, 3, "gpu")
      let node = MachineNode(
        gpuType: gpus > 0 ? lines.text(lines.fields[4]) : "", gpus: gpus, cpus: cpus / 1000,
        memoryMiB: try amount(lines, 2, "memory_mib"))
      if counts[node] == nil { kinds.append(node) }
      counts[node, default: 0] += 1
      guard lines.number <= TraceLimits.nodes else {
        throw lines.fault("more than \(TraceLimits.nodes) nodes")
      }
    }
    return MachineModel(
      groups: kinds.enumerated().map { index, node in
        MachineGroup(
          prefix: "\(node.gpuType.isEmpty ? "cpu" : node.gpuType.lowercased())-\(index + 1)-",
          nodes: counts[node] ?? 0, node: node)
      })
  }

  /// True if the bytes are a list of nodes.
  package static func isNodeList(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: Array("sn,".utf8))
  }

  private static func share(_ lines: TraceLines) throws(TraceFault) -> WorkloadShare {
    let gpus = try amount(lines, 3, "num_gpu")
    let thousandths = try amount(lines, 4, "gpu_milli")
    guard thousandths <= 1000 else {
      throw lines.fault("gpu_milli is \(thousandths); one GPU has 1000")
    }
    return WorkloadShare(
      gpuThousandths: gpus * thousandths, cpuThousandths: try amount(lines, 1, "cpu_milli"),
      memoryMiB: try amount(lines, 2, "memory_mib"))
  }

  /// Nil where nothing was run.
  private static func times(of lines: TraceLines) throws(TraceFault) -> WorkloadTimes? {
    let created = try lines.wholePart(8, "creation_time")
    let deleted = try lines.wholePart(9, "deletion_time")
    let isScheduled = !lines.fields[10].isEmpty
    let scheduled = isScheduled ? try lines.wholePart(10, "scheduled_time") : created
    guard deleted > scheduled else { return nil }
    let run = deleted - scheduled
    return WorkloadTimes(submit: created, run: run, limit: run)
  }

  private static func amount(
    _ lines: TraceLines, _ field: Int, _ name: String
  ) throws(TraceFault) -> Int {
    let value = try lines.whole(field, name)
    guard (0...1_000_000_000).contains(value) else {
      throw lines.fault("\(name) is \(value), which is not between 0 and 1,000,000,000")
    }
    return Int(value)
  }
}
