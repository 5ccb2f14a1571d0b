package import Domain
import Engine
package import Ledger
import Lifecycle
package import Services

/// What names a person, in memory. Nothing is ever old enough to be erased here.
extension MemoryStore {
  package func jobs(
    of member: MemberID, after job: JobID?, limit: Int
  ) throws(StoreError) -> [SubjectJob] {
    try reach()
    return state.jobs.values.filter { $0.request.member == member }
      .filter { record in job.map { $0 < record.id } ?? true }
      .sorted { $0.id < $1.id }.prefix(limit)
      .map { SubjectJob(sheet: sheet(of: $0), payload: payloads[$0.id]) }
  }

  /// Names of jobs stay: records of jobs don't change here.
  package func erase(
    _ member: MemberID, audit line: AuditLine
  ) throws(StoreError) -> Erasure {
    try reach()
    let own = state.jobs.values.filter { $0.request.member == member }.map(\.id).sorted()
    // An id that was erased stays known.
    let wasErased = links.contains {
      $0.line.action == .eraseSubject && $0.line.object == "member \(member)"
        && $0.line.result == .done
    }
    guard wasErased || state.centre.members[member] != nil || !own.isEmpty else { return .unknown }
    let open = own.filter { job in !state.tasks(of: job).allSatisfy { $0.state.isEnded } }
    if !open.isEmpty { return .hasOpenJobs(Array(open.prefix(10))) }
    let projects = state.centre.projects.values.filter { $0.role(of: member) != nil }
    if !projects.isEmpty { return .inProjects(projects.map(\.id).sorted()) }
    state.centre.members[member] = nil
    let count = own.filter { payloads.removeValue(forKey: $0) != nil }.count
    append(line)
    return .done(jobNames: 0, payloads: count, notes: 0)
  }

  package func eraseNote(of act: EntryID, audit line: AuditLine) throws(StoreError) -> Bool {
    try reach()
    guard actNotes.removeValue(forKey: act) != nil else { return false }
    append(line)
    return true
  }

  package func retentionDue(_ policy: RetentionPolicy) throws(StoreError) -> RetentionCounts {
    try reach()
    return RetentionCounts(payloads: 0, paths: 0, jobNames: 0)
  }

  package func applyRetention(
    _ policy: RetentionPolicy, limit: Int
  ) throws(StoreError) -> RetentionCounts {
    try retentionDue(policy)
  }
}
