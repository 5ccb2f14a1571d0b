import Domain
import Scheduling
import Testing

/// What a task would have been given, had it asked for something else: told from the record of a
/// plan, against a plan of everybody.
@Suite("records of plans")
struct PlanRecordTests {
  private func problem(_ seed: UInt64) -> PlanningProblem {
    var source = RandomProblem(seed: seed)
    var problem = source.random.oneIn(2) ? source.problem() : source.licensedProblem()
    problem.exactTasks = source.random.pick(0...6)
    return problem
  }

  /// The same request, and with half of each thing, and in the other partition.
  private func others(_ candidate: Candidate, _ partitions: [Partition]) -> [Candidate] {
    let request = candidate.request
    let share = request.perNode
    let half = NodeResources(
      gpus: share.gpus / 2, cpus: max(share.cpus / 2, 1), memoryMiB: max(share.memoryMiB / 2, 1))
    let requests =
      [
        request, request.changed(timeLimit: Seconds(max(request.timeLimit.count / 2, 1))),
        request.changed(timeLimit: Seconds(max(request.timeLimit.count / 4, 1))),
        request.changed(nodeCount: max(request.nodeCount / 2, 1)),
        request.changed(perNode: half),
      ] + partitions.map { request.changed(partition: $0.name) }
    return requests.map {
      Candidate(
        task: candidate.task, request: $0, options: candidate.options, grace: candidate.grace,
        eligibility: candidate.eligibility)
    }
  }

  @Test(
    "a changed request gets what a full plan gives it in its place, wherever the record tells",
    arguments: 1...80 as ClosedRange<UInt64>)
  func changed(seed: UInt64) throws {
    let problem = problem(seed)
    let planner = ConservativePlanner(stride: 1 + Int(seed % 5))
    let record = try #require(planner.stand(problem).record)
    for rank in problem.queue.indices {
      let others = others(problem.queue[rank], problem.partitions)
      for (other, answer) in zip(others, record.answers(rank, others)) {
        guard let answer else { continue }
        var changed = problem
        changed.queue[rank] = other
        let full = planner.plan(changed).decisions[rank].outcome
        #expect(answer.start == full.start, "seed \(seed), \(rank): \(other.request)")
        if case .start = full { #expect(answer == full, "seed \(seed), \(rank)") }
      }
    }
  }

  @Test("most questions are answered, of tasks on exact nodes and on counts, sooner and not")
  func variety() {
    var (exact, counted, untold, sooner) = (0, 0, 0, 0)
    for seed in 1...200 as ClosedRange<UInt64> {
      let problem = problem(seed)
      guard let record = ConservativePlanner().stand(problem).record else { continue }
      for (rank, candidate) in problem.queue.enumerated() {
        for answer in record.answers(rank, others(candidate, problem.partitions)) {
          guard let answer else {
            untold += 1
            continue
          }
          if rank < problem.exactTasks { exact += 1 } else { counted += 1 }
          let own = record.decisions[rank].outcome.start ?? .max
          if answer.start ?? .max < own { sooner += 1 }
        }
      }
    }
    #expect(
      exact >= 1_000 && counted >= 1_000 && sooner >= 200 && untold * 4 < exact + counted,
      "\(exact), \(counted), \(sooner), \(untold)")
  }

  @Test(
    "a task with a promise that asks for what it asks for gets what the plan gives it",
    arguments: 1...200 as ClosedRange<UInt64>)
  func promised(seed: UInt64) throws {
    var problem = problem(seed)
    let planner = ConservativePlanner(stride: 1 + Int(seed % 5))
    problem.promises = planner.plan(problem).reservations
    // Another order, and one run fewer, so that promises move.
    problem.occupations = Array(problem.occupations.dropFirst())
    problem.queue = Array(problem.queue.reversed())
    let record = try #require(planner.stand(problem).record)
    for (rank, candidate) in problem.queue.enumerated() {
      guard let answer = record.answers(rank, [candidate])[0] else { continue }
      #expect(answer.start == record.decisions[rank].outcome.start, "seed \(seed), \(rank)")
    }
  }

  @Test("under a policy that plans no slot for everybody there is no record")
  func others() {
    for policy in [PlanningPolicy.fcfs, .easy] {
      #expect(policy.planner.stand(problem(1)).record == nil)
    }
  }
}

extension PlannedTask.Outcome {
  /// In milliseconds; 0 if it starts now.
  fileprivate var start: Int64? {
    switch self {
    case .start: 0
    case .wait(_, let expected): expected?.milliseconds
    }
  }
}
