import Foundation

/// A run as `scontrol show job --details --oneliner` tells it: Slurm's own word, read without any
/// code of Polder's.
struct SlurmRecord: Sendable {
  let fields: [String: String]

  /// `NAME=VALUE` words; a value may hold `=` itself.
  init(_ line: Substring) {
    fields = line.split(separator: " ").reduce(into: [:]) { fields, word in
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      // The first one counts: later words repeat keys for each node.
      if parts.count == 2, fields[String(parts[0])] == nil {
        fields[String(parts[0])] = String(parts[1])
      }
    }
  }

  /// Polder's id of the job that the run is of.
  var polderID: String? {
    guard let comment = fields["AdminComment"], comment.hasPrefix("polder:") else { return nil }
    return String(comment.dropFirst(7).prefix { $0.isLetter || $0.isNumber })
  }

  var jobID: Int64? { fields["JobId"].flatMap { Int64($0) } }
  var state: String { fields["JobState"] ?? "" }
  /// Its end is still to come, and `end` the latest that it can be.
  var isRunning: Bool { state == "RUNNING" }

  /// Seconds since 1970; nil if it never ran. One that was cancelled while it waited has a start
  /// too, and no nodes.
  var start: Int64? {
    ["", "(null)"].contains(fields["NodeList"] ?? "") ? nil : seconds("StartTime")
  }
  var end: Int64? { seconds("EndTime") }

  private func seconds(_ key: String) -> Int64? {
    guard let text = fields[key], text != "Unknown" else { return nil }
    return (try? Date("\(text)Z", strategy: .iso8601)).map { Int64($0.timeIntervalSince1970) }
  }

  /// Thousandths of a GPU-equivalent by the rates of `config/example`: on each node the largest of
  /// 1.000 a GPU, 0.050 a CPU, 0.008 a GiB; a whole node has 4 GPUs, 80 CPUs and 500 GiB. A MIG
  /// slice is 0.143, and a shard 0.250, as the tests describe them.
  var weight: Int64? {
    guard let nodes = fields["NumNodes"].flatMap({ Int64($0) }) else { return nil }
    if fields["Partition"] == "whole" { return 4000 * nodes }
    guard let cpus = fields["NumCPUs"].flatMap({ Int64($0) }), let mebibytes else { return nil }
    let gpus = fields["JOB_GRES"].flatMap { Int64($0.split(separator: ":").last ?? "") } ?? 0
    let memory = (mebibytes / nodes * 8 + 1023) / 1024
    let gres = fields["JOB_GRES"] ?? ""
    let perGPU: Int64 =
      gres.hasPrefix("shard") ? 250 : gres.contains("h100_1g.10gb") ? 143 : 1000
    return nodes * max(gpus / nodes * perGPU, cpus / nodes * 50, memory)
  }

  /// Of `TRES=cpu=20,mem=125G,node=1,billing=20`.
  private var mebibytes: Int64? {
    guard let word = fields["TRES"]?.split(separator: ",").first(where: { $0.hasPrefix("mem=") }),
      let number = Double(word.dropFirst(4).dropLast())
    else { return nil }
    switch word.last {
    case "M": return Int64(number)
    case "G": return Int64(number * 1024)
    case "T": return Int64(number * 1_048_576)
    default: return nil
    }
  }
}

extension Site {
  /// All runs that Slurm remembers, that is of the last hour.
  func slurmRecords() async throws -> [SlurmRecord] {
    try await run(["scontrol", "show", "job", "--details", "--oneliner"]).orThrow()
      .split(separator: "\n").map(SlurmRecord.init)
  }
}

/// A run as Slurm names it.
struct SlurmRun: Hashable, Sendable {
  let jobID: Int64
  /// Seconds since 1970.
  let start: Int64

  /// Nil for one that never ran.
  init?(_ record: SlurmRecord) {
    guard let jobID = record.jobID, let start = record.start else { return nil }
    self.jobID = jobID
    self.start = start
  }
}

extension Site {
  /// When each run ended by slurmctld's own record (jobcomp/filetxt), seconds since 1970: by its first
  /// line, since an end that was forgotten is recorded again, later.
  func recordedEnds() throws -> [SlurmRun: Int64] {
    let text = try String(contentsOfFile: "\(folder)/slurm/jobcomp.log", encoding: .utf8)
    return text.split(separator: "\n").map { SlurmRecord($0) }
      .filter { $0.state != "RESIZING" }
      .reduce(into: [:]) { ends, line in
        if let run = SlurmRun(line), ends[run] == nil { ends[run] = line.end }
      }
  }
}
