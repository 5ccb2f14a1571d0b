/// The formats of workloads that are read, known by their first line.
package enum TraceFormat: String, CaseIterable, Sendable {
  /// The Standard Workload Format of the Parallel Workloads Archive.
  case swf
  /// `timestamp,duration,num_gpus,gpu_time,cluster`: Microsoft's Philly traces.
  case philly
  /// `name,cpu_milli,memory_mib,num_gpu,gpu_milli,…`: pods of Alibaba's cluster-trace-gpu-v2023.
  case openb
}

/// Reads a workload from the bytes of its file, inflated.
package enum TraceReader {
  /// - Parameter file: its name, for messages.
  /// - Throws: ``TraceFault`` at the first line that is not what its format says.
  package static func workload(_ bytes: [UInt8], file: String) throws(TraceFault) -> Workload {
    switch format(of: bytes) {
    case .swf: try SWFReader.read(bytes, file: file)
    case .philly: try PhillyReader.read(bytes, file: file)
    case .openb: try OpenbReader.pods(bytes, file: file)
    }
  }

  package static func format(of bytes: [UInt8]) -> TraceFormat {
    if bytes.starts(with: Array("timestamp,".utf8)) { return .philly }
    return bytes.starts(with: Array("name,".utf8)) ? .openb : .swf
  }
}

/// What a reader of any format keeps while it goes through the lines.
struct TraceJobs {
  private(set) var jobs: [WorkloadJob] = []
  private var counts: [SkippedJobs.Reason: Int] = [:]

  var skipped: [SkippedJobs] {
    SkippedJobs.Reason.allCases.map { SkippedJobs(reason: $0, count: counts[$0] ?? 0) }
  }

  mutating func skip(_ reason: SkippedJobs.Reason) { counts[reason, default: 0] += 1 }

  mutating func add(_ job: WorkloadJob, at lines: TraceLines) throws(TraceFault) {
    for seconds in [job.submit, job.run, job.limit] where seconds > TraceLimits.seconds {
      throw lines.fault("\(seconds) seconds are more than any job has")
    }
    guard jobs.count < TraceLimits.jobs else {
      throw lines.fault("more than \(TraceLimits.jobs) jobs")
    }
    jobs.append(job)
  }
}
