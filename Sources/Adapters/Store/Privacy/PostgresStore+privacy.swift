package import Domain
package import Ledger
import Lifecycle
import Postgres
package import Services

extension PostgresStore {
  package func jobs(
    of member: MemberID, after job: JobID?, limit: Int
  ) async throws(StoreError) -> [SubjectJob] {
    try await read { tx throws(PostgresError) in
      var ids: [JobID] = []
      let columns: [Value] = [.id(member), .int64(job?.number ?? 0), .integer(max(limit, 0))]
      for row in try tx.query(.jobsOfMember, columns) {
        ids.append(JobID(number: try row.int64("number")))
      }
      var jobs: [SubjectJob] = []
      for sheet in try tx.sheets(ids) {
        jobs.append(SubjectJob(sheet: sheet, payload: try tx.payload(of: sheet.job.id)))
      }
      return jobs
    }
  }

  package func erase(
    _ member: MemberID, audit line: AuditLine
  ) async throws(StoreError) -> Erasure {
    try await write(announced: true) { tx throws(PostgresError) -> Erasure in
      try tx.execute(.lockCentre)
      guard try tx.query(.lockMember, [.id(member)]).count == 1 else {
        tx.abandon()
        return .unknown
      }
      var open: [JobID] = []
      for row in try tx.query(.openJobsOfMember, [.id(member)]) {
        open.append(JobID(number: try row.int64("number")))
      }
      let projects = try tx.centre(alsoRetired: false).projects.values
        .filter { $0.role(of: member) != nil }.map(\.id).sorted()
      guard open.isEmpty, projects.isEmpty else {
        tx.abandon()
        return open.isEmpty ? .inProjects(projects) : .hasOpenJobs(open)
      }
      try tx.execute(.retireMember, [.id(member)])
      let notes = try tx.execute(.eraseNotesOfMember, [.id(member)])
      try tx.execute(.erasePerson, [.id(member)])
      let names = try tx.execute(.eraseNamesOfMember, [.id(member)])
      let payloads = try tx.execute(.erasePayloadsOfMember, [.id(member)])
      try tx.execute(.countCentre)
      try tx.audit(line)
      return .done(jobNames: names, payloads: payloads, notes: notes)
    }
  }

  package func eraseNote(
    of act: EntryID, audit line: AuditLine
  ) async throws(StoreError) -> Bool {
    try await write(announced: true) { tx throws(PostgresError) in
      guard try tx.execute(.eraseNote, [.text(act.text)]) == 1 else {
        tx.abandon()
        return false
      }
      try tx.audit(line)
      return true
    }
  }

  package func retentionDue(
    _ policy: RetentionPolicy
  ) async throws(StoreError) -> RetentionCounts {
    try await read { tx throws(PostgresError) in
      let now = try tx.now()
      let cutoffs = [policy.payloads, policy.paths, policy.jobNames, policy.notes]
        .map { period in Value.optionalInstant(period.map { now - $0 }) }
      let row = try tx.query(.retentionDue, cutoffs).only()
      return RetentionCounts(
        payloads: try row.integer("payloads"), paths: try row.integer("paths"),
        jobNames: try row.integer("job_names"), notes: try row.integer("notes"))
    }
  }

  package func applyRetention(
    _ policy: RetentionPolicy, limit: Int
  ) async throws(StoreError) -> RetentionCounts {
    try await write { tx throws(PostgresError) -> RetentionCounts in
      let now = try tx.now()
      var done: [Int] = []
      for (query, period) in [
        (Query.clearPayloads, policy.payloads), (.dropPayloads, policy.paths),
        (.eraseOldNames, policy.jobNames), (.eraseOldNotes, policy.notes),
      ] {
        guard let period else {
          done.append(0)
          continue
        }
        done.append(try tx.execute(query, [.instant(now - period), .integer(limit)]))
      }
      let counts = RetentionCounts(
        payloads: done[0], paths: done[1], jobNames: done[2], notes: done[3])
      if counts.isZero { tx.abandon() } else { try tx.audit(counts.line) }
      return counts
    }
  }
}
