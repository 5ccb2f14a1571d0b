import Wire

/// A column of `sacct`: its name and width as Slurm 22.05 has them (`sacct --helpformat`, sacct(1)).
/// What Polder does not know is a column too: it prints empty.
struct SacctField: Equatable, Sendable {
  let name: String
  /// Characters; left-aligned if negative.
  let width: Int

  /// All of them, in the order of `--helpformat`.
  static let all: [SacctField] = parse(
    """
    Account:10 AdminComment:15 AllocCPUS:10 AllocNodes:10 AllocTRES:10 AssocID:7 AveCPU:10 \
    AveCPUFreq:10 AveDiskRead:14 AveDiskWrite:14 AvePages:10 AveRSS:10 AveVMSize:10 BlockID:16 \
    Cluster:10 Comment:14 Constraints:19 ConsumedEnergy:14 ConsumedEnergyRaw:17 Container:19 \
    CPUTime:10 CPUTimeRAW:10 DBIndex:-10 DerivedExitCode:15 Elapsed:10 ElapsedRaw:10 Eligible:19 \
    End:19 ExitCode:8 Flags:19 GID:6 Group:9 JobID:-12 JobIDRaw:-12 JobName:10 Layout:9 \
    MaxDiskRead:12 MaxDiskReadNode:15 MaxDiskReadTask:15 MaxDiskWrite:12 MaxDiskWriteNode:16 \
    MaxDiskWriteTask:16 MaxPages:8 MaxPagesNode:12 MaxPagesTask:14 MaxRSS:10 MaxRSSNode:10 \
    MaxRSSTask:10 MaxVMSize:10 MaxVMSizeNode:14 MaxVMSizeTask:14 McsLabel:12 MinCPU:10 \
    MinCPUNode:10 MinCPUTask:10 NCPUS:10 NNodes:8 NodeList:15 NTasks:8 Partition:10 Priority:10 \
    QOS:10 QOSRAW:6 Reason:22 ReqCPUFreq:10 ReqCPUFreqGov:13 ReqCPUFreqMax:13 ReqCPUFreqMin:13 \
    ReqCPUS:8 ReqMem:10 ReqNodes:8 ReqTRES:10 Reservation:20 ReservationId:8 Reserved:10 \
    ResvCPU:10 ResvCPURAW:10 Start:19 State:10 Submit:19 SubmitLine:20 Suspended:10 \
    SystemComment:15 SystemCPU:10 Timelimit:10 TimelimitRaw:10 TotalCPU:10 TRESUsageInAve:14 \
    TRESUsageInMax:14 TRESUsageInMaxNode:18 TRESUsageInMaxTask:18 TRESUsageInMin:14 \
    TRESUsageInMinNode:18 TRESUsageInMinTask:18 TRESUsageInTot:14 TRESUsageOutAve:15 \
    TRESUsageOutMax:15 TRESUsageOutMaxNode:19 TRESUsageOutMaxTask:19 TRESUsageOutMin:15 \
    TRESUsageOutMinNode:19 TRESUsageOutMinTask:19 TRESUsageOutTot:15 UID:6 User:9 UserCPU:10 \
    WCKey:10 WCKeyID:10 WorkDir:20
    """)

  static let standard = "jobid,jobname,partition,account,alloccpus,state,exitcode"
  static let brief = "jobid,state,exitcode"
  static let long = """
    jobid,jobidraw,jobname,partition,maxvmsize,maxvmsizenode,maxvmsizetask,avevmsize,maxrss,\
    maxrssnode,maxrsstask,averss,maxpages,maxpagesnode,maxpagestask,avepages,mincpu,mincpunode,\
    mincputask,avecpu,ntasks,alloccpus,elapsed,state,exitcode,avecpufreq,reqcpufreqmin,\
    reqcpufreqmax,reqcpufreqgov,reqmem,consumedenergy,maxdiskread,maxdiskreadnode,\
    maxdiskreadtask,avediskread,maxdiskwrite,maxdiskwritenode,maxdiskwritetask,avediskwrite,\
    reqtres,alloctres,tresusageinave,tresusageinmax,tresusageinmaxn,tresusageinmaxt,\
    tresusageinmin,tresusageinminn,tresusageinmint,tresusageintot,tresusageoutmax,\
    tresusageoutmaxn,tresusageoutmaxt,tresusageoutave,tresusageouttot
    """

  /// The columns of a `--format`: names or their beginnings, in any case, each with `%width`; `ALL`
  /// for every one.
  ///
  /// - Throws: what sacct says of a name that is none.
  static func columns(
    of format: String, among all: [SacctField] = all
  ) throws(SacctFailure) -> [SacctField] {
    var columns: [SacctField] = []
    for word in format.split(separator: ",") {
      let parts = word.drop { $0 == " " || $0 == "\t" }
        .split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
      guard let wanted = parts.first?.lowercased(), !(wanted.isEmpty && parts.count == 1) else {
        continue
      }
      let width = parts.count == 2 ? SacctNumber.leading(parts[1]) : nil
      // The order matters: `ALL` is every column, and so is each beginning of it, as in Slurm.
      if "all".hasPrefix(wanted) {
        columns += all.map { $0.wide(width) }
        continue
      }
      guard let field = all.first(where: { $0.name.lowercased().hasPrefix(wanted) }) else {
        switch wanted {
        case "allocgres": throw .fatal("AllocGRES has been removed, please use AllocTRES")
        case "reqgres": throw .fatal("ReqGRES has been removed, please use ReqTRES")
        default: throw .error("Invalid field requested: \"\(parts[0])\"")
        }
      }
      columns.append(field.wide(width))
    }
    return columns
  }

  /// The text of `--helpformat`: four names a line.
  static func help(of all: [SacctField]) -> [String] {
    stride(from: 0, to: all.count, by: 4).map { first in
      all[first..<min(first + 4, all.count)]
        .map { $0.name + String(repeating: " ", count: max(19 - $0.name.count, 0)) }
        .joined(separator: " ")
    }
  }

  private func wide(_ width: Int?) -> SacctField {
    width.map { SacctField(name: name, width: $0) } ?? self
  }

  /// `Name:width` words.
  static func parse(_ text: String) -> [SacctField] {
    text.split(separator: " ").compactMap { word in
      let parts = word.split(separator: ":")
      return parts.count == 2
        ? Int(parts[1]).map { SacctField(name: String(parts[0]), width: $0) } : nil
    }
  }
}

/// Why a command of Slurm's name ends with 1: in Slurm's words.
enum SacctFailure: Error, Equatable {
  case error(String)
  case fatal(String)
  /// The whole line, as it is.
  case plain(String)

  func line(of command: String) -> String {
    switch self {
    case .error(let text): "\(command): error: \(text)"
    case .fatal(let text): "\(command): fatal: \(text)"
    case .plain(let text): text
    }
  }
}

/// Numbers as C reads them.
enum SacctNumber {
  /// As atoi(3): the digits at the beginning, with a sign; 0 if there are none.
  static func leading(_ text: some StringProtocol) -> Int {
    let isNegative = text.first == "-"
    let digits = text.drop { $0 == "-" || $0 == "+" }.prefix { $0.isASCII && $0.isNumber }.prefix(9)
    return (Int(digits) ?? 0) * (isNegative ? -1 : 1)
  }
}
