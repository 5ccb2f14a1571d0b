// SPDX-License-Identifier: GPL-2.0-or-later
import BridgeProtocol
import Glibc

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

  init(_ line: Substring) {
    guard let fields = Self.fields(line) else {
      self = .unreadable
      return
    }
    if fields["JobState"] == "RESIZING" {
      self = .ignored
      return
    }
    guard let run = EndedRun(fields: fields) else {
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
  fileprivate init?(fields: [String: String]) {
    guard let jobID = fields["JobId"].flatMap({ Int($0) }),
      let uid = fields["UserId"].flatMap(Self.number(inParentheses:)),
      let state = fields["JobState"].flatMap(SlurmJobState.init(recorded:)),
      let end = fields["EndTime"].flatMap(Self.seconds),
      let exit = fields["ExitCode"].flatMap(ExitStatus.init(recorded:))
    else { return nil }
    let nodes = NodeList.names(fields["NodeList"] ?? "")
    let isTask = fields["ArrayTaskId"] != nil
    self.init(
      jobID: jobID,
      arrayJobID: isTask ? fields["ArrayJobId"].flatMap { Int($0) } : nil,
      arrayTask: fields["ArrayTaskId"].flatMap { Int($0) },
      uid: uid, account: fields["Account"] ?? "", partition: fields["Partition"] ?? "",
      name: fields["Name"] ?? "", state: state,
      times: JobTimes(
        submit: fields["SubmitTime"].flatMap(Self.seconds) ?? end,
        eligible: fields["EligibleTime"].flatMap(Self.seconds),
        // Slurm gives a job that was cancelled while it waited its end as its start.
        start: nodes.isEmpty ? nil : fields["StartTime"].flatMap(Self.seconds), end: end),
      exit: exit, nodes: nodes)
  }

  /// `anouk(64005)`: the number.
  private static func number(inParentheses text: String) -> Int? {
    guard text.last == ")", let open = text.lastIndex(of: "(") else { return nil }
    return Int(text[text.index(after: open)...].dropLast())
  }

  /// `2026-11-23T21:29:59`, in the process's zone, which must be slurmctld's. Nil for `Unknown`.
  private static func seconds(_ text: String) -> Int? {
    let parts = text.split { "-T:".contains($0) }.map { Int32($0) }
    guard parts.count == 6, text.utf8.count == 19 else { return nil }
    let numbers = parts.compactMap { $0 }
    guard numbers.count == 6 else { return nil }
    // `civil` is this function's own; its zone pointer stays nil.
    var civil = unsafe tm()
    unsafe civil.tm_year = numbers[0] - 1900
    unsafe civil.tm_mon = numbers[1] - 1
    unsafe civil.tm_mday = numbers[2]
    unsafe civil.tm_hour = numbers[3]
    unsafe civil.tm_min = numbers[4]
    unsafe civil.tm_sec = numbers[5]
    unsafe civil.tm_isdst = -1
    // `civil` is this function's own; the call normalises it in place.
    let seconds = unsafe mktime(&civil)
    return seconds > 0 ? seconds : nil
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
