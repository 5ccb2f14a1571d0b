// SPDX-License-Identifier: GPL-2.0-or-later
import BridgeProtocol
import CSlurm
import Logging
import Synchronization

/// Performs the protocol's acts through libslurm. All acts of all connections pass here one at a
/// time, so that what an act looked at still holds when it changes Slurm.
final class BridgeActs: Sendable {
  private let record: EndedRunRecord
  private let logger: Logger
  private let turn: Mutex<Memory>

  /// What is remembered between acts. Nothing depends on it but speed.
  private struct Memory: Sendable {
    let library = SlurmLibrary()
    /// Slurm's ids by our keys: of all that Slurm listed once, and all that was submitted since. Nil
    /// before, and while a submission may have been taken of which nothing was heard.
    var keys: [String: Int]?
    /// When slurmctld answered last.
    var answered: ContinuousClock.Instant?

    /// True if slurmctld takes connections, so that libslurm will not retry for its time-out. A
    /// look soon after an answer trusts it: slurmctld logs each connection that says nothing.
    func isReachable(for act: BridgeAct) -> Bool {
      if let answered, act.onlyLooks, answered.duration(to: .now) < .seconds(5) { return true }
      return library.isReachable
    }
  }

  /// - Parameter recordPath: where slurmctld writes its record of ended runs.
  init(recordPath: String, logger: Logger) {
    record = EndedRunRecord(path: recordPath)
    self.logger = logger
    turn = Mutex(Memory())
  }

  /// Blocks for as long as libslurm does.
  func perform(_ act: BridgeAct) -> BridgeOutcome<BridgeAnswer> {
    if case .endedRuns(let cursor, let limit) = act {
      return .accepted(value: .endedRuns(page: record.page(after: cursor, limit: limit)))
    }
    if let refusal = ActRules.refusal(of: act) {
      return .refused(
        refusal: BridgeRefusal(code: 0, reason: .rule, message: refusal))
    }
    // What waits here holds up nobody.
    if case .recordEnd(let known, let milliseconds) = act {
      let end = record.end(notAt: known, within: milliseconds)
      return .accepted(value: .recordEnd(end: end))
    }
    return turn.withLock { memory in
      guard memory.isReachable(for: act) else {
        memory.answered = nil
        return .unavailable(message: "slurmctld does not take connections")
      }
      do throws(SlurmLibrary.Failure) {
        let outcome = try Self.perform(act, &memory)
        memory.answered = .now
        return outcome
      } catch {
        memory.answered = nil
        return outcome(of: error, act)
      }
    }
  }

  private static func perform(
    _ act: BridgeAct, _ memory: inout Memory
  ) throws(SlurmLibrary.Failure) -> BridgeOutcome<BridgeAnswer> {
    let library = memory.library
    switch act {
    case .hello: return .accepted(value: .facts(facts: try library.facts()))
    case .submitHeld(let job): return try submit(job, &memory)
    case .release(let target, let nodes, let partition):
      return try release(target, nodes, partition, library)
    case .hold(let target): return try hold(target, library)
    case .cancel(let target):
      guard let seen = try find(target, library) else { return unknownJob(target) }
      try library.cancel(target.inArray(of: seen))
    case .putBack(let target):
      guard let seen = try find(target, library) else { return unknownJob(target) }
      if let refusal = notRunning(seen, target) { return refusal }
      try library.putBack(target.inArray(of: seen))
    case .signal(let target, let number):
      guard let seen = try find(target, library) else { return unknownJob(target) }
      if let refusal = notRunning(seen, target) { return refusal }
      try library.signal(target.inArray(of: seen), number: number)
    case .notify(let target, let text):
      guard let seen = try find(target, library) else { return unknownJob(target) }
      if let refusal = notRunning(seen, target) { return refusal }
      try library.notify(seen.jobID, text)
    case .limit(let target, let minutes):
      guard let seen = try find(target, library) else { return unknownJob(target) }
      if seen.state != .pending, let refusal = notRunning(seen, target) { return refusal }
      // A task by its index: the last of an array to leave it keeps the array's id, which means all.
      try library.setLimit(target.inArray(of: seen), minutes: minutes)
    case .mark(let target, let key): return try mark(target, key, library)
    case .drain(let node, let reason): try library.drain(node, reason: reason)
    case .resume(let node): return try resume(node, library)
    case .setPartition(let name, let state): try library.set(name, to: state)
    case .reserve(let order): return try reserve(order, library)
    case .deleteReservation(let name): return try deleteReservation(name, library)
    case .jobs(let since):
      return .accepted(
        value: .jobs(
          jobs: try observed { () throws(SlurmLibrary.Failure) in try library.jobs(since: since) }))
    case .nodes(let since):
      return .accepted(
        value: .nodes(
          nodes: try observed { () throws(SlurmLibrary.Failure) in
            try library.nodes(since: since)
          }))
    case .reservations(let since):
      return .accepted(
        value: .reservations(
          reservations: try observed { () throws(SlurmLibrary.Failure) in
            try library.reservations(since: since)
          }))
    case .partitions(let since):
      return .accepted(
        value: .partitions(
          partitions: try observed { () throws(SlurmLibrary.Failure) in
            try library.partitions(since: since)
          }))
    case .endedRuns, .recordEnd: break
    }
    return .accepted(value: .done)
  }

  /// A look, with the bridge's clock just before it.
  private static func observed<Item>(
    _ look: () throws(SlurmLibrary.Failure) -> (items: [Item], SlurmUpdate)?
  ) throws(SlurmLibrary.Failure) -> Observed<Item> {
    let clock = Clock.milliseconds()
    guard let (items, update) = try look() else { return .unchanged(clockMilliseconds: clock) }
    return .snapshot(items: items, update: update, clockMilliseconds: clock)
  }

  // MARK: Submitting

  /// So many keys are remembered; with more they are read anew.
  private static let mostKeys = 100_000

  /// Adopts the job that carries the key, whatever became of it, or submits one held.
  ///
  /// All jobs are looked through when nothing is known, and where a key is known that Slurm may have
  /// forgotten; what is submitted otherwise was never submitted before.
  private static func submit(
    _ job: HeldJob, _ memory: inout Memory
  ) throws(SlurmLibrary.Failure) -> BridgeOutcome<BridgeAnswer> {
    var keys: [String: Int]
    if let known = memory.keys, known.count < mostKeys, known[job.key] == nil {
      keys = known
    } else {
      keys = [:]
      for item in try memory.library.jobs(since: nil)?.items.reversed() ?? [] {
        guard let key = item.key else { continue }
        keys[key] = item.array?.jobID ?? item.jobID
      }
    }
    // If what follows is cut short, nothing is known.
    memory.keys = nil
    if let known = keys[job.key] {
      memory.keys = keys
      return .accepted(value: .submitted(job: SubmittedJob(slurmJobID: known, adopted: true)))
    }
    let jobID = try memory.library.submitHeld(
      job, adminComment: SlurmKeyText.prefix + job.key, environment: job.environmentForSlurm)
    keys[job.key] = jobID
    memory.keys = keys
    return .accepted(value: .submitted(job: SubmittedJob(slurmJobID: jobID, adopted: false)))
  }

  // MARK: Releasing

  /// Only what waits and is held: a running job would shrink to the nodes of the update, whatever
  /// Slurm answers, and an array's id would release all its waiting tasks.
  private static func release(
    _ target: SlurmTarget, _ nodes: [String], _ partition: String?, _ library: SlurmLibrary
  ) throws(SlurmLibrary.Failure) -> BridgeOutcome<BridgeAnswer> {
    guard let seen = try find(target, library) else { return unknownJob(target) }
    if let refusal = notWaiting(seen, target) { return refusal }
    if case .some(.waiting) = seen.array, target.arrayTask == nil {
      return refused(.rule, "\(target) is an array: name the task to release")
    }
    if !seen.held {
      // Released already, or put back by Slurm: it could start while its nodes are changed.
      let held = try hold(target, library)
      guard case .accepted = held else { return held }
    }
    try library.release(target.inArray(of: seen), nodes: nodes, partition: partition)
    return .accepted(value: .done)
  }

  /// Slurm takes a hold of a running job too, to no effect but that it would wait held if it were
  /// put back. So look before, and once more after, since it may have started in between.
  private static func hold(
    _ target: SlurmTarget, _ library: SlurmLibrary
  ) throws(SlurmLibrary.Failure) -> BridgeOutcome<BridgeAnswer> {
    guard let seen = try find(target, library) else { return unknownJob(target) }
    if let refusal = notWaiting(seen, target) { return refusal }
    try library.hold(target.inArray(of: seen))
    guard let after = try find(target, library) else { return unknownJob(target) }
    return notWaiting(after, target) ?? .accepted(value: .done)
  }

  /// Only what nobody's key is on: the wrong job would be charged.
  private static func mark(
    _ target: SlurmTarget, _ key: String, _ library: SlurmLibrary
  ) throws(SlurmLibrary.Failure) -> BridgeOutcome<BridgeAnswer> {
    guard let seen = try find(target, library) else { return unknownJob(target) }
    if seen.key == key { return .accepted(value: .done) }
    guard seen.key == nil || seen.key == JobObservation.openKey else {
      return refused(.rule, "\(target) carries the key \(seen.key ?? "") already")
    }
    if seen.state.isEnded {
      return refused(.alreadyEnded, "\(target) has ended: \(seen.state.rawValue)")
    }
    try library.mark(target.inArray(of: seen), adminComment: SlurmKeyText.prefix + key)
    return .accepted(value: .done)
  }

  /// Slurm refuses it of a node that is neither drained nor down.
  private static func resume(
    _ name: String, _ library: SlurmLibrary
  ) throws(SlurmLibrary.Failure) -> BridgeOutcome<BridgeAnswer> {
    let seen = try library.nodes(since: nil)?.items.first { $0.name == name }
    guard let node = seen else { return refused(.other, "Slurm has no node \(name)") }
    let isAway = node.state == .down || node.flags.contains(.drain) || node.flags.contains(.fail)
    if isAway { try library.resume(name) }
    return .accepted(value: .done)
  }

  /// The record that holds the target, or nil if Slurm knows none.
  private static func find(
    _ target: SlurmTarget, _ library: SlurmLibrary
  ) throws(SlurmLibrary.Failure) -> JobObservation? {
    let records = try library.job(target.jobID).filter { target.mayBe($0.key) }
    guard let task = target.arrayTask else {
      return records.first { $0.jobID == target.jobID } ?? records.first
    }
    for record in records {
      switch record.array {
      case .some(.task(_, let index)) where index == task: return record
      case .some(.waiting(_, let indices, _)) where indices.contains(task): return record
      default: continue
      }
    }
    return nil
  }

  private static func notWaiting(
    _ seen: JobObservation, _ target: SlurmTarget
  ) -> BridgeOutcome<BridgeAnswer>? {
    switch seen.state {
    case .pending: return nil
    case .running, .suspended, .unknown:
      return refused(.notWaiting, "\(target) does not wait: it is \(seen.state.rawValue)")
    default: return refused(.alreadyEnded, "\(target) has ended: \(seen.state.rawValue)")
    }
  }

  private static func notRunning(
    _ seen: JobObservation, _ target: SlurmTarget
  ) -> BridgeOutcome<BridgeAnswer>? {
    switch seen.state {
    case .running, .suspended: return nil
    case .pending, .unknown: return refused(.rule, "\(target) does not run yet")
    default: return refused(.alreadyEnded, "\(target) has ended: \(seen.state.rawValue)")
    }
  }

  // MARK: Outcomes

  private static func unknownJob(_ target: SlurmTarget) -> BridgeOutcome<BridgeAnswer> {
    refused(.noSuchJob, "Slurm knows no job \(target)")
  }

  static func refused(
    _ reason: BridgeRefusalReason, _ message: String
  ) -> BridgeOutcome<BridgeAnswer> {
    .refused(refusal: BridgeRefusal(code: 0, reason: reason, message: message))
  }

  private func outcome(
    of failure: SlurmLibrary.Failure, _ act: BridgeAct
  ) -> BridgeOutcome<BridgeAnswer> {
    let words = "\(failure.message) (Slurm error \(failure.code))"
    logger.debug("\(act.name): \(words)")
    let reason: BridgeRefusalReason
    switch failure.meaning {
    case CSLURM_NOT_SENT, CSLURM_BUSY: return .unavailable(message: words)
    case CSLURM_UNKNOWN:
      // A look that failed changed nothing.
      return act.onlyLooks ? .unavailable(message: words) : .unknown(message: words)
    case CSLURM_NO_SUCH_JOB: reason = .noSuchJob
    case CSLURM_ALREADY_ENDED: reason = .alreadyEnded
    case CSLURM_NOT_WAITING: reason = .notWaiting
    case CSLURM_IMPOSSIBLE: reason = .impossible
    case CSLURM_NOT_NOW: reason = .notNow
    default: reason = .other
    }
    return .refused(
      refusal: BridgeRefusal(code: Int(failure.code), reason: reason, message: words))
  }
}

extension SlurmTarget {
  /// The same target by the array's own id, for a task that was named by the id it has had since it
  /// left the waiting rest.
  fileprivate func inArray(of seen: JobObservation) -> SlurmTarget {
    guard let array = seen.array, arrayTask != nil else { return self }
    return SlurmTarget(jobID: array.jobID, arrayTask: arrayTask, owner: owner)
  }
}

extension ArrayPlace {
  fileprivate var jobID: Int {
    switch self {
    case .task(let id, _), .waiting(let id, _, _): id
    }
  }
}

extension HeldJob {
  /// The member's environment and what `sbatch` would have added to it.
  fileprivate var environmentForSlurm: [String] {
    var added = [
      "SLURM_JOB_NAME=\(name)", "SLURM_SUBMIT_DIR=\(workingDirectory)",
      "SLURM_CPUS_PER_TASK=\(resources.cpusPerTask)",
    ]
    if resources.tasks % resources.nodes == 0 {
      added.append("SLURM_NTASKS_PER_NODE=\(resources.tasks / resources.nodes)")
    }
    let names = Set(environment.map { $0.prefix { $0 != "=" } })
    return environment + added.filter { !names.contains($0.prefix { $0 != "=" }) }
  }
}

extension BridgeAct {
  /// For the log: what was asked, without the script or the environment.
  var name: String {
    switch self {
    case .hello: "hello"
    case .submitHeld(let job): "submit \(job.key)"
    case .release(let target, let nodes, let partition):
      "release \(target) on \(nodes.joined(separator: ","))\(partition.map { " in \($0)" } ?? "")"
    case .hold(let target): "hold \(target)"
    case .cancel(let target): "cancel \(target)"
    case .putBack(let target): "put back \(target)"
    case .signal(let target, let number): "signal \(number) to \(target)"
    case .notify(let target, _): "notify \(target)"
    case .limit(let target, let minutes): "limit \(target) to \(minutes) min"
    case .mark(let target, let key): "mark \(target) as \(key)"
    case .drain(let node, _): "drain \(node)"
    case .resume(let node): "resume \(node)"
    case .setPartition(let name, let state): "set partition \(name) to \(state.rawValue)"
    case .reserve(let order): "reserve \(order.name)"
    case .deleteReservation(let name): "delete reservation \(name)"
    case .jobs: "jobs"
    case .nodes: "nodes"
    case .reservations: "reservations"
    case .partitions: "partitions"
    case .endedRuns: "ended runs"
    case .recordEnd: "record's end"
    }
  }
}
