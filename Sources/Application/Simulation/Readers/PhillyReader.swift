import Domain

/// The jobs of Microsoft's Philly traces (Jeon et al., "Analysis of Large-Scale Multi-Tenant GPU
/// Clusters for DNN Training Workloads", USENIX ATC 2019) as
/// `timestamp,duration,num_gpus,gpu_time,cluster`; the virtual cluster becomes the programme.
///
/// They name GPUs and no nodes: up to eight stand on one node, more on as few equal nodes of at most
/// eight as there are. They have no limits: the run time is taken for one.
package enum PhillyReader {
  private static let header = "timestamp,duration,num_gpus,gpu_time,cluster"
  private static let gpusOfANode: Int64 = 8

  /// - Throws: ``TraceFault``.
  package static func read(_ bytes: [UInt8], file: String) throws(TraceFault) -> Workload {
    var lines = TraceLines(bytes, file: file)
    guard try lines.next(), lines.text == header else {
      throw lines.fault("the first line must be \(header)")
    }
    var rows: [(instant: Int64, job: WorkloadJob)] = []
    var jobs = TraceJobs()
    while try lines.next() {
      guard lines.first != nil else { continue }
      lines.split(.commas)
      guard lines.fields.count == 5 else {
        throw lines.fault("a job has 5 fields; this line has \(lines.fields.count)")
      }
      let instant = try instant(lines)
      let run = try lines.wholePart(1, "duration")
      let gpus = try lines.whole(2, "num_gpus")
      guard gpus <= 1_000_000 else { throw lines.fault("\(gpus) GPUs are too many") }
      if gpus <= 0 {
        jobs.skip(.noProcessors)
      } else if run <= 0 {
        jobs.skip(.noRunTime)
      } else {
        let each: Int64 = (1...gpusOfANode).filter { gpus % $0 == 0 }.max() ?? 1
        let job = WorkloadJob(
          number: Int64(lines.number - 1), times: WorkloadTimes(submit: 0, run: run, limit: run),
          nodes: Int(gpus / each),
          perNode: WorkloadShare(
            gpuThousandths: Int(each) * 1000, cpuThousandths: 0, memoryMiB: 0),
          owner: WorkloadOwner(programme: lines.text(lines.fields[4])))
        rows.append((instant, job))
        try jobs.add(job, at: lines)
      }
    }
    let first = rows.map(\.instant).min() ?? 0
    return Workload(
      jobs: rows.map { $0.job.submitted(at: $0.instant - first) }, skipped: jobs.skipped)
  }

  /// `2017-10-09 07:01:55` in seconds; the trace says nothing of a time zone.
  private static func instant(_ lines: TraceLines) throws(TraceFault) -> Int64 {
    let text = lines.text(lines.fields[0])
    let parts = text.split(separator: " ")
    let clock = parts.last?.split(separator: ":").compactMap { UInt8($0) } ?? []
    guard parts.count == 2, let date = CivilDate(String(parts[0])), clock.count == 3,
      clock[0] < 24, clock[1] < 60, clock[2] < 60
    else {
      throw lines.fault("timestamp is \"\(text.prefix(40))\", and not as 2017-10-09 07:01:55")
    }
    let seconds = (Int64(clock[0]) * 60 + Int64(clock[1])) * 60 + Int64(clock[2])
    return date.daysSinceEpoch * 86_400 + seconds
  }
}

extension WorkloadJob {
  /// The same job, submitted at another time.
  func submitted(at submit: Int64) -> WorkloadJob {
    WorkloadJob(
      number: number, times: WorkloadTimes(submit: submit, run: run, limit: limit), nodes: nodes,
      perNode: perNode, gpuTypes: gpuTypes, owner: owner)
  }
}
