package import Domain
import Engine
import Lifecycle
package import Services

extension MemoryStore {
  package func accounting(_ filter: AccountingFilter) throws(StoreError) -> [JobSheet] {
    try reach()
    let sheets = state.jobs.values.sorted { $0.id < $1.id }.map { sheet(of: $0) }
    return sheets.filter { sheet in
      let request = sheet.job.request
      let isChosen: Bool =
        switch filter.choice {
        case .openSince(let since):
          sheet.tasks.contains { task in
            let end = sheet.runs.last { $0.run.id.task == task.id }?.end?.end
            return !task.isEnded || (end ?? sheet.job.submitted) >= since
          }
        case .named(let jobs, let slurmJobs):
          jobs.contains(sheet.job.id)
            || sheet.job.binding.slurmJobID.map { slurmJobs.contains($0) } ?? false
            || sheet.runs.contains { $0.slurmJobID.map { slurmJobs.contains($0) } ?? false }
        }
      return isChosen && filter.before.map { sheet.job.submitted < $0 } ?? true
        && filter.projects.map { $0.contains(request.project) } ?? true
        && filter.members.map { $0.contains(request.member) } ?? true
        && filter.names.map { $0.contains(request.name) } ?? true
        && filter.after.map { sheet.job.id > $0 } ?? true
    }.prefix(filter.limit).map { $0 }
  }

  package func folders(of jobs: [JobID]) throws(StoreError) -> [JobID: JobFolder] {
    try reach()
    return payloads.filter { jobs.contains($0.key) && !$0.value.workingDirectory.isEmpty }
      .mapValues { JobFolder(folder: $0.workingDirectory, comment: $0.comment) }
  }
}
