// Why: a hold is taken, charged and released once, whatever is repeated and whatever comes late.
import Domain
import Engine
import Ledger
import Lifecycle
import Postgres
import Services
import Store
import Testing

@Suite("runs", .serialized, .timeLimit(.minutes(1)))
struct RunTests {
  @Test("a run goes from its hold to its charge, and each step applies once")
  func life() async throws {
    try await withStore { store, _ in
      let job = try await store.accepted()
      let run = Example.run(job.firstRun)
      let before = try await store.balances()
      #expect(try await store.commit(run) == .done)
      #expect(try await store.commit(run) == .stale)
      var snapshot = try await store.snapshot()
      #expect(snapshot.state.runs == [run.id: run])
      #expect(snapshot.state.tasks[job.task]?.state == .starting(run.id))
      #expect(snapshot.directives == [.start(run.id)])
      try await store.finish(.start(run.id))
      try await store.finish(.start(run.id))
      let bound = Transition.bound(
        SlurmKey(job: job, task: TaskRecord(id: job.task)), slurmJobID: 77)
      #expect(try await store.perform(bound) == .done)
      #expect(try await store.perform(bound) == .stale)
      let allocated: [NodeName: NodeResources] = [
        Example.id("gn01"): NodeResources(gpus: 1, cpus: 20, memoryMiB: 64_001),
        Example.id("gn02"): NodeResources(gpus: 2, cpus: 5, memoryMiB: 0),
      ]
      let started = Transition.started(
        run.id, at: Example.past + Example.hour + Seconds(1), weight: Weight(thousandths: 1500),
        slurmJobID: 77, devices: ["gn01:0", "gn02:0,1"], allocated: allocated)
      #expect(try await store.perform(started) == .done)
      #expect(try await store.perform(started) == .stale)
      let end = Example.end(used: .hours(1) - GPUTime(milliseconds: 600_000))
      #expect(try await store.perform(.ended(run.id, end)) == .done)
      #expect(try await store.perform(.ended(run.id, end)) == .stale)
      snapshot = try await store.snapshot()
      #expect(snapshot.state.runs == [:] && snapshot.directives == [])
      let balance = try #require(try await store.balances()[Example.large])
      #expect(balance.held == .zero)
      #expect(balance.charged == end.used + .hours(7))
      let others = { (all: [AllocationID: Balance]) in all.filter { $0.key != Example.large } }
      #expect(try await others(store.balances()) == others(before))
      let sheet = try #require(try await store.sheets(SheetFilter(job: job.id)).first)
      #expect(sheet.runs.map(\.end) == [end])
      #expect(sheet.runs.map(\.charged) == [end.used])
      #expect(sheet.runs.map(\.slurmJobID) == [77])
      #expect(sheet.runs.map(\.devices) == [["gn01:0", "gn02:0,1"]])
      #expect(sheet.runs.map(\.allocated) == [allocated])
      #expect(sheet.runs.map(\.run.weight) == [Weight(thousandths: 1500)])
      #expect(try await store.audit().balanced)
    }
  }

  @Test("a start is stale if it is not the task's next, costs too much, or leaves the window")
  func staleStarts() async throws {
    try await withStore { store, _ in
      let job = try await store.accepted()
      let second = RunID(task: job.task, attempt: 2)
      let dear = GPUTime.hours(1) + GPUTime(milliseconds: 1)
      let tooLate = Example.future - Example.hour + Seconds(1)
      for run in [
        Example.run(second), Example.run(job.firstRun, hold: nil),
        Example.run(job.firstRun, from: Example.small, hold: dear),
        Example.run(job.firstRun, from: Example.over, at: Example.past + Seconds(1)),
        Example.run(job.firstRun, from: Example.id("none")),
        Example.run(job.firstRun, at: tooLate),
        Example.run(RunID(task: TaskID(job: JobID(number: 99), index: nil), attempt: 1)),
      ] {
        #expect(try await store.commit(run) == .stale)
      }
      #expect(try await store.snapshot().state.runs == [:])
      #expect(
        try await store.commit(Example.run(job.firstRun, from: Example.small)) == .done)
      #expect(try await store.balances()[Example.small]?.available == .zero)
    }
  }

  @Test("a refund after the window has ended expires at once")
  func lateRefund() async throws {
    try await withStore { store, _ in
      let job = try await store.accepted()
      // Adopted while the window was open.
      let run = Example.run(job.firstRun, from: Example.over, at: Example.past + Seconds(1))
      #expect(try await store.perform(.adopted(job.task, run, slurmJobID: 5)) == .done)
      let end = Example.end(used: .hours(1), outcome: .nodeFailed, refund: .nodeFailure)
      #expect(try await store.perform(.ended(run.id, end)) == .done)
      let balance = try #require(try await store.balances()[Example.over])
      #expect(balance.refunded == .hours(1) && balance.expired == .hours(1))
      try await store.expire(Example.over)
      try await store.expire(Example.over)
      try await store.expire(Example.large)
      let balances = try await store.balances()
      #expect(balances[Example.over]?.available == .zero)
      #expect(balances[Example.over]?.expired == .hours(100))
      #expect(balances[Example.large]?.expired == .zero)
      let kinds = try await store.entries(of: Example.longscan)
        .filter { $0.allocation == Example.over }.map(\.kind)
      #expect(kinds == [.grant, .hold, .charge, .refund, .expiry, .expiry])
    }
  }

  @Test("what Slurm started unasked is the operator's if nothing covers it")
  func unplanned() async throws {
    try await withStore { store, _ in
      let job = try await store.accepted()
      let run = Example.run(job.firstRun, from: Example.small, hold: .hours(2))
      let allocated: [NodeName: NodeResources] = [
        Example.id("gn02"): NodeResources(gpus: 2, cpus: 5, memoryMiB: 7)
      ]
      let adopted = Transition.adopted(job.task, run, slurmJobID: 5, allocated: allocated)
      #expect(try await store.perform(adopted) == .done)
      #expect(try await store.perform(adopted) == .stale)
      let sheet = try await store.sheets(SheetFilter(job: job.id, ended: true)).first
      #expect(sheet?.runs.map(\.allocated) == [allocated], "what its charge is of is kept")
      #expect(try await store.snapshot().state.runs == [run.id: run.withoutHold])
      #expect(try await store.audit().balanced)
      let end = Example.end(used: .hours(1), outcome: .nodeFailed, refund: .nodeFailure)
      #expect(try await store.perform(.ended(run.id, end)) == .done)
      let balance = try #require(try await store.balances()[Example.small])
      #expect(balance == Balance(granted: .hours(1), overrun: .hours(1)))
      let entry = try await store.entries(of: Example.longscan).last
      #expect(entry?.reason == .unplanned && entry?.kind == .overrun)
    }
  }

  @Test("what ran before Polder knew of it is charged as far as there is budget, the rest is not")
  func adoptedInPart() async throws {
    try await withStore { store, _ in
      let new = NewJob(
        request: Example.request(), origin: .adopted, payload: Example.payload,
        key: SubmissionKey(text: "slurm:5@1", content: []), taken: Example.past)
      guard case .accepted(let job) = try await store.accept(new) else {
        Issue.record("it was not accepted")
        return
      }
      #expect(job.submitted == Example.past, "Slurm took it then")
      #expect(try await store.accept(new) == .again(job))
      let run = Example.run(job.firstRun, from: Example.small, hold: .hours(3))
      #expect(try await store.perform(.adopted(job.task, run, slurmJobID: 5)) == .done)
      #expect(try await store.balances()[Example.small]?.held == .hours(1))
      let end = Example.end(used: .hours(2), outcome: .completed)
      #expect(try await store.perform(.ended(run.id, end)) == .done)
      let balance = try #require(try await store.balances()[Example.small])
      #expect(
        balance == Balance(granted: .hours(1), charged: .hours(1), overrun: .hours(1)))
      #expect(try await store.audit().balanced)
    }
  }

  @Test("a task that is put back is submitted anew, in a further generation if it is ours")
  func requeued() async throws {
    try await withStore { store, _ in
      let job = try await store.accepted(Example.job(Example.request(requeue: true)))
      let run = Example.run(job.firstRun)
      _ = try await store.commit(run)
      let end = Example.end(
        used: .hours(1), outcome: .nodeFailed, refund: .nodeFailure, requeued: true)
      #expect(try await store.perform(.ended(run.id, end)) == .done)
      let task = try #require(try await store.snapshot().state.tasks[job.task])
      #expect(task == TaskRecord(id: job.task, state: .waiting, attempts: 1, generation: 2))
      let key = SlurmKey(job: job, task: task)
      #expect(try await store.perform(.bound(key, slurmJobID: 78)) == .done)
      #expect(try await store.perform(.bound(key, slurmJobID: 78)) == .stale)
      #expect(try await store.commit(Example.run(task.nextRun)) == .done)
      #expect(try await store.commit(run) == .stale)
    }
  }

  // MARK: Cancelling

  @Test("a waiting task that Slurm does not know ends at once, and when it is seen it is cancelled")
  func cancelUnseen() async throws {
    try await withStore { store, _ in
      let job = try await store.accepted(Example.job(origin: .slurm))
      #expect(try await store.cancel([job.task], by: "m-alice") == [])
      #expect(try await store.cancel([job.task], by: "m-alice") == [job.task])
      #expect(try await store.snapshot().directives == [])
      let sheet = try #require(try await store.sheets(SheetFilter(job: job.id)).first)
      #expect(sheet.tasks.map(\.state) == [.ended(.cancelled)])
      let key = SlurmKey(job: job, task: TaskRecord(id: job.task))
      #expect(try await store.perform(.bound(key, slurmJobID: 9)) == .done)
      #expect(try await store.snapshot().directives == [.cancel(job.task, slurmJobID: 9)])
      #expect(try await store.commit(Example.run(job.firstRun)) == .stale)
    }
  }

  @Test("a waiting task that Slurm knows ends at once, with a directive")
  func cancelWaiting() async throws {
    try await withStore { store, _ in
      let job = try await store.accepted(Example.job(Example.request(tasks: [1, 2])))
      let key = SlurmKey(job: job, task: TaskRecord(id: job.task))
      _ = try await store.perform(.bound(key, slurmJobID: 9))
      #expect(try await store.cancel([job.task], by: "m-alice") == [])
      let snapshot = try await store.snapshot()
      #expect(snapshot.directives == [.cancel(job.task, slurmJobID: 9)])
      #expect(snapshot.state.tasks.values.filter { $0.state == .waiting }.count == 1)
      try await store.finish(.cancel(job.task, slurmJobID: nil))
      #expect(try await store.snapshot().directives == [])
    }
  }

  @Test("a cancel before the start was performed follows it, and knows Slurm's id by then")
  func cancelStarting() async throws {
    try await withStore { store, _ in
      let job = try await store.accepted()
      let run = Example.run(job.firstRun)
      _ = try await store.commit(run)
      #expect(try await store.cancel([job.task], by: "m-alice") == [])
      #expect(try await store.cancel([job.task], by: "m-alice") == [])
      #expect(
        try await store.snapshot().directives
          == [.start(run.id), .cancel(job.task, slurmJobID: nil)])
      let key = SlurmKey(job: job, task: TaskRecord(id: job.task))
      _ = try await store.perform(.bound(key, slurmJobID: 9))
      #expect(
        try await store.snapshot().directives
          == [.start(run.id), .cancel(job.task, slurmJobID: 9)])
      #expect(try await store.perform(.returned(run.id, cause: "Slurm did not start it")) == .done)
      let sheet = try #require(try await store.sheets(SheetFilter(job: job.id)).first)
      #expect(sheet.tasks.map(\.state) == [.ended(.cancelled)])
      #expect(try await store.balances()[Example.large]?.held == .zero)
      #expect(
        try await store.snapshot().directives == [.cancel(job.task, slurmJobID: 9)])
    }
  }

  @Test("the start of a task in Slurm is void once the task is cancelled")
  func cancelVoidsStart() async throws {
    try await withStore { store, database in
      let job = try await store.accepted()
      let key = SlurmKey(job: job, task: TaskRecord(id: job.task))
      _ = try await store.perform(.bound(key, slurmJobID: 9))
      let run = Example.run(job.firstRun)
      _ = try await store.commit(run)
      #expect(try await store.cancel([job.task], by: "m-alice") == [])
      #expect(try await store.snapshot().directives == [.cancel(job.task, slurmJobID: 9)])
      #expect(
        try await database.number("SELECT count(*) FROM audit_line WHERE action = 'cancel'") == 1)
      let lost = Example.end(used: .zero, outcome: .nodeFailed, requeued: true)
      #expect(try await store.perform(.ended(run.id, lost)) == .done)
      #expect(try await store.snapshot().directives == [])
      #expect(
        try await store.sheets(SheetFilter(job: job.id)).first?.tasks.map(\.state)
          == [.ended(.cancelled)])
    }
  }
}
