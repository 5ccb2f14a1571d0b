import Domain
import Ledger
import Lifecycle
import Scheduling
package import Wire

extension Front {
  // MARK: Rates

  /// Every version of every rate card, by partition and version: for everyone, since it says nothing
  /// of anyone.
  package func rates(
    partition: String?, _ caller: Caller
  ) async throws(Problem) -> [RateCardView] {
    let centre = try await centre()
    let now = try await asked { () async throws(StoreError) in try await store.now() }
    let all = centre.partitions.values.sorted { $0.name < $1.name }
    let asked = all.filter { partition == nil || $0.name.text == partition }
    if let partition, asked.isEmpty {
      let names = all.map(\.name.text)
      let near = Spelling.nearest(to: partition, in: names)
      throw Problem(
        title: "No such partition", status: 404, code: "unknown-partition",
        detail: "there is no partition '\(partition)'"
          + (near.map { "; do you mean \($0)?" } ?? ""),
        nextStep: "choose one of: \(names.joined(separator: ", "))")
    }
    return asked.flatMap { partition in
      partition.rateCards.map { RateCardView($0, of: partition, now: now) }
    }
  }

  /// How a job's weight and cost came about, run by run; of what waits, what it would cost if it
  /// started now. Jobs of the caller's projects; an auditor follows every charge: of all jobs that
  /// ran, by opaque ids, without the names that members gave them.
  package func jobRate(_ id: String, _ caller: Caller) async throws(Problem) -> JobRateView {
    let centre = try await centre()
    let task = try taskID(id, caller)
    let (sheet, isNamed) = try await explained(task.job, caller, centre)
    let project = sheet.job.request.project
    let (entries, now) = try await asked { () async throws(StoreError) in
      (try await store.entries(of: project), try await store.now())
    }
    try await record(.readJobs, "job \(task.job)", of: [project], caller, centre)
    let runs = sheet.runs.filter { task.index == nil || $0.run.id.task == task }
    let waits =
      isNamed
      && sheet.tasks.contains {
        $0.state == .waiting && (task.index == nil || $0.id == task)
      }
    let partition = centre.partitions[sheet.job.request.partition]
    return JobRateView(
      id: id, name: isNamed ? sheet.job.request.name : "",
      runs: runs.compactMap {
        RunRateView($0, of: sheet.job, entries, in: centre, grace: settings.grace, now: now)
      },
      estimate: waits ? estimate(sheet.job.request, centre, now: now) : nil,
      next: waits
        ? partition.flatMap { partition in
          partition.nextRateCard(after: now).map { RateCardView($0, of: partition, now: now) }
        } : nil)
  }

  /// The same of the job that an entry of the books is about, whether a run's own or made by hand.
  package func entryRate(_ id: String, _ caller: Caller) async throws(Problem) -> JobRateView {
    let centre = try await centre()
    let entry = try await standing([EntryID(id)]).first
    guard let entry, let project = centre.allocations[entry.allocation]?.project,
      readableProjects(of: caller, in: centre).contains(project)
    else {
      // Said alike of an entry that does not exist and of one of other projects.
      throw Problem(
        title: "No such entry", status: 404, code: "unknown-entry",
        detail: "the ledgers that you may read have no entry '\(id)'",
        nextStep: "`polder ledger` shows the entries with their ids; jobs look like P1042")
    }
    if let run = entry.run { return try await jobRate("\(run.task)", caller) }
    try await record(.readLedger, "entry \(entry.id)", of: [project], caller, centre)
    throw Problem(
      title: "No rate behind it", status: 422, code: "no-rate",
      detail: "\(entry.id) is \(Wording.withArticle(entry.kind.rawValue)) of \(entry.amount)"
        + (entry.corrects.map { " that corrects \($0)" } ?? "")
        + ": it is about no run, so that no rate made its amount",
      nextStep: "`polder ledger \(project)` shows it beside the entries around it")
  }

  /// The job, and whether the caller may see what its member called it.
  private func explained(
    _ job: JobID, _ caller: Caller, _ centre: Centre
  ) async throws(Problem) -> (sheet: JobSheet, isNamed: Bool) {
    do throws(Problem) {
      return (try await sheet(job, caller, centre), true)
    } catch {
      guard caller.role == .auditor, [403, 404].contains(error.status) else { throw error }
      let sheets = try await asked { () async throws(StoreError) in
        try await store.sheets(SheetFilter(job: job, ended: true))
      }
      // What never ran was never charged, and is nobody's but its project's.
      guard let sheet = sheets.first else { throw error }
      guard !sheet.runs.isEmpty else {
        throw Problem(
          title: "Never charged", status: 403, code: "not-allowed",
          detail: "job \(job) has not run: nothing was held or charged for it",
          nextStep: "`polder job show \(job)` shows it; what it would cost is its project's to see")
      }
      return (sheet, false)
    }
  }

  private func estimate(
    _ request: JobRequest, _ centre: Centre, now: Instant
  ) -> RunRateView? {
    let admission = Admission(
      nodes: centre.nodes.values.sorted { $0.name < $1.name },
      partitions: centre.partitions.values.sorted { $0.name < $1.name },
      now: max(request.notBefore ?? now, now))
    guard case .quoted(let quote) = admission.quote(request, grace: settings.grace),
      let partition = centre.partitions[request.partition],
      let card = partition.rateCard(version: quote.rateVersion)
    else { return nil }
    return RunRateView(quote, request, by: card, of: partition, now: now)
  }
}
