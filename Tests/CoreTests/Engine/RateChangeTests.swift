import Domain
import Engine
import Ledger
import Lifecycle
import Scheduling
import Testing

/// A run is priced by the version of the rate card that was in force when it started, whatever
/// comes into force while it runs.
@Suite("a run that spans a change of rates")
struct RateChangeTests {
  private let site = SmallSite.self
  /// From second 50 on a GPU weighs half as much again, and a CPU three times as much.
  private let cards = [
    RateCard(version: 3, inForceFrom: SmallSite.at(-1000), rates: SmallSite.rates),
    RateCard(
      version: 4, inForceFrom: SmallSite.at(50),
      rates: Rates(perGPU: 1500, perCPU: 150, perGiB: 0)),
  ]

  private var state: EngineState {
    var state = site.empty
    for (name, old) in state.centre.partitions {
      state.centre.partitions[name] = Partition(
        name: name, nodes: old.nodes, wholeNodes: old.wholeNodes,
        defaultTimeLimit: old.defaultTimeLimit, maximumTimeLimit: old.maximumTimeLimit,
        defaultsPerGPU: old.defaultsPerGPU, rateCards: cards)
    }
    return state.with(site.job(1, site.request(), bound: 17))
  }

  @Test("the card in force is the last that began; what lies before the first is the first's")
  func inForce() throws {
    let partition = try #require(state.centre.partitions[site.gpu])
    #expect([-5000, -1000, 49].map { partition.rateCard(at: site.at($0)).version } == [3, 3, 3])
    #expect([50, 5000].map { partition.rateCard(at: site.at($0)).version } == [4, 4])
    #expect(partition.nextRateCard(after: site.at(49))?.version == 4)
    #expect(partition.nextRateCard(after: site.at(-2000))?.version == 4)
    #expect(partition.nextRateCard(after: site.at(50)) == nil)
    #expect(partition.end(of: cards[0]) == site.at(50))
    #expect(partition.end(of: cards[1]) == nil)
  }

  @Test("a start on the change has the new weight, one before it the old", arguments: [0, 49, 50])
  func start(second: Int64) throws {
    let run = try #require(state.cycled(now: site.at(second)).started.first)
    #expect(run.rateVersion == (second < 50 ? 3 : 4))
    // 20 CPUs at 0.050, or at 0.150.
    #expect(run.weight == Weight(thousandths: second < 50 ? 1000 : 3000))
    #expect(run.hold == run.weight * Seconds(110))
  }

  @Test("it is charged by the version at its start, for all of its seconds")
  func charge() throws {
    let (started, runs) = state.cycled(now: site.at(40))
    let run = try #require(runs.first)
    let seen = steps(
      started, run, .running(facts(gpus: 1, from: 45)), now: 60)
    #expect(
      seen == [
        .started(
          run.id, at: site.at(45), weight: Weight(thousandths: 1000), slurmJobID: 17,
          devices: ["gn01:0"])
      ])
    #expect(try charged(started, run, gpus: 1) == GPUTime(milliseconds: 80_000))
  }

  @Test("what Slurm allocated beyond what was asked is weighed by the version at its start")
  func observed() throws {
    let (started, runs) = state.cycled(now: site.at(40))
    // Seen to run only after the change: 2 GPUs at 1.000 of version 3, and not at 1.500.
    #expect(
      try charged(started, try #require(runs.first), gpus: 2) == GPUTime(milliseconds: 110_000),
      "2.000 × 80 s is 160,000, of which the hold of 1.000 × 110 s carries this much")
    let run = try #require(runs.first)
    guard
      case .started(_, _, let weight, _, _, let allocated)? = steps(
        started, run, .running(facts(gpus: 2, from: 45)), now: 60
      ).first
    else { throw Missing() }
    #expect(weight == Weight(thousandths: 2000))
    #expect(allocated.values.map(\.gpus) == [2], "what its charge is of is kept")
  }

  @Test("what Slurm started without us is priced by the version at Slurm's start")
  func adopted() throws {
    let job = site.job(2, site.request(), .slurm, bound: 17)
    let state = state.with(job)
    let task = try #require(state.tasks[TaskID(job: job.id, index: nil)])
    func run(from second: Int64) -> RunRecord? {
      let steps = reconciliation.steps(
        job: job, task: task, run: nil, partition: state.centre.partitions[site.gpu],
        nodes: state.centre.nodes, adopter: site.large,
        observation: .running(facts(gpus: 1, from: second)), missingSince: site.at(60),
        now: site.at(60))
      guard case .transition(.adopted(_, let run, _, _))? = steps.first else { return nil }
      return run
    }
    #expect(run(from: 49)?.rateVersion == 3)
    #expect(run(from: 49)?.weight == Weight(thousandths: 1000))
    #expect(run(from: 50)?.rateVersion == 4)
    #expect(run(from: 50)?.weight == Weight(thousandths: 3000))
  }

  private struct Missing: Error {}
  private let reconciliation = Reconciliation(policy: SmallSite.policy)

  private func facts(gpus: Int, from second: Int64) -> Observation.RunningFacts {
    Observation.RunningFacts(
      slurmJobID: 17, submissionID: 17, start: site.at(second),
      shares: [site.nodes[0]: NodeResources(gpus: gpus, cpus: 20, memoryMiB: 64_000)],
      devices: ["gn01:0"])
  }

  private func steps(
    _ state: EngineState, _ run: RunRecord, _ observation: Observation, now second: Int64
  ) -> [Transition] {
    guard let job = state.jobs[run.id.task.job], let task = state.tasks[run.id.task] else {
      return []
    }
    return reconciliation.steps(
      job: job, task: task, run: state.runs[run.id],
      partition: state.centre.partitions[job.request.partition], nodes: state.centre.nodes,
      adopter: site.large, observation: observation, missingSince: site.at(second),
      now: site.at(second)
    ).compactMap { step in
      if case .transition(let transition) = step { transition } else { nil }
    }
  }

  /// What the books charge of a run over seconds 45 to 125.
  private func charged(_ started: EngineState, _ run: RunRecord, gpus: Int) throws -> GPUTime {
    var state = started
    for transition in steps(state, run, .running(facts(gpus: gpus, from: 45)), now: 60) {
      state = try #require(state.after(transition))
    }
    let end = Observation.EndedFacts(
      slurmJobID: 17, submissionID: 17, start: site.at(45), end: site.at(125),
      outcome: .completed, exitCode: 0, signal: 0)
    for transition in steps(state, run, .ended(end), now: 130) {
      state = try #require(state.after(transition))
    }
    return try #require(state.balances[site.large]).charged
  }
}
