// Why: each cost can be followed to its rates, by those whose cost it is and by nobody else.
import Domain
import Doubles
import Engine
import Ledger
import Lifecycle
import Services
import Testing
import Wire

@Suite("how a job's cost came about") struct RateExplanationTests {
  @Test("a job that waits is priced as its quote was, and only for its project")
  func waiting() async throws {
    let town = try await Town()
    _ = try await town.submit("anouk", "-A longscan --gpus=1")
    let view = try await town.front.jobRate("P1", try await town.caller("anouk"))
    #expect(view.runs == [])
    let estimate = try #require(view.estimate)
    #expect(estimate.card.version == 1)
    #expect(estimate.card.state == "in force")
    #expect(estimate.weight == 1000)
    #expect(estimate.shares.map(\.largest) == ["GPU"])
    #expect(estimate.cost == estimate.weight * estimate.timeLimitSeconds)
    #expect(
      estimate.bookings.map(\.amount)
        == [estimate.weight * (estimate.timeLimitSeconds + estimate.graceSeconds)])
    for account in ["ivo", "stranger", "auditor"] {
      let caller = try await town.caller(account)
      await #expect(throws: Problem.self) { _ = try await town.front.jobRate("P1", caller) }
    }
  }

  @Test("an auditor follows a charge by opaque ids, without what its member called the job")
  func auditor() async throws {
    let town = try await Town()
    let accepted = try await town.submit("bram", "--account=longscan --gpus=1 --time=60 -J secret")
    let task = TaskID(job: try #require(JobID(accepted.id)), index: nil)
    let weight = Weight(thousandths: 1000)
    let run = RunRecord(
      id: RunID(task: task, attempt: 1), allocation: try #require(AllocationID("longscan-1")),
      placement: Placement(nodes: [], perNode: .none), weight: weight, rateVersion: 1,
      hold: weight * .hours(1), reach: .hours(1), committed: Town.now)
    #expect(try await town.store.commit(run) == .done)
    let end = RunEnd(
      start: Town.now, end: Town.now + .minutes(30), outcome: .completed, exitCode: 0, signal: 0,
      used: weight * .minutes(30), refund: nil, requeued: false)
    #expect(try await town.store.perform(.ended(run.id, end)) == .done)
    let auditor = try await town.caller("auditor")
    let view = try await town.front.jobRate(accepted.id, auditor)
    #expect(view.runs.map(\.cost) == [(weight * .minutes(30)).milliseconds])
    #expect(view.runs.first?.bookings.contains { $0.kind == "charge" } == true)
    #expect(view.name == "", "what the member called it is not the auditor's")
    #expect(await town.store.links.last?.line.object == "job \(accepted.id)")
    #expect(try await town.front.job(accepted.id, auditor).owner == "m-bram")
    for account in ["ivo", "vera", "stranger"] {
      let caller = try await town.caller(account)
      await #expect(throws: Problem.self) {
        _ = try await town.front.jobRate(accepted.id, caller)
      }
    }
    let own = try await town.front.jobRate(accepted.id, try await town.caller("anouk"))
    #expect(own.name == "secret")
    try await entries(of: accepted.id, town)
  }

  /// What is about a run leads to its job, by whomever it was made; what is not says so.
  private func entries(of job: String, _ town: Town) async throws {
    _ = try await town.front.correct(
      CorrectionRequest(
        kind: "refund", entry: "charge:\(job).1", amount: "0.1 GPU-h", reason: "goodwill",
        approvedBy: "beheer", note: ""), key: "P7", try await town.caller("beheer"))
    let refund = "refund:by-hand-P7"
    for account in ["auditor", "anouk", "beheer"] {
      let view = try await town.front.entryRate(refund, try await town.caller(account))
      #expect(view.runs.first?.bookings.contains { $0.kind == "refund" } == true)
      #expect(view.id == job && (view.name == "secret") == (account != "auditor"))
    }
    let ivo = try await town.caller("ivo")
    let auditor = try await town.caller("auditor")
    for (id, caller, status) in [
      (refund, ivo, 404), ("refund:by-hand-else", auditor, 404),
      ("grant:longscan-1", auditor, 422), ("grant:longscan-1", ivo, 404),
    ] {
      let problem = await #expect(throws: Problem.self) {
        _ = try await town.front.entryRate(id, caller)
      }
      #expect(problem?.status == status, "\(id)")
    }
    #expect(await town.store.links.last?.line.object == "entry grant:longscan-1")
  }

  @Test("a charge is explained by what Slurm allocated on each node, if it is not what was placed")
  func allocated() async throws {
    let town = try await Town()
    let accepted = try await town.submit("bram", "--account=longscan --gpus=1 --time=60")
    let task = TaskID(job: try #require(JobID(accepted.id)), index: nil)
    let nodes = ["gn01", "gn02", "gn03"].compactMap { NodeName($0) }
    let one = NodeResources(gpus: 1, cpus: 1, memoryMiB: 1)
    let run = RunRecord(
      id: RunID(task: task, attempt: 1), allocation: try #require(AllocationID("longscan-1")),
      placement: Placement(nodes: nodes, perNode: one), weight: Weight(thousandths: 3000),
      rateVersion: 1, hold: .hours(3), reach: .hours(1), committed: Town.now)
    #expect(try await town.store.commit(run) == .done)
    let bram = try await town.caller("bram")
    var shares = try await town.front.jobRate(accepted.id, bram).runs.first?.shares
    #expect(shares?.map(\.nodes) == [["gn01", "gn02", "gn03"]], "as placed")
    let two = NodeResources(gpus: 2, cpus: 1, memoryMiB: 1)
    let started = Transition.started(
      run.id, at: Town.now, weight: Weight(thousandths: 4000), slurmJobID: 17, devices: [],
      allocated: [nodes[0]: one, nodes[1]: two, nodes[2]: one])
    #expect(try await town.store.perform(started) == .done)
    shares = try await town.front.jobRate(accepted.id, bram).runs.first?.shares
    #expect(shares?.map(\.nodes) == [["gn01", "gn03"], ["gn02"]])
    #expect(shares?.map(\.gpus) == [1, 2])
    #expect(shares?.map { $0.gpuWeight * Int64($0.nodeCount) } == [2000, 2000])
  }

  @Test("rate cards are everyone's to see, and a partition that is none is told with the choices")
  func cards() async throws {
    let town = try await Town()
    let caller = try await town.caller("ivo")
    let cards = try await town.front.rates(partition: nil, caller)
    #expect(cards.allSatisfy { $0.version == 1 && $0.perGPU == 1000 })
    let name = try #require(cards.first?.partition)
    #expect(try await town.front.rates(partition: name, caller).map(\.partition) == [name])
    await #expect(throws: Problem.self) {
      _ = try await town.front.rates(partition: "none", caller)
    }
  }
}
