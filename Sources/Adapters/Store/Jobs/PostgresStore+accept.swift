package import Domain
import Lifecycle
import Postgres
import Scheduling
package import Services

extension PostgresStore {
  /// Submissions that arrive while others are being written are written together, in one
  /// transaction, each with an outcome of its own.
  package func accept(_ job: NewJob) async throws(StoreError) -> Acceptance {
    try await acceptances.outcome(of: job) { await self.accept($0) }
  }

  /// Together; but if that is refused, for one of them may be what Postgres can't take, each alone.
  private func accept(_ jobs: [NewJob]) async -> [Result<Acceptance, StoreError>] {
    let together = await written(jobs)
    guard case .failure(.broken) = together, jobs.count > 1 else {
      return jobs.indices.map { index in together.map { $0[index] } }
    }
    var alone: [Result<Acceptance, StoreError>] = []
    for job in jobs { alone.append(await written([job]).map { $0[0] }) }
    return alone
  }

  private func written(_ jobs: [NewJob]) async -> Result<[Acceptance], StoreError> {
    let columns = jobs.map {
      Self.columns(of: $0) + [.bytes($0.key?.content ?? [])] + $0.request.terms.columns
        + $0.request.wishes.columns
        + [.text($0.request.dependencyRule.rawValue), .optionalText($0.request.wishes.qos?.text)]
        + $0.request.licences.columns
        + [.textArray($0.request.otherPartitions.map(\.text))]
        + [.integer($0.request.perNode.gpuThousandths), .optionalInstant($0.taken)]
        + [
          .optionalText($0.request.terms.reservation?.text),
          .optionalInt64($0.request.terms.switches.map { Int64($0.most) }),
          .optionalInstant($0.request.terms.switches?.until),
        ]
    }
    do throws(StoreError) {
      let acceptances = try await write(announced: true) { tx throws(PostgresError) in
        let refused = try self.refusals(of: jobs, tx)
        let rows = try tx.queries(
          jobs.indices.filter { refused[$0] == nil }.map { (.acceptJob, columns[$0]) })
        var rest = rows[...]
        var acceptances: [Acceptance] = []
        for (index, job) in jobs.enumerated() {
          if let shortfall = refused[index] {
            acceptances.append(.refused(shortfall))
          } else if let row = try rest.removeFirst().onlyOrNone() {
            acceptances.append(.accepted(try tx.add(job, row)))
          } else {
            acceptances.append(try Self.standing(job, tx))
          }
        }
        try tx.later(.addTasks, rows: acceptances.flatMap(\.newTasks).map(\.key))
        if !acceptances.contains(where: \.isNew) { tx.abandon() }
        return acceptances
      }
      return .success(acceptances)
    } catch {
      return .failure(error)
    }
  }

  /// Those that a limit on what waits does not take, by their place: none that was accepted before
  /// under its key. Nobody else adds to what waits under a limit until the transaction ends.
  private func refusals(
    of jobs: [NewJob], _ tx: borrowing Transaction
  ) throws(PostgresError) -> [Int: LimitShortfall] {
    let centre = try centre(tx)
    guard !centre.limitRules.isEmpty,
      var queues = try tx.lockedQueues(for: jobs.map(\.request), centre, now: try tx.now())
    else { return [:] }
    var known = try Self.known(jobs, tx)
    var refused: [Int: LimitShortfall] = [:]
    for (index, job) in jobs.enumerated() {
      if job.taken != nil { continue }
      let key = KeyOfMember(job)
      if let key, known.contains(key) { continue }
      if let shortfall = queues.shortfall(of: job.request) {
        refused[index] = shortfall
      } else {
        queues.take(job.request)
        if let key { known.insert(key) }
      }
    }
    return refused
  }

  /// The keys that stand for a job already.
  private static func known(
    _ jobs: [NewJob], _ tx: borrowing Transaction
  ) throws(PostgresError) -> Set<KeyOfMember> {
    let keys = Set(jobs.compactMap { KeyOfMember($0) })
      .sorted { ($0.member, $0.key) < ($1.member, $1.key) }
    let rows = try tx.queries(
      keys.map { (.jobByKey, [.id($0.member), .text($0.key), .bytes([])]) })
    return Set(zip(keys, rows).compactMap { $1.isEmpty ? nil : $0 })
  }

  package func standing(
    of member: MemberID, under key: SubmissionKey
  ) async throws(StoreError) -> Acceptance? {
    try await read { tx throws(PostgresError) in try Self.standing(of: member, under: key, tx) }
  }

  package func payload(of job: JobID) async throws(StoreError) -> JobPayload? {
    try await read { tx throws(PostgresError) in try tx.payload(of: job) }
  }

  /// What the key of a job that is not new was used for before.
  private static func standing(
    _ job: NewJob, _ tx: borrowing Transaction
  ) throws(PostgresError) -> Acceptance {
    guard let key = job.key,
      let standing = try standing(of: job.request.member, under: key, tx)
    else { throw .decoding("a job of \(job.request.member) is neither new nor known") }
    return standing
  }

  private static func standing(
    of member: MemberID, under key: SubmissionKey, _ tx: borrowing Transaction
  ) throws(PostgresError) -> Acceptance? {
    let row = try tx.query(.jobByKey, [.id(member), .text(key.text), .bytes(key.content)])
      .onlyOrNone()
    guard let row else { return nil }
    let id = JobID(number: try row.int64("number"))
    guard try row.bool("is_same") else { return .keyUsedOtherwise(id) }
    guard let record = try tx.jobs([id])[id] else { throw .decoding("job \(id) is gone") }
    return .again(record)
  }

  private static func columns(of job: NewJob) -> [Value] {
    let request = job.request
    return [
      .text(request.name), .id(request.member), .id(request.project),
      .optionalText(request.allocation?.text), .id(request.partition),
      .integer(request.nodeCount), .integer(request.perNode.gpus),
      .integer(request.perNode.cpus), .integer(request.perNode.memoryMiB),
      .optionalText(request.gpuType), .seconds(request.timeLimit),
      .int64Array(request.arrayIndices.map { Int64($0) }),
      .optionalInt64(request.arrayThrottle.map { Int64($0) }),
      .optionalInstant(request.notBefore), .bool(request.requeue), .text(job.origin.rawValue),
      .optionalText(job.key?.text),
    ]
  }
}

/// An idempotency key is its member's own.
private struct KeyOfMember: Hashable {
  let member: MemberID
  let key: String

  init?(_ job: NewJob) {
    guard let key = job.key else { return nil }
    member = job.request.member
    self.key = key.text
  }
}

extension Acceptance {
  fileprivate var isNew: Bool { if case .accepted = self { true } else { false } }

  fileprivate var newTasks: [TaskID] {
    if case .accepted(let job) = self { job.request.tasks(of: job.id) } else { [] }
  }
}

extension NodeTerms {
  /// The parameters of `accept_job.sql` after the content.
  fileprivate var columns: [Value] {
    [
      .optionalText(features?.description), .textArray(excluded.map(\.text)),
      .textArray(required.map(\.text)),
    ]
  }
}

extension TimeWishes {
  /// The parameters of `accept_job.sql` after those of the terms.
  fileprivate var columns: [Value] {
    [
      .optionalInt64(minimumTime?.count), .optionalInstant(deadline), .integer(nice),
      .bool(isSingleton),
    ]
  }
}

extension JobPayload {
  /// The parameters of `add_payload.sql` after the job.
  fileprivate var columns: [Value] {
    [
      .int64(Int64(uid)), .int64(Int64(gid)), .text(script), .textArray(environment),
      .text(workingDirectory), .optionalText(standardOutput), .optionalText(standardError),
      .optionalText(standardInput), .optionalText(comment), .integer(taskCount),
      .integer(cpusPerTask),
    ]
  }
}

extension Transaction {
  /// Adds what belongs to a job that was accepted, but its tasks, and gives its record.
  fileprivate borrowing func add(_ job: NewJob, _ row: Row) throws(PostgresError) -> JobRecord {
    let id = JobID(number: try row.int64("number"))
    try later(.addPayload, [.int64(id.number)] + job.payload.columns)
    let dependencies = job.request.dependencies
    if !dependencies.isEmpty {
      try later(
        .addDependencies,
        [
          .int64(id.number), .textArray(dependencies.map(\.condition.rawValue)),
          .jobs(dependencies.map(\.job)),
          .int64Array(dependencies.map { Int64($0.index ?? -1) }),
          .int64Array(dependencies.map(\.delay.count)),
        ])
    }
    if job.taken != nil {
      try audit(
        AuditLine(
          actor: "polderd", action: .reconcile, object: "job \(id)", origin: "the daemon itself",
          detail: "adopted: Slurm ran it before Polder knew of it"))
    }
    return JobRecord(
      id: id, request: job.request, origin: job.origin,
      submitted: try row.instant("submitted_at"), binding: .unbound)
  }

  /// Nil if it was erased.
  borrowing func payload(of job: JobID) throws(PostgresError) -> JobPayload? {
    guard let row = try query(.payload, [.int64(job.number)]).onlyOrNone() else { return nil }
    guard let uid = UInt32(exactly: try row.int64("uid")),
      let gid = UInt32(exactly: try row.int64("gid"))
    else { throw .decoding("job \(job) has no account") }
    return JobPayload(
      uid: uid, gid: gid, script: try row.text("script"),
      environment: try row.textArray("environment"),
      workingDirectory: try row.text("working_directory"),
      standardOutput: try row.optionalText("standard_output"),
      standardError: try row.optionalText("standard_error"),
      standardInput: try row.optionalText("standard_input"),
      comment: try row.optionalText("comment"), taskCount: try row.integer("task_count"),
      cpusPerTask: try row.integer("cpus_per_task"))
  }
}
