import Domain
import Engine
import Lifecycle
import Scheduling
package import Wire

extension Front {
  /// Where the waiting jobs of the caller's projects stand in the queue, and why (of all projects,
  /// for an administrator and, by opaque ids, for an auditor), as of the last round. What others have is a count.
  ///
  /// - Throws: `not-planned` (503) before the first round.
  package func priorities(
    project: String?, _ caller: Caller
  ) async throws(Problem) -> PrioritiesView {
    let centre = try await centre()
    var projects = readableProjects(of: caller, in: centre)
    if let project { projects = [try readableProject(project, caller, centre).id] }
    try await record(
      .readJobs, project.map { "project \($0)" } ?? "projects", of: projects, caller, centre)
    guard let queue = await board.priorities() else {
      throw Problem(
        title: "Not planned yet", status: 503, code: "not-planned",
        detail: "no plan has looked at the queue yet",
        nextStep: "ask again in some seconds; `polder status` says what is away")
    }
    let shown = queue.jobs.enumerated().filter {
      projects.contains($0.element.record.request.project)
    }
    let named = self.projects(of: caller, in: centre)
    return PrioritiesView(
      jobs: shown.map { place, job in
        var view = PriorityView(job, place: place + 1, of: queue.jobs.count, centre)
        let request = job.record.request
        if !named.contains(request.project) { view.owner = "\(request.member)" }
        return view
      },
      waiting: queue.jobs.count, asOf: queue.now.milliseconds)
  }

  /// The same of one job; nil if it does not wait, or no plan has looked at it.
  func priority(of job: JobID, _ centre: Centre) async -> PriorityView? {
    guard let queue = await board.priorities(),
      let place = queue.jobs.firstIndex(where: { $0.record.id == job })
    else { return nil }
    return PriorityView(queue.jobs[place], place: place + 1, of: queue.jobs.count, centre)
  }
}

extension PriorityView {
  fileprivate init(
    _ job: QueuePicture.Job, place: Int, of waiting: Int, _ centre: Centre
  ) {
    let request = job.record.request
    self.init(
      job: "\(job.record.id)", project: request.project.text,
      owner: centre.members[request.member]?.account ?? "\(request.member)",
      partition: request.partition.text, place: place, waiting: waiting,
      priority: job.explanation?.priority,
      terms: job.explanation?.terms.map {
        Term(factor: $0.factor.rawValue, value: $0.value, weight: $0.weight, product: $0.product)
      } ?? [],
      isBeyondSoftCap: job.explanation?.isBeyondSoftCap ?? false,
      isPreemptable: centre.preemption(of: request) != nil,
      shareRank: job.explanation?.place?.rank, shareCount: job.explanation?.place?.count)
  }
}
