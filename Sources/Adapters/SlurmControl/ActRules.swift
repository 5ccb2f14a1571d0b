// SPDX-License-Identifier: GPL-2.0-or-later
import BridgeProtocol
import CSlurm

/// The bridge's own rules. They hold whatever the daemon asks, so that a daemon gone wrong can run
/// nothing as a system account and put nothing into a text of Slurm's that would be read otherwise.
enum ActRules {
  /// Below it stand root and the accounts of services.
  static let firstMemberID = 1000
  static let maximumScriptBytes = 4 << 20
  static let maximumEnvironmentBytes = 8 << 20
  static let maximumNodes = 20_000

  /// Why the act is refused, or nil.
  static func refusal(of act: BridgeAct) -> String? {
    switch act {
    case .submitHeld(let job): refusal(of: job)
    case .release(let target, let nodes, let partition):
      refusal(of: target) ?? refusal(ofNodes: nodes)
        ?? (isName(partition ?? "any", also: "-._") ? nil : "that is no partition")
    case .hold(let target), .cancel(let target), .putBack(let target): refusal(of: target)
    case .signal(let target, let number): refusal(of: target) ?? refusal(ofSignal: number)
    case .notify(let target, let text):
      refusal(of: target) ?? (isReason(text) ? nil : "a message has 1 to 200 characters")
    case .limit(let target, let minutes): refusal(of: target) ?? refusal(ofLimit: minutes)
    case .mark(let target, let key):
      refusal(of: target) ?? (isName(key, also: "_+.-") ? nil : "'\(key)' is no key")
    case .drain(let node, let reason):
      refusal(ofNodes: [node]) ?? (isReason(reason) ? nil : "a reason has 1 to 200 characters")
    case .resume(let node): refusal(ofNodes: [node])
    case .setPartition(let name, _): isName(name, also: "-._") ? nil : "that is no partition"
    case .reserve(let order): refusal(of: order)
    case .deleteReservation(let name): refusal(ofReservation: name)
    case .recordEnd(_, let milliseconds):
      (0...10_000).contains(milliseconds) ? nil : "nobody waits longer than ten seconds"
    case .hello, .jobs, .nodes, .reservations, .partitions, .endedRuns: nil
    }
  }

  private static func refusal(of target: SlurmTarget) -> String? {
    let ids = 1...0x03FF_FFFF
    guard ids.contains(target.jobID) else { return "\(target.jobID) is no id of a Slurm job" }
    guard (0..<ArrayExpression.maximum).contains(target.arrayTask ?? 0) else {
      return "\(target) is no task of an array"
    }
    return nil
  }

  /// HUP, INT, USR1, USR2, TERM, CONT and URG of Linux: a warning, never an end by itself.
  private static func refusal(ofSignal number: Int) -> String? {
    [1, 2, 10, 12, 15, 18, 23].contains(number) ? nil : "signal \(number) is no warning"
  }

  /// Something to read on one line.
  private static func isReason(_ text: String) -> Bool {
    (1...200).contains(text.count)
      && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
  }

  private static func refusal(ofLimit minutes: Int) -> String? {
    guard (1...5_256_000).contains(minutes) else {
      return "a time limit is 1 minute to 10 years: unlimited jobs are refused"
    }
    return nil
  }

  private static func refusal(ofNodes nodes: [String]) -> String? {
    guard (1...maximumNodes).contains(nodes.count), Set(nodes).count == nodes.count else {
      return "1 to \(maximumNodes) nodes are named, each once"
    }
    guard nodes.allSatisfy({ isName($0, also: "-._") }) else {
      return "a node's name has letters, digits, '-', '.' and '_' only"
    }
    return nil
  }

  private static func refusal(ofReservation name: String) -> String? {
    isName(name, also: "-._") && name.utf8.count <= 64 ? nil : "'\(name)' is no reservation"
  }

  private static func refusal(of order: ReservationOrder) -> String? {
    if let refusal = refusal(ofReservation: order.name) ?? refusal(ofNodes: order.nodes) {
      return refusal
    }
    let tenYears = 10 * 366 * 86_400
    guard order.startSeconds > 0, order.startSeconds < order.endSeconds,
      order.endSeconds - order.startSeconds <= tenYears
    else { return "a reservation ends after it begins, and within ten years" }
    let names = order.users + order.accounts
    guard !names.isEmpty else { return "a reservation is for somebody" }
    // One that begins with '-' would let in all others.
    guard names.allSatisfy({ isName($0, also: "-._") && !$0.hasPrefix("-") }) else {
      return "an account's name has letters, digits, '-', '.' and '_' only"
    }
    return nil
  }

  private static func refusal(of job: HeldJob) -> String? {
    refusal(ofAccountOf: job) ?? refusal(ofTextsOf: job) ?? refusal(ofNumbersOf: job)
  }

  private static func refusal(ofAccountOf job: HeldJob) -> String? {
    let ids = firstMemberID..<0xFFFF_FFF0
    guard ids.contains(job.uid), ids.contains(job.gid) else {
      return "jobs of root and system accounts (ids below \(firstMemberID)) are refused: "
        + "uid \(job.uid), gid \(job.gid)"
    }
    guard cslurm_account_has_group(UInt32(job.uid), UInt32(job.gid)) else {
      return "no account of uid \(job.uid), or it is not of the group \(job.gid)"
    }
    return nil
  }

  static func refusal(ofTextsOf job: HeldJob) -> String? {
    guard isName(job.key, also: "_+.-"), job.key.utf8.count <= 64 else {
      return "'\(job.key)' is no key"
    }
    let lines = [
      ("name", job.name), ("working directory", job.workingDirectory), ("account", job.account),
      ("partition", job.partition), ("output", job.standardOutput ?? ""),
      ("error output", job.standardError ?? ""), ("input", job.standardInput ?? ""),
      ("array", job.array ?? ""), ("comment", job.comment ?? ""),
      ("reservation", job.reservation ?? ""),
    ]
    for (what, text) in lines where text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
      return "the \(what) has a control character"
    }
    for (what, text) in lines where text.utf8.count > 4096 {
      return "the \(what) is longer than 4096 bytes"
    }
    for (what, text) in lines.prefix(2) {
      if let fault = RecordText.fault(in: text) { return "the \(what) \(fault)" }
    }
    guard job.workingDirectory.hasPrefix("/") else { return "the working directory is relative" }
    guard job.script.hasPrefix("#!"), !job.script.utf8.contains(0) else {
      return "the script does not begin with #!, or has a zero byte"
    }
    guard job.script.utf8.count <= maximumScriptBytes,
      job.environment.reduce(0, { $0 + $1.utf8.count + 1 }) <= maximumEnvironmentBytes
    else { return "the script or the environment is too long" }
    guard job.environment.allSatisfy({ $0.utf8.contains(0x3D) && !$0.utf8.contains(0) }) else {
      return "the environment has an entry that is not NAME=value"
    }
    return nil
  }

  private static func refusal(ofNumbersOf job: HeldJob) -> String? {
    let resources = job.resources
    guard (1...maximumNodes).contains(resources.nodes),
      (resources.nodes...1_000_000).contains(resources.tasks),
      (1...65_000).contains(resources.cpusPerTask)
    else { return "nodes, tasks (at least one a node) or CPUs a task are out of range" }
    if let gpus = resources.gpusPerNode {
      guard (1...1024).contains(gpus.count), isName(gpus.type ?? "gpu", also: "-._") else {
        return "GPUs a node are out of range, or their type is no name"
      }
    }
    if let shards = resources.shardsPerNode {
      guard (1...100).contains(shards), resources.gpusPerNode == nil else {
        return "shards a node are out of range, or beside whole GPUs"
      }
    }
    if let memory = resources.memoryMiBPerNode {
      guard (0...(1 << 40)).contains(memory) else { return "memory is out of range" }
    }
    return refusal(ofLimit: job.timeLimitMinutes)
  }

  /// Letters and digits of ASCII, and those of `also`; not empty.
  private static func isName(_ text: String, also: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || also.utf8.contains($0)
      }
  }
}
