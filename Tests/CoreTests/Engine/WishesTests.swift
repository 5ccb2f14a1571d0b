import Domain
import Engine
import Lifecycle
import Scheduling
import Testing

/// Deadlines, least times, corresponding tasks, singletons and nice values in the cycle.
@Suite("wishes")
struct WishesTests {
  typealias site = SmallSite

  /// All nodes but one are down, and a run has three of its GPUs until 910.
  private func busy() -> EngineState {
    var state = site.empty
    state.nodeStates = [site.nodes[0]: .up]
    let three = NodeResources(gpus: 3, cpus: 60, memoryMiB: 192_000)
    return state.with(site.job(1, site.request(perNode: three, limit: 900))).cycled(
      now: site.at(0)
    ).state
  }

  @Test("a limit is shortened for a start now, and its run holds and reaches no further")
  func shortened() throws {
    let two = NodeResources(gpus: 2, cpus: 40, memoryMiB: 128_000)
    var state = busy()
    // The whole node is promised from 910 on, so that one GPU is free until then.
    state = state.with(site.job(2, site.request(perNode: site.capacity, limit: 600)))
      .with(
        site.job(
          3, site.request(limit: 3600, wishes: TimeWishes(minimumTime: Seconds(300))))
      )
      .with(site.job(4, site.request(perNode: two, limit: 600)))
    let started = state.cycled(now: site.at(0)).started
    let run = try #require(started.first)
    #expect(started.count == 1 && run.id.task.job == JobID(number: 3))
    // 910 s less 10 s of grace, in whole minutes.
    #expect(run.reach == Seconds(900 + 10))
    #expect(run.hold == run.weight * Seconds(910))
  }

  @Test("a limit is not made shorter than the least time that was asked for")
  func least() {
    let state = busy().with(site.job(2, site.request(perNode: site.capacity, limit: 600)))
      .with(
        site.job(
          3, site.request(limit: 3600, wishes: TimeWishes(minimumTime: Seconds(901)))))
    #expect(state.cycled(now: site.at(0)).started.isEmpty)
  }

  @Test("a task whose deadline can't be met any more is refused, and the next cycle is due then")
  func deadline() {
    let wishes = TimeWishes(minimumTime: Seconds(60), deadline: site.at(500))
    var state = busy().with(site.job(2, site.request(perNode: site.capacity, wishes: wishes)))
    let task = TaskID(job: JobID(number: 2), index: nil)
    let result = site.cycle.run(state, now: site.at(0))
    #expect(
      result.decisions == [
        .wait(
          task, .deadline(site.at(500), wouldEnd: site.at(910 + 60)), expectedStart: nil)
      ])
    #expect(result.next == site.at(441))
    state.nodeStates[site.nodes[0]] = .unavailable("DOWN")
    guard case .refuse(task, let cause) = site.cycle.run(state, now: site.at(441)).decisions.last
    else {
      Issue.record("not refused")
      return
    }
    #expect(
      cause == "its deadline is \(site.at(500)), and with a limit of 00:01:00 it had to start by "
        + "\(site.at(440))")
  }

  @Test("each task of an array waits for the one that corresponds to it")
  func correspondence() throws {
    let first = site.job(1, site.request(array: [0, 1, 2]))
    let second = site.job(
      2, site.request(array: [0, 1], after: [Dependency(condition: .aftercorr, job: first.id)]))
    var (state, runs) = site.empty.with(first).with(second).cycled(now: site.at(0))
    #expect(runs.count == 3)
    for (run, outcome) in zip(runs, [TaskOutcome.completed, .failed]) {
      state = state.started(run, at: site.at(1))
      let end = RunEnd(
        start: site.at(1), end: site.at(9), outcome: outcome, exitCode: 0, signal: 0,
        used: run.weight * Seconds(8), refund: nil, requeued: false)
      state.apply(.ended(run.id, end))
    }
    let decisions = site.cycle.run(state, now: site.at(10)).decisions
    let starts = decisions.compactMap { if case .start(let run) = $0 { run.id.task } else { nil } }
    #expect(starts == [TaskID(job: second.id, index: 0)])
    #expect(
      decisions.contains {
        if case .refuse(let task, _) = $0 {
          task == TaskID(job: second.id, index: 1)
        } else {
          false
        }
      })
  }

  @Test("where one of several conditions will do, the first that holds is enough")
  func anyOf() {
    func request(_ rule: DependencyRule) -> JobRequest {
      JobRequest(
        name: "any", member: Ids.member, project: site.project, allocation: site.large,
        partition: site.gpu, nodeCount: 1, perNode: site.oneGPU, gpuType: nil,
        timeLimit: Seconds(100),
        dependencies: [1, 2].map { Dependency(condition: .afterok, job: JobID(number: $0)) },
        dependencyRule: rule)
    }
    var state = site.empty.with(site.job(1, site.request(notBefore: site.at(900))))
      .with(site.job(2, site.request(notBefore: site.at(900))))
      .with(site.job(3, request(.any))).with(site.job(4, request(.all)))
    let reasons = site.cycle.run(state, now: site.at(0)).decisions
    #expect(
      reasons.contains(
        .wait(
          TaskID(job: JobID(number: 3), index: nil),
          .dependency(request(.any).dependencies, .any), expectedStart: nil)))
    state.tasks[TaskID(job: JobID(number: 1), index: nil)]?.state = .ended(.failed)
    state.tasks[TaskID(job: JobID(number: 2), index: nil)]?.state = .ended(.completed)
    let decisions = site.cycle.run(state, now: site.at(1)).decisions
    let starts = decisions.compactMap { if case .start(let run) = $0 { run.id.task } else { nil } }
    #expect(starts == [TaskID(job: JobID(number: 3), index: nil)])
    #expect(
      decisions.contains {
        if case .refuse(let task, _) = $0 { task.job == JobID(number: 4) } else { false }
      })
  }

  @Test("a delay counts from the start of the other job, and its end does not make it shorter")
  func delay() throws {
    let first = site.job(1, site.request())
    let after = Dependency(condition: .after, job: first.id, delay: Seconds(300))
    let second = site.job(2, site.request(after: [after]))
    let task = TaskID(job: second.id, index: nil)
    var (state, runs) = site.empty.with(first).with(second).cycled(now: site.at(0))
    let run = try #require(runs.first)
    func decision(_ second: Int64) -> Decision? {
      site.cycle.run(state, now: site.at(second)).decisions.last
    }
    #expect(decision(1) == .wait(task, .dependency([after]), expectedStart: nil))
    state = state.started(run, at: site.at(5))
    let wait = Decision.wait(task, .delay(after, until: site.at(305)), expectedStart: nil)
    #expect(decision(6) == wait)
    let end = RunEnd(
      start: site.at(5), end: site.at(9), outcome: .failed, exitCode: 1, signal: 0,
      used: run.weight * Seconds(4), refund: nil, requeued: false)
    state.apply(.ended(run.id, end))
    #expect(decision(304) == wait)
    guard case .start(let later) = decision(305) else {
      Issue.record("not started")
      return
    }
    #expect(later.id.task == task)
  }

  @Test("of a job that was cancelled before it could start no delay is waited for")
  func noDelay() {
    let first = site.job(1, site.request())
    let second = site.job(
      2, site.request(after: [Dependency(condition: .after, job: first.id, delay: Seconds(300))]))
    var state = site.empty.with(first).with(second)
    state.apply(.dropped(TaskID(job: first.id, index: nil), .cancelled, cause: "asked for"))
    #expect(state.cycled(now: site.at(0)).started.map(\.id.task.job) == [second.id])
  }

  @Test("a run of a job that lists partitions is priced by the one that it starts in")
  func listed() throws {
    var state = site.empty
    // A whole node of 4 GPUs is free in either; three are taken of each but one.
    for number in 1...4 {
      let three = NodeResources(gpus: 3, cpus: 60, memoryMiB: 192_000)
      state = state.with(site.job(Int64(number), site.request(perNode: three, limit: 900)))
    }
    state = state.with(site.job(5, site.request().listing([site.whole, site.gpu])))
    let started = state.cycled(now: site.at(0)).started
    let run = try #require(started.last)
    #expect(started.count == 5 && run.placement.partition == site.gpu)
    #expect(run.weight == Weight(thousandths: 1000) && run.placement.perNode == site.oneGPU)
    let alone = site.empty.with(site.job(1, site.request().listing([site.whole, site.gpu])))
    let first = try #require(alone.cycled(now: site.at(0)).started.first)
    #expect(first.placement.partition == site.whole && first.weight == Weight(thousandths: 4000))
  }

  @Test("a dependency on one task of an array looks at no other")
  func oneTask() throws {
    let first = site.job(1, site.request(array: [0, 1], throttle: 1))
    let second = site.job(
      2, site.request(after: [Dependency(condition: .afterok, job: first.id, index: 0)]))
    var (state, runs) = site.empty.with(first).with(second).cycled(now: site.at(0))
    let run = try #require(runs.first)
    state = state.started(run, at: site.at(1))
    let end = RunEnd(
      start: site.at(1), end: site.at(9), outcome: .completed, exitCode: 0, signal: 0,
      used: run.weight * Seconds(8), refund: nil, requeued: false)
    state.apply(.ended(run.id, end))
    let started = state.cycled(now: site.at(10)).started.map(\.id.task)
    #expect(started.contains(TaskID(job: second.id, index: nil)))
  }

  @Test(
    "of singletons of one name and member one runs at a time, in order, whichever way they came")
  func singletons() {
    let wishes = TimeWishes(isSingleton: true)
    let first = site.job(1, site.request(array: [0, 1]))
    let state = site.empty.with(first)
      .with(site.job(2, site.request(wishes: wishes), .slurm, bound: 17))
      .with(site.job(3, site.request(wishes: wishes)))
    let (next, started) = state.cycled(now: site.at(0))
    #expect(started.map(\.id.task.job) == [first.id, first.id])
    let waits = site.cycle.run(next, now: site.at(1)).decisions
    #expect(
      waits
        == [2, 3].map {
          .wait(
            TaskID(job: JobID(number: $0), index: nil), .singleton(first.id, tasks: 2),
            expectedStart: nil)
        })
    let quoted = site.request(wishes: wishes)
    #expect(
      site.cycle.forecasts(of: [quoted, site.request()], next, now: site.at(1)).first
        == .wait(.singleton(first.id, tasks: 2), expectedStart: nil))
  }
}
