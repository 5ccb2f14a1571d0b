// SPDX-License-Identifier: GPL-2.0-or-later
import BridgeProtocol
import CSlurm

/// libslurm, one call at a time: it keeps global state, and may block for as long as it likes.
///
/// Only values come out; what C shows during a visit is copied before the visit ends.
struct SlurmLibrary: Sendable {
  /// What a failed call means, with Slurm's number and words.
  struct Failure: Error, Sendable {
    let code: Int32
    let meaning: cslurm_meaning

    init(_ code: Int32) {
      self.code = code
      meaning = cslurm_meaning(code)
    }

    /// In Slurm's words.
    var message: String {
      // 512 bytes owned by this call; C writes a text with its final zero into them.
      let bytes = unsafe [CChar](unsafeUninitializedCapacity: 512) { buffer, count in
        unsafe cslurm_message(code, buffer.baseAddress, buffer.count)
        count = unsafe buffer.firstIndex(of: 0) ?? 0
      }
      return String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  /// Reads Slurm's configuration; libslurm ends the process when there is none.
  init() { cslurm_begin() }

  /// Whether slurmctld takes connections now.
  var isReachable: Bool { cslurm_reachable(2000) }

  private func check(_ code: Int32) throws(Failure) {
    if code != 0 { throw Failure(code) }
  }

  func facts() throws(Failure) -> ClusterFacts {
    var cluster = cslurm_cluster()
    // C writes into `cluster` during the call.
    try unsafe check(cslurm_cluster(&cluster))
    // The two arrays of C characters end with a zero and stand in `cluster`.
    let name = unsafe withUnsafeBytes(of: cluster.name) { unsafe text(upToZero: $0) }
    let version = unsafe withUnsafeBytes(of: cluster.version) { unsafe text(upToZero: $0) }
    return ClusterFacts(
      clusterName: name, slurmVersion: version, clockMilliseconds: Clock.milliseconds(),
      killWaitSeconds: Int(cluster.kill_wait_seconds),
      overTimeLimitMinutes: present(cluster.over_time_limit_minutes),
      minJobAgeSeconds: Int(cluster.min_job_age_seconds),
      controllerStartSeconds: Int(cluster.boot_seconds))
  }

  /// Submits held and gives Slurm's id.
  func submitHeld(_ job: HeldJob, adminComment: String, environment: [String])
    throws(Failure) -> Int
  {
    let texts = CTexts()
    // Every text is owned by `texts` until the end of this function; C reads them during the call.
    var held = unsafe cslurm_held_job()
    unsafe held.admin_comment = texts.add(adminComment)
    unsafe held.name = texts.add(job.name)
    unsafe held.script = texts.add(job.script)
    unsafe held.work_dir = texts.add(job.workingDirectory)
    unsafe held.account = texts.add(job.account)
    unsafe held.partition = texts.add(job.partition)
    unsafe held.std_out = texts.add(job.standardOutput)
    unsafe held.std_err = texts.add(job.standardError)
    unsafe held.std_in = texts.add(job.standardInput)
    unsafe held.array = texts.add(job.array)
    unsafe held.comment = texts.add(job.comment)
    unsafe held.reservation = texts.add(job.reservation)
    unsafe held.tres_per_node = texts.add(Self.tres(job.resources))
    unsafe held.uid = UInt32(clamping: job.uid)
    unsafe held.gid = UInt32(clamping: job.gid)
    unsafe held.nodes = UInt32(clamping: job.resources.nodes)
    unsafe held.tasks = UInt32(clamping: job.resources.tasks)
    unsafe held.cpus_per_task = UInt32(clamping: job.resources.cpusPerTask)
    unsafe held.memory_mib_per_node = job.resources.memoryMiBPerNode.map(Int64.init) ?? -1
    unsafe held.time_limit_minutes = UInt32(clamping: job.timeLimitMinutes)
    unsafe held.exclusive = job.resources.exclusive
    unsafe held.environment_count = UInt32(clamping: environment.count)
    var variables = unsafe environment.map { unsafe texts.add($0) }
    var jobID: UInt32 = 0
    // The array of pointers is this function's own, and C reads it during the call only.
    let code = unsafe variables.withUnsafeMutableBufferPointer { list in
      unsafe held.environment = UnsafePointer(list.baseAddress)
      return unsafe cslurm_submit_held(&held, &jobID)
    }
    withExtendedLifetime(texts) {}
    try check(code)
    return Int(jobID)
  }

  private static func tres(_ resources: HeldResources) -> String? {
    if let shards = resources.shardsPerNode { return "gres:shard:\(shards)" }
    return resources.gpusPerNode.map { gpus in
      gpus.type.map { "gres:gpu:\($0):\(gpus.count)" } ?? "gres:gpu:\(gpus.count)"
    }
  }

  // C reads the texts of the three acts during the call only.

  /// - Parameter partition: nil to leave the job in its own.
  func release(_ target: SlurmTarget, nodes: [String], partition: String?) throws(Failure) {
    try unsafe check(
      cslurm_release(
        target.description, nodes.joined(separator: ","), UInt32(clamping: nodes.count),
        partition ?? ""))
  }

  func hold(_ target: SlurmTarget) throws(Failure) {
    try unsafe check(cslurm_hold(target.description))
  }

  func cancel(_ target: SlurmTarget) throws(Failure) {
    try unsafe check(cslurm_cancel(target.description))
  }

  func putBack(_ target: SlurmTarget) throws(Failure) {
    try unsafe check(cslurm_put_back(target.description))
  }

  func signal(_ target: SlurmTarget, number: Int) throws(Failure) {
    try unsafe check(cslurm_signal(target.description, UInt16(clamping: number)))
  }

  /// - Parameter jobID: a task's own, not its array's.
  func notify(_ jobID: Int, _ text: String) throws(Failure) {
    try unsafe check(cslurm_notify(UInt32(clamping: jobID), text))
  }

  func setLimit(_ target: SlurmTarget, minutes: Int) throws(Failure) {
    try unsafe check(cslurm_limit(target.description, UInt32(clamping: minutes)))
  }

  func mark(_ target: SlurmTarget, adminComment: String) throws(Failure) {
    try unsafe check(cslurm_mark(target.description, adminComment))
  }

  func drain(_ node: String, reason: String) throws(Failure) {
    try unsafe check(cslurm_drain(node, reason))
  }

  func resume(_ node: String) throws(Failure) { try unsafe check(cslurm_resume(node)) }

  func set(_ partition: String, to state: SlurmPartitionState) throws(Failure) {
    let wanted: cslurm_partition_state =
      switch state {
      case .up: CSLURM_PARTITION_UP
      case .down: CSLURM_PARTITION_DOWN
      case .drain: CSLURM_PARTITION_DRAIN
      case .inactive: CSLURM_PARTITION_INACTIVE
      }
    try unsafe check(cslurm_set_partition(partition, wanted))
  }

  func reserve(_ order: ReservationOrder) throws(Failure) {
    let texts = CTexts()
    // Every text is owned by `texts` until the end of this function; C reads them during the call.
    var wanted = unsafe cslurm_new_reservation()
    unsafe wanted.name = texts.add(order.name)
    unsafe wanted.nodes = texts.add(order.nodes.joined(separator: ","))
    unsafe wanted.users = texts.add(order.users.joined(separator: ","))
    unsafe wanted.accounts = texts.add(order.accounts.joined(separator: ","))
    unsafe wanted.start_seconds = Int64(order.startSeconds)
    unsafe wanted.end_seconds = Int64(order.endSeconds)
    unsafe wanted.maintenance = order.isMaintenance
    unsafe wanted.ignore_jobs = order.ignoresJobs
    let code = unsafe cslurm_reserve(&wanted)
    withExtendedLifetime(texts) {}
    try check(code)
  }

  func deleteReservation(_ name: String) throws(Failure) {
    try unsafe check(cslurm_delete_reservation(name))
  }

  /// All jobs by id, or nil when nothing changed since.
  func jobs(since: SlurmUpdate?) throws(Failure) -> (items: [JobObservation], SlurmUpdate)? {
    let found = Collector<JobObservation>()
    var update: Int64 = 0
    // `found` outlives the call; C hands its address back to the visitor, which copies the job.
    let code = unsafe cslurm_jobs(
      Int64(since?.seconds ?? 0),
      { context, job in
        guard let context = unsafe context, let job = unsafe job else { return }
        unsafe Collector<JobObservation>.at(context).items.append(JobObservation(job.pointee))
      }, found.address, &update)
    if cslurm_meaning(code) == CSLURM_NO_CHANGE { return nil }
    try check(code)
    return (found.items.sorted { $0.jobID < $1.jobID }, SlurmUpdate(seconds: Int(update)))
  }

  /// The job of this id, or all records of the array of this id.
  func job(_ jobID: Int) throws(Failure) -> [JobObservation] {
    let found = Collector<JobObservation>()
    // As in `jobs`.
    try unsafe check(
      cslurm_job(
        UInt32(clamping: jobID),
        { context, job in
          guard let context = unsafe context, let job = unsafe job else { return }
          unsafe Collector<JobObservation>.at(context).items.append(JobObservation(job.pointee))
        }, found.address))
    return found.items
  }

  /// All nodes by name, or nil when nothing changed since.
  func nodes(since: SlurmUpdate?) throws(Failure) -> (items: [NodeObservation], SlurmUpdate)? {
    let found = Collector<NodeObservation>()
    var update: Int64 = 0
    // As in `jobs`.
    let code = unsafe cslurm_nodes(
      Int64(since?.seconds ?? 0),
      { context, node in
        guard let context = unsafe context, let node = unsafe node else { return }
        unsafe Collector<NodeObservation>.at(context).items.append(NodeObservation(node.pointee))
      }, found.address, &update)
    if cslurm_meaning(code) == CSLURM_NO_CHANGE { return nil }
    try check(code)
    return (found.items.sorted { $0.name < $1.name }, SlurmUpdate(seconds: Int(update)))
  }

  /// All reservations of nodes by name, or nil when nothing changed since.
  func reservations(
    since: SlurmUpdate?
  ) throws(Failure) -> (items: [ReservationObservation], SlurmUpdate)? {
    let found = Collector<ReservationObservation>()
    var update: Int64 = 0
    // As in `jobs`.
    let code = unsafe cslurm_reservations(
      Int64(since?.seconds ?? 0),
      { context, reservation in
        guard let context = unsafe context, let reservation = unsafe reservation else { return }
        unsafe Collector<ReservationObservation>.at(context).items.append(
          ReservationObservation(reservation.pointee))
      }, found.address, &update)
    if cslurm_meaning(code) == CSLURM_NO_CHANGE { return nil }
    try check(code)
    return (found.items.sorted { $0.name < $1.name }, SlurmUpdate(seconds: Int(update)))
  }

  /// All partitions by name, or nil when nothing changed since.
  func partitions(
    since: SlurmUpdate?
  ) throws(Failure) -> (items: [PartitionObservation], SlurmUpdate)? {
    let found = Collector<PartitionObservation>()
    var update: Int64 = 0
    // As in `jobs`.
    let code = unsafe cslurm_partitions(
      Int64(since?.seconds ?? 0),
      { context, partition in
        guard let context = unsafe context, let partition = unsafe partition else { return }
        unsafe Collector<PartitionObservation>.at(context).items.append(
          PartitionObservation(partition.pointee))
      }, found.address, &update)
    if cslurm_meaning(code) == CSLURM_NO_CHANGE { return nil }
    try check(code)
    return (found.items.sorted { $0.name < $1.name }, SlurmUpdate(seconds: Int(update)))
  }
}

/// The text before the first zero of some bytes of C's.
private func text(upToZero bytes: UnsafeRawBufferPointer) -> String {
  // The bytes are the caller's, for the call.
  unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
}
