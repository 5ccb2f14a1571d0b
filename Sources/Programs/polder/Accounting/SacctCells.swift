import Wire

/// What a column says of a job, and how it is laid out.
enum SacctCell: Equatable {
  /// Cut to the width of its column, with `+` for the rest.
  case text(String)
  /// Never cut.
  case figure(String)
  case moment(String)
  /// Not known.
  case empty
}

/// The columns of one row. Pure.
struct SacctCells {
  let row: AccountingRow
  let cluster: String?
  let options: SacctOptions
  let time: SlurmTime

  func cell(_ field: SacctField) -> SacctCell {
    identity(field.name) ?? times(field) ?? resources(field.name) ?? standing(field.name) ?? .empty
  }

  // MARK: Who and what

  private func identity(_ name: String) -> SacctCell? {
    switch name {
    case "JobID": .text(jobID)
    case "JobIDRaw": .text((row.slurmRunID ?? row.slurmJobID).map(String.init) ?? row.id)
    case "JobName": .text(row.name)
    case "Account": .text(row.project)
    case "User": .text(row.user)
    case "Group": text(row.group)
    case "UID": figure(row.uid)
    case "GID": figure(row.gid)
    case "Partition": .text(row.partition)
    case "QOS": .text(row.qos ?? "normal")
    case "Cluster": text(cluster)
    case "AdminComment": .text("polder:\(row.id)")
    case "Comment": text(row.comment)
    case "WorkDir": text(row.folder)
    case "Constraints": text(row.features)
    default: nil
    }
  }

  /// `4711`, `4711_3`, `4711_[0-9%2]`; Polder's own while Slurm has none.
  private var jobID: String {
    let job = row.slurmJobID.map(String.init) ?? String(row.id.prefix { $0 != "_" })
    guard row.isArray, !row.indices.isEmpty else { return job }
    guard row.state == "waiting" else { return "\(job)_\(row.indices[0])" }
    let ranges = HostList.ranges(row.indices).map {
      $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
    }.joined(separator: ",")
    return "\(job)_[\(ranges)\(row.throttle.map { "%\($0)" } ?? "")]"
  }

  // MARK: When

  private func times(_ field: SacctField) -> SacctCell? {
    switch field.name {
    case "Submit": moment(seconds(row.submitted), field)
    case "Eligible": moment(seconds(row.eligible), field)
    case "Start":
      start == nil && row.end != nil
        ? .moment(String("None".prefix(abs(field.width)))) : moment(start, field)
    case "End": moment(end, field)
    case "Elapsed": .figure(SlurmTime.length(elapsed))
    case "ElapsedRaw": .figure("\(elapsed)")
    case "CPUTime": .figure(SlurmTime.length(elapsed * Int64(given.cpus)))
    case "CPUTimeRAW": .figure("\(elapsed * Int64(given.cpus))")
    case "Timelimit": .text(SlurmTime.length((row.limitSeconds + 59) / 60 * 60))
    case "TimelimitRaw": .text("\((row.limitSeconds + 59) / 60)")
    case "Reserved": .figure(SlurmTime.length(waited))
    case "ResvCPU": .figure(SlurmTime.length(waited * Int64(row.asked.cpus)))
    case "ResvCPURAW": .figure("\(waited * Int64(row.asked.cpus))")
    default: nil
    }
  }

  private func seconds(_ milliseconds: Int64?) -> Int64? { milliseconds.map { $0 / 1000 } }

  /// Within what was asked for, if times are to be truncated to it.
  private var start: Int64? {
    let start = seconds(row.start)
    guard options.isTruncated, let start, let from = options.from else { return start }
    return max(start, from)
  }

  private var end: Int64? {
    let end = seconds(row.end)
    guard options.isTruncated else { return end }
    return min(end ?? .max, options.until ?? time.now, time.now)
  }

  private var elapsed: Int64 { start.map { max((end ?? time.now) - $0, 0) } ?? 0 }

  private var waited: Int64 {
    guard let eligible = seconds(row.eligible) else { return 0 }
    return max((seconds(row.start) ?? seconds(row.end) ?? time.now) - eligible, 0)
  }

  private func moment(_ seconds: Int64?, _ field: SacctField) -> SacctCell {
    let width = abs(field.width)
    return .moment(
      seconds.map { time.text($0, width: width) } ?? String("Unknown".prefix(width)))
  }

  // MARK: How much

  /// What it was given; before that, what it asks for.
  private var given: AccountingShare { row.allocated ?? row.asked }

  private func resources(_ name: String) -> SacctCell? {
    switch name {
    case "AllocCPUS", "NCPUS": .figure("\(given.cpus)")
    case "AllocNodes": .text("\(row.allocated?.nodes ?? 0)")
    case "NNodes": .figure("\(given.nodes)")
    case "NodeList":
      .text(row.nodes.isEmpty ? "None assigned" : HostList.compressed(row.nodes))
    case "ReqCPUS": .figure("\(row.asked.cpus)")
    case "ReqNodes": .text("\(row.asked.nodes)")
    case "ReqMem": .text(memory(row.asked))
    case "ReqTRES": .text(tres(row.asked))
    case "AllocTRES": text(row.allocated.map(tres))
    default: nil
    }
  }

  private func memory(_ share: AccountingShare) -> String {
    SacctNumber.mebibytes(share.memoryMiB, unit: options.unit, converts: options.converts)
  }

  /// `cpu=20,gres/gpu:h100=1,gres/gpu=1,mem=125G,node=1`, in the order of the letters.
  private func tres(_ share: AccountingShare) -> String {
    var parts = ["cpu=\(share.cpus)"]
    if share.gpus > 0 {
      if let type = share.gpuType, !type.isEmpty { parts.append("gres/gpu:\(type)=\(share.gpus)") }
      parts.append("gres/gpu=\(share.gpus)")
    }
    if share.shards > 0 { parts.append("gres/shard=\(share.shards)") }
    if share.memoryMiB > 0 { parts.append("mem=\(memory(share))") }
    return (parts + ["node=\(share.nodes)"]).joined(separator: ",")
  }

  // MARK: How it stands

  private func standing(_ name: String) -> SacctCell? {
    switch name {
    case "State": .text(Self.state(of: row))
    case "ExitCode":
      // As sacct: what a shell adds for a signal is taken off.
      .text("\(row.exitCode >= 128 ? row.exitCode - 128 : row.exitCode):\(row.signal)")
    case "Reason": .text(Self.reason(row.reason))
    case "Priority": figure(row.priority)
    default: nil
    }
  }

  /// In Slurm's word.
  static func state(of row: AccountingRow) -> String {
    switch row.state {
    case "waiting", "starting": "PENDING"
    case "running": "RUNNING"
    case "completed": "COMPLETED"
    // Slurm never started it, and no longer has it.
    case "cancelled", "refused": "CANCELLED"
    case "timed-out": "TIMEOUT"
    case "out-of-memory": "OUT_OF_MEMORY"
    // What vanished was lost by the site.
    case "node-failed", "lost": "NODE_FAIL"
    case "boot-failed": "BOOT_FAIL"
    case "preempted": "PREEMPTED"
    default: "FAILED"
    }
  }

  /// The nearest of Slurm's reasons.
  static func reason(_ code: String?) -> String {
    switch code {
    case nil: "None"
    case "dependency", "singleton": "Dependency"
    case "begin-time": "BeginTime"
    case "deadline": "DeadLine"
    case "throttle": "JobArrayTaskLimit"
    case "priority": "Priority"
    case "resources": "Resources"
    case "partition-closed": "PartitionDown"
    case "partition-limit": "PartitionTimeLimit"
    case "nodes-unavailable", "reserved": "ReqNodeNotAvail"
    case "budget", "cap": "AssocGrpBillingMinutes"
    case "limit": "AssocGrpGRES"
    case "licences": "Licenses"
    default: "JobHeldAdmin"
    }
  }

  private func text(_ text: String?) -> SacctCell { text.map { .text($0) } ?? .empty }
  private func figure(_ number: (some BinaryInteger)?) -> SacctCell {
    number.map { .figure("\($0)") } ?? .empty
  }
}
