import Domain
import Testing

@testable import Scheduling

/// What holds for tasks that are planned on counts.
@Suite("planning on counts")
struct CountedPlanTests {
  @Test(
    "what starts lies on real nodes that have it free, beside every promise, however few are exact",
    arguments: PlanningPolicy.allCases, 1...50 as ClosedRange<UInt64>)
  func sound(policy: PlanningPolicy, seed: UInt64) {
    var source = RandomProblem(seed: seed)
    let problem = source.problem().exactly(source.random.pick(0...6))
    let plan = policy.planner.plan(problem)
    let faults = PlanAudit(problem, plan).faults()
    #expect(faults.isEmpty, "\(policy), seed \(seed): \(faults)")
    #expect(plan.decisions.map(\.task) == problem.queue.map(\.task), "seed \(seed)")
  }

  @Test(
    "on nodes that are alike, tasks of whole nodes are expected when a backfill starts them",
    arguments: [PlanningPolicy.fcfs, .conservative], 1...60 as ClosedRange<UInt64>)
  func counts(policy: PlanningPolicy, seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let nodes = random.pick(2...9)
    let halfHour: Int64 = 1800
    let tasks = (0..<random.pick(1...40)).map { _ in
      (nodes: random.pick(1...nodes), span: Int64(random.pick(1...20)) * halfHour)
    }
    let town = try Alike(nodes: nodes)
    let problem = town.problem(tasks.map { town.candidate($0.nodes, $0.span) }, exactTasks: 0)
    let plan = policy.planner.plan(problem)

    var capacity = Capacity(processors: nodes, from: problem.now.wholeSeconds)
    var floor = problem.now.wholeSeconds
    for (task, decision) in zip(tasks, plan.decisions) {
      let shape = capacity.addShape(
        on: 0, [Capacity.Part(lane: 0, needs: Int64(task.nodes), takes: Int64(task.nodes))])
      let begin = capacity.earliest(shape, span: task.span, notBefore: floor)
      capacity.take(shape, from: begin, until: begin + task.span)
      if policy == .fcfs { floor = begin }
      switch decision.outcome {
      case .start: #expect(begin == problem.now.wholeSeconds, "seed \(seed)")
      case .wait(_, let expected): #expect(expected?.wholeSeconds == begin, "seed \(seed)")
      }
    }
  }

  @Test("whole nodes that start lie behind as few switches as they can, planned on counts too")
  func closeTogether() throws {
    var town = try Alike(nodes: 6)
    // One rack has 0, 2 and 5, another 1 and 3, a third 4.
    town.nodes = zip(town.nodes, ["a", "b", "a", "b", "c", "a"]).map { node, rack in
      Node(
        name: node.name, gpuType: node.gpuType, capacity: node.capacity,
        switches: [rack].compactMap { SwitchName($0) })
    }
    for exact in [0, 3] {
      let queue = [2, 3, 1].enumerated().map { index, count in
        town.candidate(count, 600, number: Int64(index + 1))
      }
      let plan = ConservativePlanner().plan(town.problem(queue, exactTasks: exact))
      let places = plan.decisions.map { decision in
        guard case .start(let placement, _, _, _) = decision.outcome else { return [NodeName]() }
        return placement.nodes
      }
      let wanted = [[1, 3], [0, 2, 5], [4]].map { $0.map { town.nodes[$0].name } }
      #expect(places == wanted, "\(exact) exact")
    }
  }

  @Test("what counts allow and no real node takes waits for the next change in its pool")
  func fragments() throws {
    let town = try Alike(nodes: 2)
    // Two GPUs free on each node, until 10:00 on one and 11:00 on the other.
    let problem = town.problem(
      [town.candidate(1, 600, gpus: 2), town.candidate(1, 600, gpus: 3)], exactTasks: 0,
      occupied: [(0, 2, 36_000), (1, 2, 39_600)])
    let plan = ConservativePlanner().plan(problem)
    guard case .start = plan.decisions[0].outcome,
      case .wait(.resources(let short), let expected) = plan.decisions[1].outcome
    else {
      Issue.record("\(plan.decisions)")
      return
    }
    #expect(short.resource == .gpus && short.wantedPerNode == 3)
    #expect(short.freeNodes == 0 && short.freeInAll == 2)
    #expect(expected == problem.now + Seconds(36_000))
  }

  @Test("a promise keeps its nodes when its task falls behind those that are planned exactly")
  func promise() throws {
    let town = try Alike(nodes: 1)
    let late = town.candidate(1, 3600)
    let first = town.problem([late], exactTasks: 1, occupied: [(0, 4, 7200)])
    let promises = ConservativePlanner().plan(first).reservations
    #expect(promises.first?.start == first.now + Seconds(7200))
    let urgent = town.candidate(1, 3600, number: 90)
    let second = town.problem(
      [urgent, late], exactTasks: 1, occupied: [(0, 4, 7200)], promises: promises)
    let plan = ConservativePlanner().plan(second)
    #expect(plan.reservations.contains(promises[0]))
    #expect(plan.reservations.first?.start == second.now + Seconds(7200 + 3600))
  }

  @Test(
    "tasks that may not run yet take no place in the first tier, and its promises still improve")
  func ineligible() throws {
    let town = try Alike(nodes: 1)
    let barred = (0..<5).map {
      town.candidate(1, 600, number: 10 + $0, .waits(.throttle(running: 1, limit: 1)))
    }
    let (first, second) = (town.candidate(1, 3600), town.candidate(1, 3600, number: 2))
    let full = town.problem(barred + [first], exactTasks: 2, occupied: [(0, 4, 7200)])
    let promises = ConservativePlanner().plan(full).reservations
    #expect(promises.map(\.start) == [full.now + Seconds(7200)])
    // The run ended early: who was promised two hours from now starts, and who is behind him, and
    // wants the same, is not held to that time.
    let empty = town.problem(barred + [first, second], exactTasks: 2, promises: promises)
    let plan = ConservativePlanner().plan(empty)
    #expect(plan.starts == [first.task])
    #expect(plan.reservations.map(\.start) == [empty.now + Seconds(3600)])
  }

  @Test("a promise that is only kept bounds nobody who comes after it")
  func keptPromiseBoundsNobody() throws {
    let town = try Alike(nodes: 1)
    let (late, other) = (town.candidate(1, 3600, number: 2), town.candidate(1, 3600, number: 3))
    let full = town.problem([late], exactTasks: 1, occupied: [(0, 4, 7200)])
    let promises = ConservativePlanner().plan(full).reservations
    let empty = town.problem([late, other], exactTasks: 9, promises: promises)
    #expect(ConservativePlanner(upkeep: .keep).plan(empty).starts == [other.task])
  }

  @Test("the reason of a kind says nothing of the time limit of another task of it")
  func reasonOfKind() throws {
    let town = try Alike(nodes: 1)
    let long = town.candidate(1, 500 * 3600, number: 2)
    let problem = town.problem(
      [long, town.candidate(1, 600, number: 3)], exactTasks: 0, isUp: false)
    for decision in ConservativePlanner().plan(problem).decisions {
      guard case .wait(.nodesUnavailable(let short), nil) = decision.outcome else {
        Issue.record("\(decision)")
        continue
      }
      #expect(short.wantedNodes == 1 && short.usableNodes == 0)
    }
  }

  @Test("a request that no pool alone could hold takes its time from the counts of all its pools")
  func stray() throws {
    let town = try Alike(nodes: 2, memories: [4096, 4095])
    let wide = town.candidate(2, 3600, gpus: 3)
    let problem = town.problem([wide, town.candidate(1, 3600, gpus: 3, number: 2)], exactTasks: 0)
    let plan = ConservativePlanner().plan(problem)
    #expect(plan.starts == [wide.task])
    guard case .wait(.resources(let short), let expected) = plan.decisions[1].outcome else {
      Issue.record("\(plan.decisions)")
      return
    }
    #expect(short.freeNodes == 0 && expected == problem.now + Seconds(3600))
  }

  @Test("on counts, a constraint and an exclusion keep to the nodes that they leave")
  func terms() throws {
    let town = try Alike(nodes: 3, features: ["ib", "", ""])
    let ib = NodeTerms(features: FeatureExpression("ib"))
    let notFirst = NodeTerms(excluded: [town.nodes[0].name])
    let problem = town.problem(
      [
        town.candidate(1, 3600, terms: ib), town.candidate(1, 3600, number: 2, terms: ib),
        town.candidate(2, 3600, number: 3, terms: notFirst),
        town.candidate(1, 3600, number: 4, terms: notFirst),
      ], exactTasks: 0)
    let plan = ConservativePlanner().plan(problem)
    #expect(plan.starts.map(\.job.number) == [1, 3])
    for index in [1, 3] {
      guard case .wait(_, let expected) = plan.decisions[index].outcome else { continue }
      #expect(expected == problem.now + Seconds(3600))
    }
  }

  @Test("beyond the terms that are told apart, a task is planned on exact nodes")
  func manyTerms() throws {
    let town = try Alike(nodes: 2)
    let others = (0..<Int64(Pools.mostTerms)).map { number in
      town.candidate(
        2, 3600, number: 10 + number,
        terms: NodeTerms(features: FeatureExpression("f\(number)")))
    }
    let last = town.candidate(1, 3600, terms: NodeTerms(excluded: [town.nodes[0].name]))
    let plan = ConservativePlanner().plan(town.problem(others + [last], exactTasks: 0))
    #expect(plan.starts == [last.task])
  }

  @Test("lists of nodes never cut the machine into so many pools that no wide task fits in one")
  func cutPools() throws {
    let town = try Alike(nodes: 512)
    let terms = (0..<9).map { bit in
      NodeTerms(
        excluded: town.nodes.enumerated().filter { $0.offset >> bit & 1 == 1 }.map(\.element.name))
    }
    let pools = Pools.telling(
      terms, town.nodes.map { NodeCondition(node: $0, state: .up) },
      NodePlaces(town.nodes, [town.partition]), [town.partition.name: town.partition])
    #expect(2...Pools.most ~= pools.all.count)
    // And who can't be planned yet cuts nothing.
    let later = WaitReason.notBefore(town.now + .hours(1))
    let waiting = terms.enumerated().map {
      town.candidate(
        1, 3600, number: 10 + Int64($0.offset), .waits(later), terms: $0.element)
    }
    let wide = town.candidate(300, 3600)
    let plan = ConservativePlanner().plan(town.problem(waiting + [wide], exactTasks: 0))
    #expect(plan.starts == [wide.task])
  }

  @Test("tasks that ask for the same and wait for a reservation are each told their own end")
  func ownEnd() throws {
    let town = try Alike(nodes: 1)
    var problem = town.problem(
      [town.candidate(1, 9 * 3600), town.candidate(1, 2 * 3600, number: 2)], exactTasks: 0)
    problem.reserved = [
      Reservation(
        name: "m1", nodes: [town.nodes[0].name], from: town.now + .hours(1),
        until: town.now + .hours(2), isMaintenance: true)
    ].compactMap { $0 }
    let ends = ConservativePlanner().plan(problem).decisions.map { decision -> Instant? in
      guard case .wait(.reserved(let shortfall), _) = decision.outcome else { return nil }
      return shortfall.wouldEnd
    }
    #expect(ends == [town.now + .hours(9), town.now + .hours(2)])
  }

  @Test("only a planner that keeps promises has any to give")
  func promisers() throws {
    #expect(PlanningPolicy.allCases.filter(\.planner.keepsPromises) == [.conservative])
  }

  @Test("what was found for a smaller task is a lower bound, and never too high")
  func bounds() {
    var random = SplitMix64(seed: 4)
    var bounds = Bounds()
    var notes: [(amount: Int64, span: Int64, start: Int64)] = []
    for _ in 0..<2000 {
      let amount = Int64(random.pick(1...5000))
      let span = Int64(random.pick(1...2_000_000_000))
      let most = notes.filter { $0.amount <= amount && $0.span <= span }.map(\.start).max()
      let bound = bounds.bound(amount, span: span)
      #expect(bound == .min || bound <= most ?? .min, "\(amount) for \(span)")
      let start = max(most ?? 0, Int64(random.pick(0...1_000_000)))
      bounds.note(amount, span: span, start: start)
      notes.append((amount, span, start))
      #expect(bounds.bound(amount, span: span) == start)
    }
    // And it is of use: most of what is much larger is bounded.
    #expect(bounds.bound(1 << 20, span: 1 << 40) > .min)
  }
}

extension PlanningProblem {
  /// The same problem with so many tasks planned on exact nodes.
  fileprivate func exactly(_ count: Int) -> PlanningProblem {
    var other = self
    other.exactTasks = count
    return other
  }
}
