// SPDX-License-Identifier: GPL-2.0-or-later
import BridgeProtocol
import CSlurm
import Glibc

// What CSlurm shows during a visit, copied into values. All pointers are C's and valid for the
// visit only; texts end with a zero and are never NULL.

/// A C number that may be absent.
func present(_ number: Int64) -> Int? { number < 0 ? nil : Int(number) }

/// A C text, empty if there is none; bytes that are not UTF-8 become U+FFFD.
func copied(_ text: UnsafePointer<CChar>?) -> String {
  // The text ends with a zero and is C's for the visit.
  guard let text = unsafe text else { return "" }
  return unsafe String(cString: text)
}

extension JobObservation {
  init(_ job: cslurm_job) {
    let comment = unsafe copied(job.admin_comment)
    let state = SlurmJobState(unsafe job.state)
    self.init(
      jobID: unsafe Int(job.job_id),
      array: unsafe ArrayPlace(job),
      key: comment.hasPrefix(SlurmKeyText.prefix)
        ? String(comment.dropFirst(SlurmKeyText.prefix.count)) : nil,
      uid: unsafe Int(job.uid),
      account: unsafe copied(job.account),
      partition: unsafe copied(job.partition),
      name: unsafe copied(job.name),
      state: state,
      flags: unsafe Self.flags(job),
      reason: unsafe copied(job.reason),
      held: unsafe job.held,
      times: unsafe JobTimes(
        submit: Int(job.submit_seconds), eligible: present(job.eligible_seconds),
        start: present(job.start_seconds), end: present(job.end_seconds)),
      timeLimitMinutes: unsafe present(job.time_limit_minutes),
      exit: unsafe ExitStatus(code: Int(job.exit_code), signal: Int(job.exit_signal)),
      nodes: unsafe (0..<job.share_count).compactMap { index in
        unsafe job.shares.map { unsafe NodeAllocation($0[index]) }
      },
      requested: unsafe RequestedResources(job),
      restarts: unsafe Int(job.restarts),
      dependency: unsafe copied(job.dependency),
      hetLeader: unsafe present(job.het_leader), mayRequeue: unsafe job.may_requeue)
  }

  private static func flags(_ job: cslurm_job) -> [SlurmJobFlag] {
    let all: [(Bool, SlurmJobFlag)] = unsafe [
      (job.completing, .completing), (job.configuring, .configuring), (job.requeued, .requeued),
      (job.requeue_held, .requeueHeld), (job.resizing, .resizing), (job.stopped, .stopped),
    ]
    return all.filter(\.0).map(\.1).sorted { $0.rawValue < $1.rawValue }
  }
}

extension ArrayPlace {
  /// Nil for a job that is not of an array.
  init?(_ job: cslurm_job) {
    guard let array = unsafe present(job.array_job_id) else { return nil }
    if let index = unsafe present(job.array_task_id) {
      self = .task(arrayJobID: array, index: index)
    } else {
      self = unsafe .waiting(
        arrayJobID: array, indices: ArrayExpression.indices(copied(job.array_tasks)),
        throttle: present(job.array_throttle))
    }
  }
}

extension RequestedResources {
  fileprivate init(_ job: cslurm_job) {
    unsafe self.init(
      nodes: Int(job.requested_nodes), maximumNodes: present(job.requested_maximum_nodes) ?? 0,
      tasks: present(job.requested_tasks) ?? 1, cpus: present(job.requested_cpus) ?? 1,
      cpusPerTask: present(job.requested_cpus_per_task) ?? 1,
      memoryMiBPerNode: present(job.memory_mib_per_node),
      memoryMiBPerCPU: present(job.memory_mib_per_cpu), tresPerNode: copied(job.tres_per_node),
      tresPerJob: copied(job.tres_per_job),
      nodeNames: NodeList.names(copied(job.requested_node_names)))
  }
}

extension NodeAllocation {
  fileprivate init(_ share: cslurm_node_share) {
    unsafe self.init(
      node: copied(share.node), cpus: Int(share.cpus), memoryMiB: Int(share.memory_mib),
      gpus: GRESText.gpus(copied(share.gres)), shards: GRESText.shards(copied(share.gres)))
  }
}

extension NodeObservation {
  init(_ node: cslurm_node) {
    unsafe self.init(
      name: copied(node.name), state: SlurmNodeState(node.state), flags: Self.flags(node),
      cpus: Int(node.cpus), memoryMiB: Int(node.memory_mib), gpus: GRESText.gpus(copied(node.gres)),
      reason: copied(node.reason), reasonSince: present(node.reason_seconds),
      partitions: copied(node.partitions).split(separator: ",").map(String.init).sorted(),
      features: copied(node.features).split(separator: ",").map(String.init).sorted(),
      shards: (GRESText.shards(copied(node.gres)) ?? []).reduce(0) { $0 + $1.count })
  }

  private static func flags(_ node: cslurm_node) -> [SlurmNodeFlag] {
    let all: [(Bool, SlurmNodeFlag)] = unsafe [
      (node.completing, .completing), (node.drain, .drain), (node.fail, .fail),
      (node.maintenance, .maintenance), (node.not_responding, .notResponding),
      (node.powered_down, .poweredDown), (node.rebooting, .rebooting), (node.reserved, .reserved),
    ]
    return all.filter(\.0).map(\.1).sorted { $0.rawValue < $1.rawValue }
  }
}

extension ReservationObservation {
  init(_ reservation: cslurm_reservation) {
    unsafe self.init(
      name: copied(reservation.name), nodes: NodeList.names(copied(reservation.nodes)),
      startSeconds: Int(reservation.start_seconds), endSeconds: Int(reservation.end_seconds),
      isMaintenance: reservation.maintenance, users: Self.names(copied(reservation.users)),
      accounts: Self.names(copied(reservation.accounts)), takesPlans: reservation.takes_plans)
  }
}

extension ReservationObservation {
  private static func names(_ text: String) -> [String] {
    Set(text.split(separator: ",").map(String.init)).sorted()
  }
}

extension PartitionObservation {
  init(_ partition: cslurm_partition) {
    unsafe self.init(
      name: copied(partition.name), state: SlurmPartitionState(partition.state),
      maximumMinutes: present(partition.maximum_minutes),
      maximumNodes: present(partition.maximum_nodes))
  }
}

extension SlurmPartitionState {
  init(_ state: cslurm_partition_state) {
    self =
      switch state {
      case CSLURM_PARTITION_UP: .up
      case CSLURM_PARTITION_DOWN: .down
      case CSLURM_PARTITION_DRAIN: .drain
      default: .inactive
      }
  }
}

extension SlurmJobState {
  init(_ state: cslurm_job_state) {
    self =
      switch state {
      case CSLURM_JOB_PENDING: .pending
      case CSLURM_JOB_RUNNING: .running
      case CSLURM_JOB_SUSPENDED: .suspended
      case CSLURM_JOB_COMPLETED: .completed
      case CSLURM_JOB_CANCELLED: .cancelled
      case CSLURM_JOB_FAILED: .failed
      case CSLURM_JOB_TIMEOUT: .timeout
      case CSLURM_JOB_NODE_FAIL: .nodeFail
      case CSLURM_JOB_PREEMPTED: .preempted
      case CSLURM_JOB_BOOT_FAIL: .bootFail
      case CSLURM_JOB_DEADLINE: .deadline
      case CSLURM_JOB_OOM: .outOfMemory
      default: .unknown
      }
  }
}

extension SlurmNodeState {
  init(_ state: cslurm_node_state) {
    self =
      switch state {
      case CSLURM_NODE_DOWN: .down
      case CSLURM_NODE_IDLE: .idle
      case CSLURM_NODE_ALLOCATED: .allocated
      case CSLURM_NODE_ERROR: .error
      case CSLURM_NODE_MIXED: .mixed
      case CSLURM_NODE_FUTURE: .future
      default: .unknown
      }
  }
}

/// Slurm's node lists, `gn[01-03],x7`.
enum NodeList {
  /// More names than any cluster has.
  static let maximum = 100_000

  /// The names, in the list's order; none for an empty or unreadable list, or Slurm's `(null)`.
  static func names(_ list: String) -> [String] {
    guard !list.isEmpty, list != "(null)", list != "None" else { return [] }
    let found = Collector<String>()
    // `found` outlives the call; C hands its address back to the visitor, which copies the name.
    let whole = unsafe cslurm_expand(
      list, maximum,
      { context, name in
        guard let context = unsafe context else { return }
        unsafe Collector<String>.at(context).items.append(copied(name))
      }, found.address)
    return whole ? found.items : []
  }
}

/// Gathers what a C visitor is shown. Its address is C's `context` for the length of one call,
/// during which its owner keeps it alive.
final class Collector<Item> {
  var items: [Item] = []

  var address: UnsafeMutableRawPointer { unsafe Unmanaged.passUnretained(self).toOpaque() }

  static func at(_ address: UnsafeMutableRawPointer) -> Collector {
    unsafe Unmanaged<Collector>.fromOpaque(address).takeUnretainedValue()
  }
}

/// C texts that live as long as this object.
@safe
final class CTexts {
  // Each is a zero-terminated copy made by strdup and freed in deinit.
  private var copies: [UnsafeMutablePointer<CChar>] = unsafe []

  func add(_ text: String?) -> UnsafePointer<CChar>? {
    // strdup copies during the call; the copy is ours.
    guard let text, let copy = unsafe strdup(text) else { return nil }
    unsafe copies.append(copy)
    return unsafe UnsafePointer(copy)
  }

  deinit {
    // Ours since `add`; nobody else holds them by now.
    unsafe copies.forEach { unsafe free($0) }
  }
}
