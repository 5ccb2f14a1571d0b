package import Domain
import Lifecycle
import Postgres
package import Services

extension PostgresStore {
  package func accept(_ job: NewJob) async throws(StoreError) -> Acceptance {
    let content = Value.bytes(JobContent(job).bytes)
    return try await write(announced: true) { tx throws(PostgresError) -> Acceptance in
      let columns = Self.columns(of: job) + [content]
      guard let row = try tx.query(.acceptJob, columns).onlyOrNone() else {
        tx.abandon()
        return try Self.standing(job, content, tx)
      }
      let id = JobID(number: try row.int64("number"))
      try tx.later(.addPayload, [.int64(id.number)] + Self.columns(of: job.payload))
      let dependencies = job.request.dependencies
      if !dependencies.isEmpty {
        try tx.later(
          .addDependencies,
          [
            .int64(id.number), .textArray(dependencies.map(\.condition.rawValue)),
            .jobs(dependencies.map(\.job)),
          ])
      }
      let tasks = job.request.tasks(of: id)
      try tx.later(.addTasks, [.int64(id.number), .int64Array(tasks.map(\.indexColumn))])
      return .accepted(
        JobRecord(
          id: id, request: job.request, origin: job.origin,
          submitted: try row.instant("submitted_at"), binding: .unbound))
    }
  }

  package func job(of member: MemberID, key: String) async throws(StoreError) -> JobID? {
    try await read { tx throws(PostgresError) in
      try tx.query(.jobByKey, [.id(member), .text(key), .bytes([])]).onlyOrNone()
        .map { row throws(PostgresError) in JobID(number: try row.int64("number")) }
    }
  }

  package func payload(of job: JobID) async throws(StoreError) -> JobPayload? {
    try await read { tx throws(PostgresError) in try tx.payload(of: job) }
  }

  /// What a key was used for before.
  private static func standing(
    _ job: NewJob, _ content: Value, _ tx: borrowing Transaction
  ) throws(PostgresError) -> Acceptance {
    let row = try tx.query(
      .jobByKey, [.id(job.request.member), .optionalText(job.idempotencyKey), content]
    ).only()
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
      .optionalText(job.idempotencyKey),
    ]
  }

  private static func columns(of payload: JobPayload) -> [Value] {
    [
      .int64(Int64(payload.uid)), .int64(Int64(payload.gid)), .text(payload.script),
      .textArray(payload.environment), .text(payload.workingDirectory),
      .optionalText(payload.standardOutput), .optionalText(payload.standardError),
      .optionalText(payload.standardInput), .optionalText(payload.comment),
      .integer(payload.taskCount), .integer(payload.cpusPerTask),
    ]
  }
}

extension Transaction {
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
