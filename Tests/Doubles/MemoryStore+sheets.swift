import Domain
import Engine
import Ledger
import Lifecycle
package import Services

extension MemoryStore {
  /// What the books and the history have to say of a run that Slurm began and ended without us.
  func keepBooks(ofRepeated run: RunRecord, _ slurmJobID: Int64, _ end: RunEnd, _ task: TaskID) {
    let bearer = bearer(of: run)
    let isOpen = state.centre.allocations[run.allocation]?.isOpen(at: run.begun) ?? false
    var begun = run.withoutHold
    if let hold = run.hold, isOpen,
      case .posted = post(
        .hold(run.id, run.allocation, hold, bearer: bearer, effective: run.committed))
    {
      begun = run
    }
    histories[run.id] = History(run: begun, slurmJobID: slurmJobID, end: end)
    causes[task] = "Slurm ran it once more after its end: that run is run \(run.id)"
    settle(run.id, used: end.used, pastEnd: end.pastEnd, over: end.span, record: begun)
    if let reason = end.refund { post(.refund(run.id, reason, effective: end.end)) }
  }

  package func sheets(submittedAs slurmJobIDs: [Int64]) throws(StoreError) -> [JobSheet] {
    try reach()
    return state.jobs.values.sorted { $0.id < $1.id }.map { sheet(of: $0) }.filter { sheet in
      sheet.tasks.contains { task in
        task.slurmJobID(in: sheet.job).map { slurmJobIDs.contains($0) } ?? false
      } || sheet.job.binding.slurmJobID.map { slurmJobIDs.contains($0) } ?? false
    }
  }

  package func sheets(_ filter: SheetFilter) throws(StoreError) -> [JobSheet] {
    try reach()
    return state.jobs.values.sorted { $0.id > $1.id }
      .filter { filter.job == nil || $0.id == filter.job }
      .filter { filter.projects?.contains($0.request.project) ?? true }
      .map { sheet(of: $0) }
      .filter { filter.ended || $0.tasks.contains { !$0.state.isEnded } }
      .prefix(filter.limit).map { $0 }
  }

  package func history(_ page: HistoryPage) throws(StoreError) -> [JobSheet] {
    try reach()
    return state.jobs.values.sorted { $0.id < $1.id }
      .filter { page.period.contains($0.submitted) }
      .filter { job in page.after.map { job.id > $0 } ?? true }
      .prefix(page.limit).map { sheet(of: $0) }
  }

  func sheet(of job: JobRecord) -> JobSheet {
    let tasks = state.tasks(of: job.id)
    let runs = histories.values.filter { $0.run.id.task.job == job.id }
      .sorted { $0.run.id < $1.run.id }
      .map { history in
        RunSheet(
          run: history.run, slurmJobID: history.slurmJobID, devices: history.devices,
          allocated: history.allocated, end: history.end,
          charged: books.entry(.charge(history.run.id))?.amount ?? .zero,
          refunded: books.entry(.refund(history.run.id))?.amount ?? .zero)
      }
    return JobSheet(
      job: job, tasks: tasks, runs: runs, causes: causes.filter { $0.key.job == job.id })
  }
}
