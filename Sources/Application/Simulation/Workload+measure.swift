extension Workload {
  /// The same jobs without those that ask for nothing of what a machine is measured by: of a GPU
  /// cluster's trace, those that need CPUs alone.
  package func measured(by measure: MachineModel.Measure) -> Workload {
    let kept = jobs.filter { $0.demandThousandths(measure) > 0 }
    let dropped = SkippedJobs(reason: .noGPU, count: jobs.count - kept.count)
    return Workload(jobs: kept, skipped: skipped + [dropped], header: header)
  }

  /// Processors of the machine that a log's header names; nil where it names none.
  package var processorsOfHeader: Int? {
    for name in ["MaxProcs:", "MaxNodes:"] {
      for line in header where line.hasPrefix(name) {
        let words = line.dropFirst(name.count).split(separator: " ")
        if let first = words.first, let count = Int(first), count > 0 { return count }
      }
    }
    return nil
  }
}
