import Domain
import Scheduling

/// Checks a plan against its problem by the definitions alone: sums over all nodes at all
/// instants, and no data structure of the planners.
struct PlanAudit {
  struct Tenant {
    let task: TaskID
    let placement: Placement
    let begin: Instant
    let end: Instant
    /// What pays, and how much; nil if it runs.
    let payment: (allocation: AllocationID, hold: GPUTime)?
    /// The limit that a planned task gets.
    var limit: Seconds?

    func overlaps(_ reservation: Reservation, from now: Instant) -> Bool {
      !Set(placement.nodes).isDisjoint(with: reservation.nodes)
        && reservation.window.lowerBound < end
        && max(begin, now) < reservation.window.upperBound
    }
  }

  let problem: PlanningProblem
  let plan: Plan
  /// Runs, then planned tasks in queue order.
  let tenants: [Tenant]
  private let nodes: [NodeName: NodeCondition]

  init(_ problem: PlanningProblem, _ plan: Plan) {
    self.problem = problem
    self.plan = plan
    nodes = Dictionary(uniqueKeysWithValues: problem.nodes.map { ($0.node.name, $0) })
    let runs = problem.occupations.map {
      Tenant(
        task: $0.run.task, placement: $0.placement, begin: problem.now,
        end: $0.until > problem.now
          ? $0.until : problem.now + PlanningProblem.overdueAllowance, payment: nil)
    }
    let reserved = Dictionary(uniqueKeysWithValues: plan.reservations.map { ($0.task, $0) })
    let candidates = Dictionary(uniqueKeysWithValues: problem.queue.map { ($0.task, $0) })
    tenants =
      runs
      + plan.decisions.compactMap { decision in
        if case .start(let placement, let allocation, let hold, let limit) = decision.outcome {
          return Tenant(
            task: decision.task, placement: placement, begin: problem.now,
            end: problem.now + limit + (candidates[decision.task]?.grace ?? .zero),
            payment: (allocation, hold), limit: limit)
        }
        return reserved[decision.task].map {
          Tenant(
            task: $0.task, placement: $0.placement, begin: $0.start, end: $0.end,
            payment: ($0.allocation, $0.hold),
            limit: candidates[$0.task]?.request.timeLimit)
        }
      }
  }

  /// What is wrong with the plan; empty if nothing is.
  func faults() -> [String] {
    var faults: [String] = []
    if plan.decisions.map(\.task) != problem.queue.map(\.task) {
      faults.append("not one decision for each task in order")
    }
    for (name, condition) in nodes {
      for instant in Set(tenants.map(\.begin)) {
        let used = used(tenants, of: name, at: instant)
        if !used.fits(in: condition.node.capacity) { faults.append("\(name) full at \(instant)") }
      }
    }
    for decision in plan.decisions {
      guard case .wait(_, let expected) = decision.outcome else { continue }
      let reserved = plan.reservations.first { $0.task == decision.task }?.start
      // What is planned on counts is expected at an instant, and promised nothing.
      let isEstimate = problem.exactTasks < .max && reserved == nil
      if expected != reserved && !isEstimate {
        faults.append("\(decision.task) expects \(expected as Any)")
      }
    }
    var spent: [AllocationID: GPUTime] = [:]
    for tenant in tenants {
      guard let payment = tenant.payment,
        let candidate = problem.queue.first(where: { $0.task == tenant.task })
      else { continue }
      spent[payment.allocation, default: .zero] += payment.hold
      faults += self.faults(of: tenant, candidate, payment)
    }
    faults += limitFaults()
    for (allocation, amount) in spent where amount > problem.budgets[allocation] ?? .zero {
      faults.append("\(allocation) overspent by \(amount)")
    }
    return faults
  }

  /// Where something that was planned goes beyond a limit beside all else at its begin, or at that
  /// of another during it.
  private func limitFaults() -> [String] {
    let runs = problem.occupations.map { occupation in
      (occupation.use, occupation.limits)
    }
    let takes = tenants.enumerated().map {
      index, tenant -> (use: LimitUse, limits: [LimitCounter]) in
      guard let payment = tenant.payment else { return runs[index] }
      let candidate = problem.queue.first { $0.task == tenant.task }
      let option = candidate?.options.first { $0.allocation == payment.allocation }
      let licences = candidate?.request.licences ?? []
      return (
        LimitUse(tenant.placement, hold: payment.hold, licences: licences), option?.limits ?? []
      )
    }
    var faults: [String] = []
    for counter in Set(takes.flatMap(\.limits)) {
      guard let room = room(counter) else { continue }
      for instant in Set(tenants.map(\.begin)) {
        let there = tenants.indices.filter {
          takes[$0].limits.contains(counter) && tenants[$0].begin <= instant
            && instant < tenants[$0].end
        }
        let sum = there.reduce(LimitUse()) { $0 + takes[$1].use }
        for (measure, most) in room.most where sum[measure, of: counter.subject] > most {
          // Runs may be beyond a limit that was lowered, or by themselves.
          let isPlanned = there.contains {
            tenants[$0].payment != nil && takes[$0].use[measure, of: counter.subject] > 0
          }
          guard isPlanned else { continue }
          faults.append(
            "limit \(counter): \(sum[measure, of: counter.subject]) \(measure) at \(instant), "
              + "and \(most) may")
        }
      }
    }
    return faults
  }

  private func room(_ counter: LimitCounter) -> LimitRoom? {
    guard case .licence(let name) = counter.subject else { return problem.limits[counter.limit] }
    return LimitRoom(scope: nil, most: [.licences: problem.licences[name] ?? 0])
  }

  private func faults(
    of tenant: Tenant, _ candidate: Candidate, _ payment: (AllocationID, hold: GPUTime)
  ) -> [String] {
    let placement = tenant.placement
    let request = candidate.request
    let name = placement.partition ?? request.partition
    guard let partition = problem.partitions.first(where: { $0.name == name }),
      request.partitions.contains(name),
      (placement.partition == nil) == request.otherPartitions.isEmpty
    else {
      return ["\(tenant.task) has no partition"]
    }
    var faults: [String] = []
    let rates = partition.rateCard(at: problem.now).rates
    let type = placement.nodes.first.flatMap { nodes[$0]?.node.gpuType }
    let share = rates.weight(of: placement.perNode, gpuType: type).thousandths
    let limit = tenant.limit ?? .zero
    let hold = share * Int64(request.nodeCount) * (limit + candidate.grace).count
    if limit > request.timeLimit || limit < request.leastLimit {
      faults.append("\(tenant.task) has a limit of \(limit)")
    }
    if limit < request.timeLimit, limit.count % 60 != 0 || tenant.begin != problem.now {
      faults.append("\(tenant.task) is cut to \(limit)")
    }
    if let deadline = request.wishes.deadline, tenant.begin + limit > deadline {
      faults.append("\(tenant.task) ends after its deadline")
    }
    if payment.hold.milliseconds != hold { faults.append("\(tenant.task) holds \(payment.hold)") }
    if Set(placement.nodes).count != request.nodeCount { faults.append("\(tenant.task) nodes") }
    if !request.terms.required.allSatisfy(placement.nodes.contains) {
      faults.append("\(tenant.task) without a node that it requires")
    }
    if !isNear(placement.nodes, request, at: tenant.begin) {
      faults.append("\(tenant.task) behind too many switches")
    }
    for name in placement.nodes where !usable(name, request, partition, placement) {
      faults.append("\(tenant.task) on \(name)")
    }
    let own = request.terms.reservation
    for reservation in problem.reserved
    where reservation.name != own?.text && tenant.overlaps(reservation, from: problem.now) {
      faults.append("\(tenant.task) across \(reservation.name)")
    }
    if let own, !isInside(tenant, own) { faults.append("\(tenant.task) outside of \(own)") }
    let end = candidate.options.first { $0.allocation == payment.0 }?.windowEnd
    if end.map({ tenant.end > $0 }) ?? true { faults.append("\(tenant.task) out of its window") }
    if candidate.eligibility != .eligible { faults.append("\(tenant.task) is not eligible") }
    return faults
  }

  private func isInside(_ tenant: Tenant, _ name: ReservationName) -> Bool {
    guard let reservation = problem.reserved.first(where: { $0.name == name.text }) else {
      return false
    }
    return reservation.window.lowerBound <= tenant.begin
      && tenant.end <= reservation.window.upperBound
      && tenant.placement.nodes.allSatisfy(reservation.nodes.contains)
  }

  func usable(
    _ name: NodeName, _ request: JobRequest, _ partition: Partition, _ placement: Placement
  ) -> Bool {
    guard let condition = nodes[name], condition.state == .up, partition.nodes.contains(name)
    else { return false }
    let node = condition.node
    let occupied = partition.wholeNodes ? node.capacity : request.perNode
    return placement.perNode == occupied && request.perNode.fits(in: node.capacity)
      && (request.gpuType == nil || request.gpuType == node.gpuType)
      && !request.terms.excluded.contains(name)
      && (request.terms.features?.isMet(by: node.features) ?? true)
  }

  /// True if a task that got a slot later could have started now, beside those that came before it,
  /// with the least limit that it takes, in whole minutes.
  func couldStartShortened(_ task: TaskID) -> Bool {
    guard let position = tenants.lastIndex(where: { $0.task == task && $0.payment != nil }),
      let candidate = problem.queue.first(where: { $0.task == task }),
      candidate.request.leastLimit < candidate.request.timeLimit,
      let partition = problem.partitions.first(where: { $0.name == candidate.request.partition })
    else { return false }
    let tenant = tenants[position]
    let least = Seconds((candidate.request.leastLimit.count + 59) / 60 * 60)
    let end = problem.now + least
    guard tenant.begin > problem.now, end <= candidate.request.wishes.deadline ?? end,
      least <= candidate.request.timeLimit
    else { return false }
    let before = Array(tenants[..<position])
    let moments =
      [problem.now]
      + before.map(\.begin).filter { $0 > problem.now && $0 < end + candidate.grace }
    let free = problem.nodes.map(\.node).filter { node in
      usable(node.name, candidate.request, partition, tenant.placement)
        && !problem.reserved.contains {
          $0.nodes.contains(node.name) && $0.window.lowerBound < end + candidate.grace
            && problem.now < $0.window.upperBound
        }
        && moments.allSatisfy {
          (used(before, of: node.name, at: $0) + tenant.placement.perNode).fits(in: node.capacity)
        }
    }.map(\.name)
    return isEnough(free, candidate.request, at: problem.now)
  }

  /// True if some choice of nodes would do, each tried.
  func isEnough(_ free: [NodeName], _ request: JobRequest, at begin: Instant) -> Bool {
    func choose(_ count: Int, from rest: ArraySlice<NodeName>, _ chosen: [NodeName]) -> Bool {
      guard count > 0 else {
        return request.terms.required.allSatisfy(chosen.contains)
          && isNear(chosen, request, at: begin)
      }
      return rest.indices.contains {
        choose(count - 1, from: rest[($0 + 1)...], chosen + [rest[$0]])
      }
    }
    return choose(request.nodeCount, from: free[...], [])
  }

  private func isNear(_ names: [NodeName], _ request: JobRequest, at begin: Instant) -> Bool {
    guard let wish = request.terms.switches, begin < wish.until,
      nodes.values.contains(where: { !$0.node.switches.isEmpty })
    else { return true }
    let switches = names.compactMap { nodes[$0]?.node.switches }
    return Set(switches.filter { !$0.isEmpty }).count + switches.count(where: \.isEmpty)
      <= wish.most
  }

  func used(_ tenants: [Tenant], of node: NodeName, at instant: Instant) -> NodeResources {
    tenants.filter {
      $0.begin <= instant && instant < $0.end && $0.placement.nodes.contains(node)
    }.reduce(.none) { $0 + $1.placement.perNode }
  }

  /// True if a planned task could have started earlier beside those that came before it, at now or
  /// at the end of one of them, on nodes of the capacity that it got.
  func couldStartEarlier(_ task: TaskID) -> Bool {
    guard let position = tenants.lastIndex(where: { $0.task == task && $0.payment != nil }),
      let candidate = problem.queue.first(where: { $0.task == task }),
      let partition = problem.partitions.first(where: { $0.name == candidate.request.partition })
    else { return false }
    let tenant = tenants[position]
    let before = tenants[..<position]
    let ends = before.map(\.end) + problem.reserved.map(\.window.upperBound)
    let instants = Set([problem.now] + ends).filter { problem.now <= $0 && $0 < tenant.begin }
    return instants.contains { begin in
      let moments =
        [begin] + before.map(\.begin).filter { $0 > begin && $0 < begin + candidate.span }
      let free = problem.nodes.filter { condition in
        usable(condition.node.name, candidate.request, partition, tenant.placement)
          && !problem.reserved.contains {
            $0.nodes.contains(condition.node.name) && $0.window.lowerBound < begin + candidate.span
              && begin < $0.window.upperBound
          }
          && moments.allSatisfy {
            (used(Array(before), of: condition.node.name, at: $0) + tenant.placement.perNode)
              .fits(in: condition.node.capacity)
          }
      }
      return isEnough(free.map(\.node.name), candidate.request, at: begin)
    }
  }
}
