import BridgeProtocol
import Domain
import Engine
import Lifecycle
@testable import Services
import Testing

/// What slurmctld lists, joined to what Polder holds.
@Suite("picture of Slurm")
struct SlurmPictureTests {
  private let job = Listed.record(1042, bound: 17)

  private func picture(_ seen: JobObservation..., state: EngineState) -> SlurmPicture {
    SlurmPicture(jobs: seen, state: state)
  }

  @Test("a job that is not bound yet is joined by its key, whatever id Slurm gave it")
  func byKey() {
    let unbound = Listed.record(1042, bound: nil)
    let picture = picture(Listed.job(99, key: "P1042", .pending), state: Listed.state(unbound))
    let waiting = Observation.pending(slurmJobID: 99, held: true, since: Listed.submitted)
    #expect(picture.tasks == [Listed.task(1042): waiting])
    #expect(picture.leftovers.isEmpty)
  }

  @Test("of two Slurm jobs under one key the bound one counts, and the other is left over")
  func secondUnderOneKey() {
    let bound = Listed.job(17, key: "P1042", .pending)
    let second = Listed.job(99, key: "P1042", .pending)
    let picture = picture(bound, second, state: Listed.state(job))
    let waiting = Observation.pending(slurmJobID: 17, held: true, since: Listed.submitted)
    #expect(picture.tasks == [Listed.task(1042): waiting])
    #expect(picture.leftovers == [SlurmTarget(jobID: 99, owner: "P1042")])
  }

  @Test("the waiting rest of an array says the same of each of its tasks, by the array's id")
  func arrayRest() {
    let array = Listed.record(1042, array: [0, 1, 2], bound: 17)
    let rest = Listed.job(
      17, key: "P1042", .pending, array: .waiting(arrayJobID: 17, indices: [1, 2], throttle: nil))
    let first = Listed.job(
      18, key: "P1042", .running, array: .task(arrayJobID: 17, index: 0), on: ["gn01"])
    let picture = picture(rest, first, state: Listed.state(array))
    #expect(
      picture.tasks[Listed.task(1042, 1)]
        == .pending(slurmJobID: 17, held: true, since: Listed.submitted))
    #expect(
      picture.tasks[Listed.task(1042, 2)]
        == .pending(slurmJobID: 17, held: true, since: Listed.submitted))
    guard case .running(let facts) = picture.tasks[Listed.task(1042, 0)] else {
      Issue.record("task 0 runs")
      return
    }
    #expect(facts.slurmJobID == 18)
    #expect(facts.submissionID == 17)
  }

  @Test("what Slurm allocated is told node by node, with the devices where there are any")
  func allocation() throws {
    let seen = Listed.job(17, key: "P1042", .running, on: ["gn02", "gn01"])
    let observed = picture(seen, state: Listed.state(job)).tasks[Listed.task(1042)]
    guard case .running(let facts) = observed else {
      Issue.record("it runs")
      return
    }
    let share = NodeResources(gpus: 2, cpus: 20, memoryMiB: 64_000)
    let first = try #require(NodeName("gn01"))
    let second = try #require(NodeName("gn02"))
    #expect(facts.shares == [first: share, second: share])
    #expect(facts.devices == ["gn02:0,3", "gn01:0,3"])
    #expect(facts.start == Instant(seconds: 1_000_010))
  }

  @Test("a suspended run keeps its GPUs and so it runs; one without a start is yet to begin")
  func suspended() {
    let held = Listed.job(17, key: "P1042", .suspended, on: ["gn01"])
    if case .running = picture(held, state: Listed.state(job)).tasks[Listed.task(1042)] {
    } else {
      Issue.record("suspended runs are charged while their GPUs stay allocated")
    }
    var configuring = Listed.job(17, key: "P1042", .running, on: ["gn01"])
    configuring.times.start = nil
    let tasks = picture(configuring, state: Listed.state(job)).tasks
    #expect(
      tasks[Listed.task(1042)] == .pending(slurmJobID: 17, held: false, since: Listed.submitted))
  }

  @Test(
    "each end in Slurm has one word of Polder's",
    arguments: [
      (SlurmJobState.completed, TaskOutcome.completed), (.cancelled, .cancelled),
      (.failed, .failed), (.timeout, .timedOut), (.deadline, .timedOut), (.nodeFail, .nodeFailed),
      (.bootFail, .bootFailed), (.preempted, .preempted), (.outOfMemory, .outOfMemory),
    ])
  func outcomes(state: SlurmJobState, outcome: TaskOutcome) {
    let seen = Listed.job(17, key: "P1042", state, on: ["gn01"])
    let observed = picture(seen, state: Listed.state(job)).tasks[Listed.task(1042)]
    #expect(
      observed
        == .ended(
          Observation.EndedFacts(
            slurmJobID: 17, submissionID: 17, start: Instant(seconds: 1_000_010),
            end: Instant(seconds: 1_000_070), outcome: outcome, exitCode: 3, signal: 9,
            isRecorded: false)))
  }

  @Test("a job that was cancelled while it waited never started")
  func neverStarted() {
    let seen = Listed.job(17, key: "P1042", .cancelled)
    if case .ended(let facts) = picture(seen, state: Listed.state(job)).tasks[Listed.task(1042)] {
      #expect(facts.start == nil)
    } else {
      Issue.record("it has ended")
    }
  }

  @Test("another's running job makes its nodes foreign, a waiting one does not")
  func foreign() throws {
    let node = try #require(NodeName("gn03"))
    let other = picture(Listed.job(5, key: nil, .running, on: ["gn03"]), state: Listed.state(job))
    #expect(other.foreign[node] == "in use by Slurm job 5, which is not Polder's")
    #expect(picture(Listed.job(5, key: nil, .pending), state: Listed.state(job)).foreign.isEmpty)
    let misnamed = Listed.job(5, key: "P1x", .running, on: ["gn03"])
    #expect(!picture(misnamed, state: Listed.state(job)).foreign.isEmpty)
  }

  @Test("an earlier generation's job says nothing of the task that was submitted anew")
  func generations() {
    var state = Listed.state(job)
    state.tasks[Listed.task(1042)]?.generation = 2
    let old = Listed.job(17, key: "P1042", .nodeFail, on: ["gn01"])
    let new = Listed.job(30, key: "P1042+2", .pending)
    #expect(picture(old, state: state).tasks.isEmpty)
    #expect(
      picture(old, new, state: state).tasks
        == [Listed.task(1042): .pending(slurmJobID: 30, held: true, since: Listed.submitted)])
  }

  @Test("what waits in Slurm for a task that has ended is left over; what runs for it is foreign")
  func leftovers() {
    var state = Listed.state(job)
    state.tasks[Listed.task(1042)]?.state = .ended(.cancelled)
    let waiting = picture(Listed.job(17, key: "P1042", .pending), state: state)
    #expect(waiting.tasks.isEmpty)
    #expect(waiting.leftovers == [SlurmTarget(jobID: 17, owner: "P1042")])
    let running = picture(Listed.job(17, key: "P1042", .running, on: ["gn01"]), state: state)
    #expect(running.leftovers.isEmpty)
    #expect(running.foreign.count == 1)
  }

  @Test("what runs, or may start at once, although its task has ended goes astray")
  func astray() {
    var state = Listed.state(Listed.record(1042, bound: 17))
    state.tasks[Listed.task(1042)]?.state = .ended(.completed)
    func targets(_ job: JobObservation) -> [SlurmTarget] {
      picture(job, state: state).astray.map(\.target)
    }
    let target = SlurmTarget(jobID: 17, owner: "P1042")
    #expect(targets(Listed.job(17, key: "P1042", .running, on: ["gn01"])) == [target])
    var released = Listed.job(17, key: "P1042", .pending)
    #expect(targets(released) == [], "what is held does not start")
    released.held = false
    #expect(targets(released) == [target])
    #expect(targets(Listed.job(17, key: "P1042", .completed, on: ["gn01"])) == [])
    #expect(targets(Listed.job(17, key: nil, .running, on: ["gn01"])) == [])
  }
}

/// How a line of the record that Slurm itself writes finds its task.
@Suite("Slurm's record of ended runs")
struct RecordMatchTests {
  private let array = Listed.record(1042, array: [0, 1, 2], bound: 17)

  private func found(
    _ line: EndedRun, _ state: EngineState
  ) -> (task: TaskID, observation: Observation)? {
    Submissions(state).match(line, state)
  }

  @Test("a line finds its task by the array's id and the task's index")
  func byIndex() throws {
    let match = try #require(
      found(Listed.line(19, array: 17, task: 2), Listed.state(array)))
    #expect(match.task == Listed.task(1042, 2))
    #expect(
      match.observation
        == .ended(
          Observation.EndedFacts(
            slurmJobID: 19, submissionID: 17, start: Instant(seconds: 1_000_010),
            end: Instant(seconds: 1_000_070), outcome: .failed, exitCode: 3, signal: 0)))
  }

  @Test("a line of a job that is not ours, or has no end, finds nothing")
  func nothing() {
    #expect(found(Listed.line(19, array: 18, task: 2), Listed.state(array)) == nil)
    var endless = Listed.line(19, array: 17, task: 2)
    endless.times.end = nil
    #expect(found(endless, Listed.state(array)) == nil)
  }

  /// Two jobs that were given the same id, the second since slurmctld had forgotten the first.
  private func twice(
    named names: (String, String), seen start: Int64? = nil
  ) throws -> EngineState {
    let allocation = try #require(AllocationID("longscan-1"))
    var state = Listed.state(Listed.record(1042, bound: 17))
    for (number, name) in [(Int64(1042), names.0), (1043, names.1)] {
      let job = Listed.record(number, bound: 17).named(name)
      let run = RunID(task: Listed.task(number), attempt: 1)
      state.jobs[job.id] = job
      state.tasks[run.task] = TaskRecord(id: run.task, state: .starting(run), attempts: 1)
      state.runs[run] = RunRecord(
        id: run, allocation: allocation,
        placement: Placement(nodes: [], perNode: job.request.perNode),
        weight: Weight(thousandths: 1000), rateVersion: 1, hold: nil, reach: .hours(1),
        committed: Listed.submitted - Seconds(number == 1042 ? 10 : 1),
        started: number == 1042 ? start.map { Instant(seconds: $0) } : nil)
    }
    return state
  }

  @Test("of two tasks that were given one id a line is of the one with its name, or of the later")
  func givenAgain() throws {
    let line = Listed.line(17, array: nil, task: nil)
    #expect(found(line, try twice(named: ("primes", "other")))?.task == Listed.task(1042))
    #expect(found(line, try twice(named: ("other", "primes")))?.task == Listed.task(1043))
    #expect(found(line, try twice(named: ("primes", "primes")))?.task == Listed.task(1043))
    #expect(
      found(line, try twice(named: ("other", "other"))) == nil, "the list knows by their keys")
  }

  @Test("what is cancelled of an array that waits is no end of a run that is to start")
  func restOfArray() throws {
    var line = Listed.line(17, array: nil, task: nil)
    line.state = .cancelled
    line.nodes = []
    var state = Listed.state(array)
    for index in [1, 2] { state.tasks[Listed.task(1042, index)]?.state = .ended(.completed) }
    #expect(found(line, state)?.task == Listed.task(1042, 0))
    let run = RunID(task: Listed.task(1042, 0), attempt: 2)
    state.tasks[run.task] = TaskRecord(id: run.task, state: .starting(run), attempts: 2)
    state.runs[run] = RunRecord(
      id: run, allocation: try #require(AllocationID("longscan-1")),
      placement: Placement(nodes: [], perNode: array.request.perNode),
      weight: Weight(thousandths: 1000), rateVersion: 1, hold: nil, reach: .hours(1),
      committed: Instant(seconds: 1_000_070), started: nil)
    #expect(found(line, state) == nil)
    let own = Listed.line(594, array: 17, task: 0)
    #expect(found(own, state)?.task == run.task)
  }

  @Test("a line that begins when a run was seen to begin is of that run")
  func seenToBegin() throws {
    let line = Listed.line(17, array: nil, task: nil)
    let state = try twice(named: ("other", "primes"), seen: 1_000_010)
    #expect(found(line, state)?.task == Listed.task(1042))
  }

  @Test("a run without nodes never started")
  func neverStarted() throws {
    var line = Listed.line(17, array: nil, task: nil)
    line.nodes = []
    let state = Listed.state(Listed.record(1042, bound: 17))
    guard case .ended(let facts) = try #require(found(line, state)).observation else {
      Issue.record("it has ended")
      return
    }
    #expect(facts.start == nil)
  }
}

/// How the conductor keeps its place in that record.
@Suite("place in Slurm's record")
struct RecordCursorTests {
  @Test("a place is read back as it was written, and nothing else is a place")
  func text() {
    let cursor = RecordCursor(device: 2049, inode: 7, offset: 0)
    #expect(RecordCursor(cursor.text) == cursor)
    for text in ["", "1:2", "1:2:x", "1:2:3:4"] { #expect(RecordCursor(text) == nil) }
  }
}
