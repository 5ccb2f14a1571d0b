// SPDX-License-Identifier: GPL-2.0-or-later
import BridgeProtocol

/// A line of jobcomp/filetxt: `Key=value` in a fixed order, values unquoted.
///
/// Two values are the member's and may hold anything, keys too: the name, and the folder. All others
/// have no blank. So the line is read from both its ends: what stands before the name from the left,
/// what stands after the folder from the right, and between them the one place at which the whole
/// row of keys and words stands that divides name from folder. If there are two such places the line
/// is unreadable, and the run is left to reconciliation; both ways in refuse such texts
/// (``RecordText``), line breaks too.
enum EndedRunLine {
  case run(EndedRun)
  /// Not the end of a run: Slurm also records that one shrinks.
  case ignored
  case unreadable

  /// - Parameter zone: slurmctld's, which must be this process's.
  init(_ line: Substring, zone: LocalZone = .own) {
    guard let fields = Self.fields(line) else {
      self = .unreadable
      return
    }
    if fields["JobState"] == "RESIZING" {
      self = .ignored
      return
    }
    guard let run = EndedRun(fields: fields, zone) else {
      self = .unreadable
      return
    }
    self = .run(run)
  }

  /// The values by key, or nil if they can't be told beyond doubt.
  private static func fields(_ line: Substring) -> [String: String]? {
    var text = RecordLine(line)
    guard text.takeHead(["JobId", "UserId", "GroupId", "Name"]),
      text.takeTail([
        "ReservationName", "Tres", "Account", "QOS", "WcKey", "Cluster", "SubmitTime",
        "EligibleTime", "DerivedExitCode", "ExitCode",
      ]),
      text.takeOptional(
        ["ArrayJobId", "ArrayTaskId", "HetJobId", "HetJobOffset"], behind: "EligibleTime"),
      text.takeMiddle([
        "JobState", "Partition", "TimeLimit", "StartTime", "EndTime", "NodeList", "NodeCnt",
        "ProcCnt", "WorkDir",
      ])
    else { return nil }
    return text.fields
  }
}

extension EndedRun {
  fileprivate init?(fields: [String: String], _ zone: LocalZone) {
    guard let jobID = fields["JobId"].flatMap({ Int($0) }),
      let uid = fields["UserId"].flatMap(Self.number(inParentheses:)),
      let state = fields["JobState"].flatMap(SlurmJobState.init(recorded:)),
      let exit = fields["ExitCode"].flatMap(ExitStatus.init(recorded:))
    else { return nil }
    let nodes = NodeList.names(fields["NodeList"] ?? "")
    let readings = Self.readings(of: fields, zone, ran: !nodes.isEmpty)
    guard let times = readings.first else { return nil }
    let isTask = fields["ArrayTaskId"] != nil
    self.init(
      jobID: jobID,
      arrayJobID: isTask ? fields["ArrayJobId"].flatMap { Int($0) } : nil,
      arrayTask: fields["ArrayTaskId"].flatMap { Int($0) },
      uid: uid, account: fields["Account"] ?? "", partition: fields["Partition"] ?? "",
      name: fields["Name"] ?? "", state: state,
      times: times, otherTimes: Array(readings.dropFirst()), exit: exit, nodes: nodes)
    self = preferring { Self.fits($0, limit: fields["TimeLimit"].flatMap { Int($0) }, state) }
  }

  /// What the times of a line can mean, each of them in order, first those by which it ran shortest,
  /// of these the latest. Empty if the line has no end.
  private static func readings(
    of fields: [String: String], _ zone: LocalZone, ran: Bool
  ) -> [JobTimes] {
    func instants(_ key: String) -> [Int] { fields[key].map(zone.instants) ?? [] }
    let (submits, eligibles) = (instants("SubmitTime"), instants("EligibleTime"))
    // Slurm gives a job that was cancelled while it waited its end as its start.
    let starts = ran ? instants("StartTime") : []
    var readings: [JobTimes] = []
    for end in instants("EndTime") {
      for start in starts.isEmpty ? [nil] : starts.map(Optional.some) {
        for submit in submits.isEmpty ? [end] : submits {
          let eligible = eligibles.first { $0 >= submit } ?? eligibles.last
          readings.append(JobTimes(submit: submit, eligible: eligible, start: start, end: end))
        }
      }
    }
    let inOrder = readings.filter { times in
      let end = times.end ?? times.submit
      let start = times.start ?? end
      return times.submit <= start && start <= end
    }
    return (inOrder.isEmpty ? readings : inOrder).sorted { first, second in
      rank(first).lexicographicallyPrecedes(rank(second))
    }
  }

  private static func rank(_ times: JobTimes) -> [Int] {
    let end = times.end ?? times.submit
    return [end - (times.start ?? end), -end, -times.submit]
  }

  /// True if it ran as long as a run that ends so may, or must, by its limit in minutes.
  private static func fits(_ times: JobTimes, limit: Int?, _ state: SlurmJobState) -> Bool {
    guard let limit, let start = times.start, let end = times.end else { return true }
    // slurmctld looks for exceeded limits now and then, and gives some time to end in.
    let isWithin = end - start <= limit * 60 + 600
    return state == .timeout ? isWithin && end - start >= limit * 60 : isWithin
  }

  /// `anouk(64005)`: the number.
  private static func number(inParentheses text: String) -> Int? {
    guard text.last == ")", let open = text.lastIndex(of: "(") else { return nil }
    return Int(text[text.index(after: open)...].dropLast())
  }
}

extension ExitStatus {
  /// `7:0`.
  fileprivate init?(recorded text: String) {
    let parts = text.split(separator: ":").map { Int($0) }
    guard parts.count == 2, let code = parts[0], let signal = parts[1] else { return nil }
    self.init(code: code, signal: signal)
  }
}

extension SlurmJobState {
  /// Slurm's word in the record. Nil for a state in which no run ends.
  fileprivate init?(recorded word: String) {
    switch word {
    case "COMPLETED": self = .completed
    case "CANCELLED": self = .cancelled
    case "FAILED": self = .failed
    case "TIMEOUT": self = .timeout
    case "NODE_FAIL": self = .nodeFail
    // A run that was put back (scontrol requeue) is recorded in the state it was put back to.
    case "PREEMPTED", "PENDING": self = .preempted
    case "BOOT_FAIL": self = .bootFail
    case "DEADLINE": self = .deadline
    case "OUT_OF_MEMORY": self = .outOfMemory
    default: return nil
    }
  }
}
