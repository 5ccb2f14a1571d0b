package import Wire

/// Jobs by the ids that people have at hand: Polder's, and those that `squeue` shows.
extension PolderClient {
  /// A job by `P12`, or by `P12_3` a job with that one of its tasks.
  ///
  /// - Throws: `refused` with status 404 if there is none that the caller may see.
  package func jobOrTask(_ id: String) async throws(ClientError) -> JobView {
    let parts = id.split(separator: "_", omittingEmptySubsequences: false)
    var job = try await job(String(parts[0]))
    guard parts.count > 1 else { return job }
    job.tasks = job.tasks.filter { $0.id == id.uppercased() }
    guard job.tasks.isEmpty else { return job }
    throw .refused(
      Problem(
        title: "No such task", status: 404, code: "unknown-job",
        detail: "\(job.id) has no task \(id)", nextStep: "see polder job show \(job.id)"))
  }

  /// The Polder id for what was typed. `P12` and `P12_3` are themselves; `4711` and `4711_3` are
  /// Slurm's ids, looked up among the jobs that the caller may see.
  ///
  /// - Throws: `refused` with status 404 if no such job of Slurm's is Polder's.
  package func polderID(_ typed: String) async throws(ClientError) -> String {
    let parts = typed.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count <= 2, let number = Int64(parts[0]), number > 0 else { return typed }
    // The latest comes first, should Slurm have begun to count anew.
    for job in try await jobs(all: true) {
      if job.slurmJobID == number {
        return parts.count == 2 ? "\(job.id)_\(parts[1])" : job.id
      }
      let task = job.tasks.first { task in task.runs.contains { $0.slurmJobID == number } }
      if let task { return task.id }
    }
    throw .refused(
      Problem(
        title: "No such job", status: 404, code: "unknown-job",
        detail: "no job of yours has Slurm's id \(typed)",
        nextStep: "see polder job list --all; Polder's ids look like P12"))
  }
}
