import Testing
import Wire

extension Desk {
  /// Waits for the end of jobs, then holds what Slurm and the scripts themselves say of them
  /// against what Polder says and booked:
  /// no task is lost or doubled, each run is charged by Slurm's times to the second and what it
  /// held beyond that is released, the books balance, and the project holds nothing any more.
  func audit(
    _ jobs: [Accepted], within seconds: Int = 90, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let ids = jobs.map(\.id)
    let waited = try await site.run(
      ["polder", "job", "wait", "--quiet", "--timeout=\(seconds)"] + ids, as: account,
      deadlineSeconds: seconds + 10)
    #expect(
      waited.status == 0 || waited.status == 1, "\(waited.complaint)",
      sourceLocation: sourceLocation)
    let records = try await site.slurmRecords()
    let recordedEnds = try site.recordedEnds()
    let entries = try await site.read([EntryView].self, ["polder", "ledger", project])
    let traces = traces()
    for job in jobs {
      let view = try await self.job(job)
      for task in view.tasks {
        audit(task, of: job, view, traces, sourceLocation)
        for run in task.runs { audit(run, entries, sourceLocation) }
      }
      audit(view, records.filter { $0.polderID == job.id }, recordedEnds, sourceLocation)
    }
    try await auditBooks(sourceLocation)
  }

  private func audit(
    _ task: TaskView, of job: Accepted, _ view: JobView, _ traces: [String: Int],
    _ location: SourceLocation
  ) {
    #expect(task.state == job.work.ends, "\(task)", sourceLocation: location)
    let index = task.id.split(separator: "_").dropFirst().first ?? ""
    #expect(
      traces["\(job.work.name) \(index)"] ?? 0 == job.work.times,
      "\(task.id) (\(job.work.name)) must run \(job.work.times) times", sourceLocation: location)
  }

  /// What a run held was charged or released, once.
  private func audit(_ run: RunView, _ entries: [EntryView], _ location: SourceLocation) {
    let own = entries.filter { $0.run == run.id }
    func sum(_ kind: String) -> Int64 { own.filter { $0.kind == kind }.map(\.amount).reduce(0, +) }
    // A hold may have been extended.
    for kind in ["charge", "release", "refund"] {
      #expect(own.filter { $0.kind == kind }.count <= 1, "\(run.id)", sourceLocation: location)
    }
    #expect(sum("hold") == run.hold, "\(run.id)", sourceLocation: location)
    #expect(sum("hold") == sum("charge") + sum("release"), "\(run.id)", sourceLocation: location)
    #expect(sum("charge") == run.charged ?? 0, "\(run.id)", sourceLocation: location)
    #expect(sum("overrun") == 0, "\(run.id)", sourceLocation: location)
  }

  /// Each run that Slurm remembers is one of ours, charged by Slurm's times.
  ///
  /// A slurmctld that is killed between an end and its next save announces the end, writes it into
  /// its record, and lists the job as running again, or as ended a second time: then the record's
  /// first word counts (docs/bridge.md).
  private func audit(
    _ view: JobView, _ records: [SlurmRecord], _ recordedEnds: [SlurmRun: Int64],
    _ location: SourceLocation
  ) {
    let runs = view.tasks.flatMap(\.runs)
    #expect(
      records.filter { $0.start != nil }.count == runs.filter { $0.start != nil }.count,
      "\(view.id): Slurm and Polder count its runs differently", sourceLocation: location)
    for record in records {
      let recorded = SlurmRun(record).flatMap { recordedEnds[$0] }
      let said = recorded ?? (record.isRunning ? nil : record.end)
      guard let start = record.start, let end = said, let weight = record.weight else {
        #expect(!record.isRunning, "\(view.id) runs and has no record", sourceLocation: location)
        continue
      }
      let run = runs.first { $0.slurmJobID == record.jobID }
      #expect(run?.start == start * 1000, "\(view.id)", sourceLocation: location)
      #expect(run?.end == end * 1000, "\(view.id)", sourceLocation: location)
      let due = min(weight * (end - start), run?.hold ?? 0)
      #expect(run?.charged == due, "\(run?.id ?? view.id)", sourceLocation: location)
    }
  }

  /// The books balance, and the project holds nothing.
  func auditBooks(_ location: SourceLocation = #_sourceLocation) async throws {
    let health = try await site.read(HealthView.self, ["polder", "status"])
    #expect(health.booksBalance, sourceLocation: location)
    for balance in try await site.read([BalanceView].self, ["polder", "balance", project]) {
      #expect(balance.held == 0, "\(balance.allocation)", sourceLocation: location)
      let sum =
        balance.granted - balance.charged + balance.refunded - balance.expired - balance.held
      #expect(sum == balance.available, "\(balance)", sourceLocation: location)
    }
  }
}
