// Why: who waits for a limit has to hear its numbers, and nobody the figures of others.
import Domain
import Doubles
import Engine
import Scheduling
import Services
import Testing
import Wire

@Suite("limits on what runs or waits, as they are told") struct RunLimitWordsTests {
  private let id = LimitID("few")

  private func town(
    _ scope: CapScope, _ most: [LimitMeasure: Int64]
  ) async throws -> (Town, LimitRule) {
    let town = try await Town()
    let rule = LimitRule(id: try #require(id), scope: scope, most: most)
    var centre = try await town.store.centre()
    let before = centre
    let programme = try #require(ProgrammeID("playground"))
    centre.programmes[programme] = Programme(
      id: programme, name: "p", funder: try #require(FunderID("state")), mode: "m",
      amount: .hours(1)...(.hours(1000)), maximumMonths: 3, demand: .open, accessWorkingDays: 2)
    centre.limitRules[rule.id] = rule
    _ = try await town.store.replaceCentre(
      with: centre, postings: [], ifStill: before,
      audit: AuditLine(actor: "m-1", action: .apply, object: "centre", origin: "a test"))
    return (town, rule)
  }

  private let longscan = ProjectID("longscan")

  @Test("a job that alone is beyond a limit is refused with the numbers, as it could never start")
  func alone() async throws {
    let (town, _) = try await town(.project(try #require(longscan)), [.gpus: 2])
    let problem = try await town.refusal("bram", "-A longscan --gpus=4")
    #expect(problem.code == "limit" && problem.status == 403)
    #expect(
      problem.detail == "this needs 4 GPUs for each task, and limit few allows project longscan "
        + "2 GPUs at once")
    _ = try await town.submit("bram", "-A longscan --gpus=2")
  }

  @Test("beyond a limit on what waits a submission is refused, and its repetition is not")
  func queued() async throws {
    let (town, _) = try await town(.project(try #require(longscan)), [.waiting: 2])
    _ = try await town.submit("bram", "-A longscan --gpus=1", key: "a")
    let problem = try await town.refusal("anouk", "-A longscan --gpus=1 --array=0-1")
    #expect(problem.title == "The queue is full")
    #expect(
      problem.detail == "this adds 2 tasks, and limit few allows project longscan 2 to wait "
        + "at once; waiting already: 1 task")
    _ = try await town.submit("anouk", "-A longscan --gpus=1", key: "b")
    let again = try await town.submit("bram", "-A longscan --gpus=1", key: "a")
    #expect(again.id == "P1", "what was accepted stays accepted")
  }

  @Test("of a limit over several projects a member hears what it allows, and not what is in use")
  func shared() async throws {
    let scope = CapScope.programmes([try #require(ProgrammeID("playground"))])
    let (town, rule) = try await town(scope, [.gpus: 8, .waiting: 1])
    let task = TaskID(job: JobID(number: 1), index: nil)
    _ = try await town.submit("ivo", "-A seals --gpus=1 --time=10")
    var board = BoardState()
    (board.store, board.slurm) = (.well, .well)
    board.plan[task] = BoardState.Wait(
      reason: .limit(
        LimitShortfall(
          counter: LimitCounter(rule.id), scope: scope, measure: .gpus, wants: 4, most: 8, inUse: 6,
          promisedAhead: 1)), expectedStart: nil)
    await town.board.set(board)
    let told = try await town.front.job("P1", try await town.caller("ivo")).tasks.first?.reason
    #expect(
      told?.code == "limit"
        && told?.text.contains("allows programmes playground 8 GPUs at once") == true)
    #expect(told?.text.contains("6") == false && told?.nextStep.isEmpty == false)
    let office = try await town.front.job("P1", try await town.caller("beheer"))
    #expect(
      office.tasks.first?.reason?.text.contains(
        "at once; in use: 6 GPUs, for jobs ahead of it: 1 GPU") == true)
    let refused = try await town.refusal("bram", "-A longscan --gpus=1")
    #expect(refused.detail.contains("too many wait already, of several projects together"))
  }

  @Test("polder limits shows own limits with their use, shared ones without, and no others")
  func listed() async throws {
    let (town, rule) = try await town(
      .project(try #require(longscan)), [.gpus: 8, .held: 3_600_000])
    let shared = LimitRule(
      id: try #require(LimitID("shared")), scope: .funder(try #require(FunderID("state"))),
      most: [.running: 5])
    let use = LimitUse(gpus: 3, running: 1, held: .hours(1))
    await town.board.set(limits: [
      LimitStanding(rule: rule, counts: [.all: .init(inUse: use, waiting: 0)]),
      LimitStanding(rule: shared, counts: [.all: .init(inUse: use, waiting: 0)]),
    ])
    let bram = try await town.front.limits(try await town.caller("bram"))
    #expect(bram.map(\.id) == ["few", "shared"])
    #expect(
      bram[0].measures == [
        .init(measure: "gpus", most: 8, inUse: 3),
        .init(measure: "gpuTime", most: 3_600_000, inUse: 3_600_000),
      ])
    #expect(bram[1].measures == [.init(measure: "running", most: 5, inUse: nil)])
    let ivo = try await town.front.limits(try await town.caller("ivo"))
    #expect(ivo.map(\.id) == ["shared"])
    let stranger = try await town.front.limits(try await town.caller("stranger"))
    #expect(stranger.isEmpty)
    let auditor = try await town.front.limits(try await town.caller("auditor"))
    #expect(auditor[1].measures == [.init(measure: "running", most: 5, inUse: 1)])
  }

  @Test("of a limit for each member one hears and sees one's own use, and not that of others")
  func each() async throws {
    let (town, _) = try await town(.project(try #require(longscan)), [.gpus: 8])
    let rule = LimitRule(
      id: try #require(LimitID("each")), scope: nil, each: .member, most: [.gpus: 4])
    let caller = try await town.caller("bram")
    let bram = try #require(caller.member)
    let other = try #require(try await town.caller("ivo").member)
    let use = LimitUse(gpus: 3, running: 1, held: .hours(1))
    await town.board.set(limits: [
      LimitStanding(
        rule: rule,
        counts: [
          .member(bram): .init(inUse: use, waiting: 0),
          .member(other): .init(inUse: LimitUse(gpus: 4, running: 1), waiting: 0),
        ])
    ])
    let own = try await town.front.limits(caller)
    #expect(own.map(\.scope) == ["each member"] && own.map(\.of) == [bram.text])
    #expect(own.first?.measures == [.init(measure: "gpus", most: 4, inUse: 3)])
    let office = try await town.front.limits(try await town.caller("auditor"))
    #expect(office.map(\.of) == [other.text, bram.text], "the fullest first")

    _ = try await town.submit("bram", "-A longscan --gpus=1")
    let task = TaskID(job: JobID(number: 1), index: nil)
    var board = BoardState()
    (board.store, board.slurm) = (.well, .well)
    board.plan[task] = BoardState.Wait(
      reason: .limit(
        LimitShortfall(
          counter: LimitCounter(rule.id, .member(bram)), scope: nil, measure: .gpus, wants: 2,
          most: 4, inUse: 3, promisedAhead: 0)), expectedStart: nil)
    await town.board.set(board)
    let told = try await town.front.job("P1", caller).tasks.first?.reason
    #expect(
      told?.text == "needs 2 GPUs; limit each allows each member 4 GPUs at once; in use: 3 GPUs")
    let fellow = try await town.front.job("P1", try await town.caller("anouk")).tasks.first?.reason
    #expect(fellow?.text.contains("3 GPUs") == false, "what a member uses elsewhere")
  }
}
