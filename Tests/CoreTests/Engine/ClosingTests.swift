import Domain
import Engine
import Ledger
import Lifecycle
import Scheduling
import Testing

/// What becomes of jobs when their allocation ends, is suspended or exhausted, by each policy.
@Suite("closing")
struct ClosingTests {
  private let site = SmallSite.self

  /// A run of 100 s that began at 0, whose allocation was cut to end at `end` afterwards.
  private func cut(
    _ policy: ClosingPolicy, end: Int64 = 40, suspended: Int64? = nil, hold: Bool = true
  ) throws -> (EngineState, RunRecord) {
    let (state, runs) = site.empty.with(site.job(1, site.request())).cycled(now: site.at(0))
    let run = try #require(runs.first)
    var next = state.started(run, at: site.at(0))
    if !hold { next.runs[run.id] = next.runs[run.id]?.withoutHold }
    next.centre.allocations[site.large] = Allocation(
      id: site.large, project: site.project,
      programme: site.name("playground", ProgrammeID.self), granted: .hours(100),
      window: site.at(0)..<site.at(end), opening: .zero, suspended: suspended.map { site.at($0) },
      policy: policy)
    return (next, try #require(next.runs[run.id]))
  }

  private func acts(_ state: EngineState, at second: Int64) -> [RunAct] {
    site.cycle.run(state, now: site.at(second)).decisions.compactMap {
      if case .act(let act) = $0 { act } else { nil }
    }
  }

  @Test("refuse and drain leave a run to its hold", arguments: [ClosingAct.refuse, .drain])
  func untouched(act: ClosingAct) throws {
    let (state, _) = try cut(ClosingPolicy(atEnd: act))
    #expect(acts(state, at: 39).isEmpty)
    #expect(acts(state, at: 41).isEmpty)
  }

  @Test("kill ends a run at the second at which its allocation ends, once")
  func kill() throws {
    var (state, run) = try cut(ClosingPolicy(atEnd: .kill))
    let before = site.cycle.run(state, now: site.at(39))
    #expect(before.decisions == [.act(.limit(run.id, .minutes(1), isCut: true))])
    #expect(before.next == site.at(40), "it wakes for that very second")
    #expect(acts(state, at: 40) == [.end(run.id, .windowEnded)])
    state.apply(.act(.end(run.id, .windowEnded)))
    #expect(acts(state, at: 41).isEmpty)
    let again = state.apply(.act(.end(run.id, .suspended)))
    #expect(!again, "the first cause stands")
  }

  @Test("a signal comes ahead of the end, once, and then the kill")
  func signal() throws {
    let policy = ClosingPolicy(atEnd: .signal, signal: .usr2, ahead: Seconds(15))
    var (state, run) = try cut(policy)
    state.apply(.act(.limit(run.id, .minutes(1), isCut: true)))
    #expect(site.cycle.run(state, now: site.at(3)).next == site.at(25))
    #expect(acts(state, at: 24).isEmpty)
    #expect(acts(state, at: 25) == [.signal(run.id, .usr2)])
    state.apply(.act(.signal(run.id, .usr2)))
    #expect(acts(state, at: 26).isEmpty)
    #expect(site.cycle.run(state, now: site.at(26)).next == site.at(40))
    #expect(acts(state, at: 40) == [.end(run.id, .windowEnded)])
  }

  @Test("a suspension ends what the policy ends, and starts nothing, but nothing expires")
  func suspension() throws {
    let (state, run) = try cut(ClosingPolicy(atEnd: .kill), end: 90_000, suspended: 30)
    #expect(acts(state, at: 30) == [.end(run.id, .suspended)])
    let waiting = state.with(site.job(2, site.request()))
    let decisions = site.cycle.run(waiting, now: site.at(30)).decisions
    let task = TaskID(job: JobID(number: 2), index: nil)
    #expect(
      decisions.contains(
        .wait(task, .suspended(site.large, since: site.at(30)), expectedStart: nil)))
    #expect(!decisions.contains(.expire(site.large)))
  }

  @Test("a longer window calls off the end, and gives Slurm the run's own limit again")
  func calledOff() throws {
    var (state, run) = try cut(ClosingPolicy(atEnd: .kill))
    state.apply(.act(.limit(run.id, .minutes(1), isCut: true)))
    state.centre.allocations[site.large] = site.allocation(site.large, .hours(100), until: 90_000)
    #expect(acts(state, at: 40) == [.limit(run.id, Seconds(100), isCut: false)])
    state.apply(.act(.limit(run.id, Seconds(100), isCut: false)))
    #expect(acts(state, at: 41).isEmpty)
  }

  @Test("a run that nobody pays for is ended, warned or left by the policy at exhaustion")
  func withoutHold() throws {
    let (left, _) = try cut(ClosingPolicy(atEnd: .refuse), end: 90_000, hold: false)
    #expect(acts(left, at: 1).isEmpty)
    let (killed, run) = try cut(ClosingPolicy(atExhaustion: .kill), end: 90_000, hold: false)
    #expect(acts(killed, at: 1) == [.end(run.id, .exhausted)])
    let policy = ClosingPolicy(atExhaustion: .signal, ahead: Seconds(20))
    var (warned, _) = try cut(policy, end: 90_000, hold: false)
    #expect(
      acts(warned, at: 1) == [.signal(run.id, .usr1), .limit(run.id, .minutes(1), isCut: true)])
    warned.apply(.act(.signal(run.id, .usr1)))
    #expect(acts(warned, at: 20) == [.end(run.id, .exhausted)])
  }

  @Test("what goes on is ended when the operator's cap is used up, to the second")
  func overrunCap() throws {
    // A weight of one GPU: 20 GPU-seconds are 20 s past the end.
    let cap = GPUTime(milliseconds: 20_000)
    let (state, run) = try cut(ClosingPolicy(atEnd: .goOn, overrunCap: cap))
    #expect(acts(state, at: 59).isEmpty)
    #expect(site.cycle.run(state, now: site.at(50)).next == site.at(60))
    #expect(acts(state, at: 60) == [.end(run.id, .overrunCap)])
  }

  @Test("what goes on and was warned counts against the cap until it is gone")
  func warnedOverrun() throws {
    let cap = GPUTime(milliseconds: 20_000)
    var (state, run) = try cut(ClosingPolicy(atEnd: .goOn, overrunCap: cap))
    state.apply(.act(.evict(run.id, .cont, at: site.at(500))))
    #expect(acts(state, at: 59).isEmpty)
    #expect(acts(state, at: 60) == [.end(run.id, .overrunCap)])
  }

  @Test("what goes on is preempted when a task that could start waits for its nodes")
  func preempted() throws {
    let cap = GPUTime.hours(1)
    let (state, run) = try cut(ClosingPolicy(atEnd: .goOn, overrunCap: cap))
    let all = site.request(partition: site.whole, allocation: site.small, nodes: 4)
    let waiting = state.with(site.job(2, all))
    #expect(acts(waiting, at: 39).isEmpty, "not before the end")
    #expect(acts(waiting, at: 41) == [.end(run.id, .preempted)])
    #expect(acts(state, at: 41).isEmpty, "not while nobody waits")
  }

  @Test(
    "waiting tasks of an allocation that has ended are refused or wait on, by its policy",
    arguments: ClosingAct.allCases)
  func waitingAtEnd(act: ClosingAct) throws {
    var state = site.empty.with(site.job(1, site.request()))
    state.centre.allocations[site.large] = Allocation(
      id: site.large, project: site.project,
      programme: site.name("playground", ProgrammeID.self), granted: .hours(100),
      window: site.at(0)..<site.at(10), opening: .zero, policy: ClosingPolicy(atEnd: act))
    let refused = site.cycle.run(state, now: site.at(10)).decisions.contains {
      if case .refuse = $0 { true } else { false }
    }
    #expect(refused == act.endsWaiting)
  }

  @Test("a task whose budget can't come back is refused where the policy at exhaustion says so")
  func waitingAtExhaustion() throws {
    let dear = site.request(allocation: site.small, nodes: 4, limit: 7200)
    var state = site.empty.with(site.job(1, dear))
    func refusals(_ state: EngineState) -> [Decision] {
      site.cycle.run(state, now: site.at(0)).decisions.filter {
        if case .refuse = $0 { true } else { false }
      }
    }
    #expect(refusals(state).isEmpty)
    let allocation = site.allocation(site.small, .hours(1), until: 80_000)
    state.centre.allocations[site.small] = Allocation(
      id: site.small, project: site.project, programme: allocation.programme, granted: .hours(1),
      window: allocation.window, opening: .zero, policy: ClosingPolicy(atExhaustion: .drain))
    #expect(refusals(state).count == 1)
    state.balances[site.small]?.held = .hours(1)
    state.balances[site.small]?.granted = .hours(9)
    #expect(refusals(state).isEmpty, "what is held may come back")
  }

  @Test("a task that takes a limit which its budget could carry is not refused at exhaustion")
  func shortenableAtExhaustion() {
    let allocation = site.allocation(site.small, .hours(1), until: 80_000)
    for (least, isRefused) in [(nil, true), (Seconds(7000), true), (Seconds(60), false)] {
      let request = site.request(
        allocation: site.small, nodes: 4, limit: 7200, wishes: TimeWishes(minimumTime: least))
      var state = site.empty.with(site.job(1, request))
      state.centre.allocations[site.small] = Allocation(
        id: site.small, project: site.project, programme: allocation.programme,
        granted: .hours(1), window: allocation.window, opening: .zero,
        policy: ClosingPolicy(atExhaustion: .drain))
      // Held by a run that may give it back.
      state.balances[site.small] = Balance(granted: .hours(1), held: .hours(1))
      let refused = site.cycle.run(state, now: site.at(0)).decisions.contains {
        if case .refuse = $0 { true } else { false }
      }
      #expect(refused == isRefused, "least \(least.map { "\($0)" } ?? "all")")
    }
  }

  @Test("a task whose dependency can't be met any more is refused with its cause")
  func hopeless() throws {
    let first = JobID(number: 1)
    let dependency = Dependency(condition: .afterok, job: first)
    var state = site.empty.with(site.job(1, site.request()))
      .with(site.job(2, site.request(after: [dependency])))
    state.tasks[TaskID(job: first, index: nil)]?.state = .ended(.failed)
    let second = TaskID(job: JobID(number: 2), index: nil)
    #expect(
      site.cycle.run(state, now: site.at(0)).decisions == [
        .refuse(second, cause: "its dependency afterok:P1 can no longer be met")
      ])
  }
}
