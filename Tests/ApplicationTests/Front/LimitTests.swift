import Domain
import Doubles
import Engine
import Ledger
import Lifecycle
import Services
import Testing
import Wire

/// Another time limit for what runs: a further hold first, or a refusal with its numbers.
@Suite("limits")
struct LimitTests {
  private let name = "longscan-1"

  /// A town in which a job of one GPU and an hour has run for ten minutes.
  private func running(
    weighing weight: Weight = Weight(thousandths: 1000), then seen: Weight? = nil
  ) async throws -> (Town, TaskID) {
    let town = try await Town()
    let view = try await town.submit("bram", "--account=longscan --gpus=1 --time=60")
    let job = try #require(JobID(view.id))
    let task = TaskID(job: job, index: nil)
    let run = RunRecord(
      id: RunID(task: task, attempt: 1), allocation: try #require(AllocationID(name)),
      placement: Placement(nodes: [], perNode: .none), weight: weight, rateVersion: 1,
      hold: weight * (.hours(1) + Town.grace), reach: .hours(1) + Town.grace, committed: Town.now)
    #expect(try await town.store.commit(run) == .done)
    _ = try await town.store.perform(
      .started(run.id, at: Town.now, weight: seen ?? weight, slurmJobID: 17, devices: []))
    await town.store.set(clock: Town.now + .minutes(10))
    return (town, task)
  }

  @Test("a waiting job gets no limit with which it would be too late for its deadline")
  func deadline() async throws {
    let town = try await Town()
    let view = try await town.submit(
      "bram", "--account=longscan --gpus=1 --time=120 --deadline=now+8hours")
    let task = TaskID(job: try #require(JobID(view.id)), index: nil)
    #expect(try await refusal(town, "bram", task, "9:00:00") == "deadline")
    #expect(try await refusal(town, "bram", task, "7:00:00") == "accepted")
  }

  private func held(_ town: Town) async throws -> GPUTime {
    let id = try #require(AllocationID(name))
    return try #require(try await town.store.balances()[id]).held
  }

  private func refusal(
    _ town: Town, _ account: String, _ task: TaskID, _ time: String
  ) async throws -> String {
    let caller = try await town.caller(account)
    do {
      _ = try await town.front.changeLimit("\(task)", LimitRequest(timeLimit: time), caller)
      return "accepted"
    } catch {
      return error.code
    }
  }

  @Test("a longer limit holds more, once, and Slurm is told")
  func longer() async throws {
    let (town, task) = try await running()
    let caller = try await town.caller("bram")
    for _ in 1...2 {
      _ = try await town.front.changeLimit(
        "\(task)", LimitRequest(timeLimit: "2:00:00"), caller)
    }
    #expect(
      try await held(town) == Weight(thousandths: 1000) * (.hours(2) + Town.grace))
    let limits = await town.store.directives.filter {
      if case .limit = $0 { true } else { false }
    }
    #expect(limits == [.limit(RunID(task: task, attempt: 1), .hours(2))])
    #expect(try await town.store.audit().balanced)
  }

  @Test("a shorter limit leaves the hold, and a limit in between needs nothing more")
  func shorter() async throws {
    let (town, task) = try await running()
    let before = try await held(town)
    let caller = try await town.caller("anouk")
    for time in ["30", "45"] {
      _ = try await town.front.changeLimit("\(task)", LimitRequest(timeLimit: time), caller)
      #expect(try await held(town) == before)
    }
  }

  @Test("budget, window, partition, what has run and whose it is refuse, and change nothing")
  func refused() async throws {
    let (town, task) = try await running()
    let before = try await held(town)
    #expect(try await refusal(town, "bram", task, "5") == "past")
    #expect(try await refusal(town, "bram", task, "25:00:00") == "time-limit")
    #expect(try await refusal(town, "ivo", task, "2:00:00") == "unknown-job")
    #expect(try await refusal(town, "bram", task, "unlimited") == "invalid")
    let id = try #require(AllocationID(name))
    await town.store.post(
      .withdraw(EntryID("w"), id, .hours(98), effective: Town.now))
    #expect(try await refusal(town, "bram", task, "20:00:00") == "budget")
    #expect(try await held(town) == before)
  }

  @Test("a run that was to cost nothing, and that Slurm gave more, is extended for nobody")
  func freeOfCharge() async throws {
    let free = Weight(thousandths: 0)
    let (town, task) = try await running(weighing: free, then: Weight(thousandths: 1))
    #expect(try await refusal(town, "bram", task, "2:00:00") == "without-hold")
    #expect(try await held(town) == .zero)
    let (other, same) = try await running(weighing: free, then: free)
    #expect(try await refusal(other, "bram", same, "2:00:00") == "accepted")
  }

  @Test("the plugin asks the same for the member, by Slurm's id")
  func plugin() async throws {
    let (town, task) = try await running()
    let uid = try #require(Town.People().ids(of: "bram")?.uid)
    let change = PluginChange(userUID: uid, job: "17", timeLimitMinutes: 120)
    #expect(
      try await town.front.pluginModify(change, peerUID: 0)
        == "decision=accept\nkey=\(task.job)\n")
    let other = try #require(Town.People().ids(of: "ivo")?.uid)
    let theirs = PluginChange(userUID: other, job: "17", timeLimitMinutes: 180)
    #expect(
      try await town.front.pluginModify(theirs, peerUID: 0).hasPrefix("decision=refuse\n"))
    await #expect(throws: Problem.self) {
      _ = try await town.front.pluginModify(change, peerUID: uid)
    }
  }

  @Test("an administrator's cancel is the reason of the refund, and an owner's is none")
  func cancelled() async throws {
    for (account, cause) in [
      ("beheer", EndCause.administrator), ("bram", nil), ("anouk", nil),
    ] as [(String, EndCause?)] {
      let (town, task) = try await running()
      _ = try await town.front.cancel("\(task)", try await town.caller(account))
      let run = await town.store.state.runs[RunID(task: task, attempt: 1)]
      #expect(run?.closing.cause == cause)
    }
  }

  @Test("a run shows the limit in force, and its job the one of runs to come")
  func shown() async throws {
    let (town, task) = try await running()
    let bram = try await town.caller("bram")
    let view = try await town.front.changeLimit(
      "\(task)", LimitRequest(timeLimit: "2:00:00"), bram)
    #expect(view.timeLimitSeconds == 3600)
    #expect(view.tasks.first?.runs.first?.timeLimitSeconds == 7200)
  }

  @Test("what waits gets another limit, in whole minutes, and the plugin lets slurmctld write it")
  func waiting() async throws {
    let town = try await Town()
    let job = try await town.submit("bram", "--account=longscan --gpus=1 --time=60").id
    let bram = try await town.caller("bram")
    let view = try await town.front.changeLimit(job, LimitRequest(timeLimit: "90:30"), bram)
    #expect(view.timeLimitSeconds == 91 * 60)
    let id = try #require(JobID(job))
    #expect(await town.store.state.jobs[id]?.isLimitChanged == true)
    _ = try await town.store.perform(
      .bound(try #require(SlurmKey(job)), slurmJobID: 17))
    let uid = try #require(Town.People().ids(of: "bram")?.uid)
    let change = PluginChange(userUID: uid, job: "17", timeLimitMinutes: 30)
    #expect(
      try await town.front.pluginModify(change, peerUID: 0)
        == "decision=accept\nkey=\(job)\ntimeLimitMinutes=30\n")
  }

  @Test("what waits is refused what a new request would be, with its numbers, and keeps its limit")
  func waitingRefused() async throws {
    let town = try await Town()
    let job = try await town.submit("ivo", "--account=seals --gpus=1 --time=30").id
    let ivo = try await town.caller("ivo")
    for (time, code) in [("25:00:00", "time-limit"), ("2:00:00", "window"), ("70", "budget")] {
      await #expect(
        performing: {
          _ = try await town.front.changeLimit(job, LimitRequest(timeLimit: time), ivo)
        }, throws: { ($0 as? Problem)?.code == code })
    }
    #expect(try await town.front.job(job, ivo).timeLimitSeconds == 1800)
    let shorter = try await town.front.changeLimit(job, LimitRequest(timeLimit: "10"), ivo)
    #expect(shorter.timeLimitSeconds == 600)
  }

  @Test("a task of an array that waits gets a limit of its own, as scontrol means it")
  func oneTask() async throws {
    let town = try await Town()
    let job = try await town.submit("bram", "--account=longscan --gpus=1 --time=60 -a 0-2").id
    let bram = try await town.caller("bram")
    _ = try await town.store.perform(
      .bound(try #require(SlurmKey(job)), slurmJobID: 17))
    let uid = try #require(Town.People().ids(of: "bram")?.uid)
    let change = PluginChange(userUID: uid, job: "17_1", timeLimitMinutes: 90)
    #expect(
      try await town.front.pluginModify(change, peerUID: 0)
        == "decision=accept\nkey=\(job)\ntimeLimitMinutes=90\n")
    let view = try await town.front.job(job, bram)
    #expect(view.timeLimitSeconds == 3600)
    #expect(view.tasks.map(\.timeLimitSeconds) == [nil, 5400, nil])
    let whole = try await town.front.changeLimit(job, LimitRequest(timeLimit: "30"), bram)
    #expect(whole.timeLimitSeconds == 1800)
    #expect(whole.tasks.map(\.timeLimitSeconds) == [nil, nil, nil])
  }

  @Test("an array of which one run can't be extended keeps all its limits, and says which run")
  func allOrNothing() async throws {
    let town = try await Town()
    let job = try #require(
      JobID(try await town.submit("bram", "--account=longscan --gpus=1 --time=60 -a 0-2").id))
    let weight = Weight(thousandths: 1000)
    for index in 0...1 {
      let run = RunRecord(
        id: RunID(task: TaskID(job: job, index: index), attempt: 1),
        allocation: try #require(AllocationID(name)),
        placement: Placement(nodes: [], perNode: .none), weight: weight, rateVersion: 1,
        hold: weight * (.hours(1) + Town.grace), reach: .hours(1) + Town.grace,
        committed: Town.now)
      #expect(try await town.store.commit(run) == .done)
      _ = try await town.store.perform(
        .started(run.id, at: Town.now, weight: weight, slurmJobID: 17, devices: []))
    }
    // What is left carries one of the two.
    let id = try #require(AllocationID(name))
    let left = try #require(try await town.store.balances()[id]).available - .hours(1)
    await town.store.post(.withdraw(EntryID("w"), id, left, effective: Town.now))
    let before = await town.store.state
    let bram = try await town.caller("bram")
    await #expect(
      performing: {
        _ = try await town.front.changeLimit("\(job)", LimitRequest(timeLimit: "120"), bram)
      },
      throws: { problem in
        guard let problem = problem as? Problem else { return false }
        return problem.code == "budget" && problem.title == "The limit of all 3 tasks stays"
          && problem.detail.contains("\(job)_1 needs a further hold of")
      })
    #expect(await town.store.state == before)
  }
}
