package import BridgeProtocol
import FoundationEssentials
import LocalSocket
package import Logging
import Threads

/// Slurm through the bridge: one connection, one request at a time, on a thread of its own.
///
/// What is lost before a request is wholly sent is `unavailable`, since the bridge acts on whole
/// requests only; what is lost after is `unknown`, unless the act only looks. A connection that
/// the bridge has closed meanwhile (it was restarted) is made anew once, within the same call.
package actor BridgeClient: SlurmPort {
  /// Where the bridge is, and how long it may take.
  package struct Options: Sendable {
    package var socketPath: String
    /// For one request and its answer. libslurm gives up after ten seconds or so.
    package var deadlineMilliseconds: Int64 = 30_000
    /// For a message to a run, whose end is not to wait for it.
    package var messageMilliseconds: Int64 = 2_000

    package init(socketPath: String) { self.socketPath = socketPath }
  }

  private let thread: ThreadExecutor
  // The actor owns its executor, so the unowned reference lives as long as the actor.
  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe thread.asUnownedSerialExecutor()
  }

  private let options: Options
  private let logger: Logger
  private var connection: LocalConnection?
  private var lastID = 0

  /// Connects with the first request. Throws `ThreadError` when the system has no thread left.
  package init(options: Options, logger: Logger) throws {
    self.options = options
    self.logger = logger
    thread = try ThreadExecutor(named: "slurm-bridge")
  }

  package func hello() -> BridgeOutcome<ClusterFacts> {
    answer(.hello) { if case .facts(let facts) = $0 { facts } else { nil } }
  }

  package func submitHeld(_ job: HeldJob) -> BridgeOutcome<SubmittedJob> {
    answer(.submitHeld(job: job)) { if case .submitted(let job) = $0 { job } else { nil } }
  }

  package func release(
    _ target: SlurmTarget, on nodes: [String], in partition: String?
  ) -> BridgeOutcome<Done> {
    answer(.release(target: target, nodes: nodes, partition: partition), Self.done)
  }

  package func hold(_ target: SlurmTarget) -> BridgeOutcome<Done> {
    answer(.hold(target: target), Self.done)
  }

  package func cancel(_ target: SlurmTarget) -> BridgeOutcome<Done> {
    answer(.cancel(target: target), Self.done)
  }

  package func putBack(_ target: SlurmTarget) -> BridgeOutcome<Done> {
    answer(.putBack(target: target), Self.done)
  }

  package func signal(_ target: SlurmTarget, number: Int) -> BridgeOutcome<Done> {
    answer(.signal(target: target, number: number), Self.done)
  }

  package func notify(_ target: SlurmTarget, text: String) -> BridgeOutcome<Done> {
    answer(.notify(target: target, text: text), within: options.messageMilliseconds, Self.done)
  }

  package func limit(_ target: SlurmTarget, minutes: Int) -> BridgeOutcome<Done> {
    answer(.limit(target: target, minutes: minutes), Self.done)
  }

  package func mark(_ target: SlurmTarget, key: String) -> BridgeOutcome<Done> {
    answer(.mark(target: target, key: key), Self.done)
  }

  package func drain(node: String, reason: String) -> BridgeOutcome<Done> {
    answer(.drain(node: node, reason: reason), Self.done)
  }

  package func resume(node: String) -> BridgeOutcome<Done> {
    answer(.resume(node: node), Self.done)
  }

  package func set(partition: String, to state: SlurmPartitionState) -> BridgeOutcome<Done> {
    answer(.setPartition(name: partition, state: state), Self.done)
  }

  package func reserve(_ order: ReservationOrder) -> BridgeOutcome<CreatedReservation> {
    answer(.reserve(order: order)) {
      if case .reservation(let created) = $0 { created } else { nil }
    }
  }

  package func deleteReservation(_ name: String) -> BridgeOutcome<Done> {
    answer(.deleteReservation(name: name), Self.done)
  }

  package func jobs(since: SlurmUpdate?) -> BridgeOutcome<Observed<JobObservation>> {
    answer(.jobs(since: since)) { if case .jobs(let jobs) = $0 { jobs } else { nil } }
  }

  package func nodes(since: SlurmUpdate?) -> BridgeOutcome<Observed<NodeObservation>> {
    answer(.nodes(since: since)) { if case .nodes(let nodes) = $0 { nodes } else { nil } }
  }

  package func reservations(
    since: SlurmUpdate?
  ) -> BridgeOutcome<Observed<ReservationObservation>> {
    answer(.reservations(since: since)) {
      if case .reservations(let reservations) = $0 { reservations } else { nil }
    }
  }

  package func partitions(
    since: SlurmUpdate?
  ) -> BridgeOutcome<Observed<PartitionObservation>> {
    answer(.partitions(since: since)) {
      if case .partitions(let partitions) = $0 { partitions } else { nil }
    }
  }

  package func endedRuns(
    after: RecordCursor?, limit: Int
  ) -> BridgeOutcome<EndedRunPage> {
    answer(.endedRuns(after: after, limit: limit)) {
      if case .endedRuns(let page) = $0 { page } else { nil }
    }
  }

  /// Where Slurm's record of ended runs ends, as soon as it is not at a place, at the latest after so
  /// long; nil while there is no record. For a client of its own: nobody else is answered meanwhile.
  package func recordEnd(
    notAt known: RecordCursor?, milliseconds: Int
  ) -> BridgeOutcome<RecordCursor?> {
    answer(.recordEnd(notAt: known, milliseconds: milliseconds)) {
      if case .recordEnd(let end) = $0 { .some(end) } else { nil }
    }
  }

  private static func done(_ answer: BridgeAnswer) -> Done? {
    if case .done = answer { Done() } else { nil }
  }

  // MARK: Exchange

  private func answer<Value>(
    _ act: BridgeAct, within milliseconds: Int64? = nil, _ pick: (BridgeAnswer) -> Value?
  ) -> BridgeOutcome<Value> {
    switch exchange(act, within: milliseconds ?? options.deadlineMilliseconds) {
    case .refused(let refusal): return .refused(refusal: refusal)
    case .unavailable(let message): return .unavailable(message: message)
    case .unknown(let message): return .unknown(message: message)
    case .accepted(let answer):
      if let value = pick(answer) { return .accepted(value: value) }
      disconnect()
      return lost(act, "the bridge answered something else than was asked")
    }
  }

  private func exchange(
    _ act: BridgeAct, within milliseconds: Int64
  ) -> BridgeOutcome<BridgeAnswer> {
    lastID += 1
    let request = BridgeRequest(id: lastID, act: act)
    guard let json = try? BridgeFrame.encode(request), json.count <= BridgeFrame.maximumRequestBytes
    else {
      let message = "the request is longer than \(BridgeFrame.maximumRequestBytes) bytes"
      return .refused(refusal: BridgeRefusal(code: 0, reason: .rule, message: message))
    }
    let deadline = Deadline.milliseconds(milliseconds)
    let sentOn: LocalConnection
    do {
      sentOn = try send(Array(json), before: deadline)
    } catch {
      disconnect()
      return .unavailable(message: "the bridge is not there: \(error)")
    }
    do {
      let reply = try BridgeFrame.decode(
        BridgeReply.self, from: Data(try sentOn.readFrame(before: deadline)))
      guard reply.id == request.id else {
        disconnect()
        return lost(act, "the bridge answered another request")
      }
      return reply.outcome
    } catch {
      // An answer that is still to come would be taken for the next one's.
      disconnect()
      return lost(act, "the bridge's answer is lost: \(error)")
    }
  }

  /// Writes the request, on a new connection if the old one has ended.
  private func send(
    _ json: [UInt8], before deadline: Deadline
  ) throws(LocalSocketError) -> LocalConnection {
    if let connection {
      do {
        try connection.writeFrame(json, before: deadline)
        return connection
      } catch {
        disconnect()
        guard error == .closed else { throw error }
      }
    }
    let fresh = try LocalConnection.connect(
      to: options.socketPath, before: deadline, maximumFrameBytes: BridgeFrame.maximumReplyBytes)
    connection = fresh
    logger.info("connected to the bridge", metadata: ["socket": "\(options.socketPath)"])
    try fresh.writeFrame(json, before: deadline)
    return fresh
  }

  private func disconnect() {
    connection?.close()
    connection = nil
  }

  private func lost<Value>(_ act: BridgeAct, _ message: String) -> BridgeOutcome<Value> {
    act.onlyLooks ? .unavailable(message: message) : .unknown(message: message)
  }
}
