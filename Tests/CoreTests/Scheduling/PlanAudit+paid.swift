import Domain
import Scheduling

extension PlanAudit {
  /// True if a task that was given no slot for want of money or time could have started now with the least
  /// limit that it takes, in whole minutes, beside and behind those that came before it. Of a task of whole
  /// nodes nothing is said.
  func couldStartPaid(_ task: TaskID) -> Bool {
    guard let rank = problem.queue.firstIndex(where: { $0.task == task }),
      case .wait(let reason, nil) = plan.decisions[rank].outcome
    else { return false }
    switch reason {
    case .budget, .window: break
    default: return false
    }
    let candidate = problem.queue[rank]
    let request = candidate.request
    guard request.leastLimit < request.timeLimit, request.otherPartitions.isEmpty,
      let partition = problem.partitions.first(where: { $0.name == request.partition }),
      !partition.wholeNodes
    else { return false }
    let least = Seconds((request.leastLimit.count + 59) / 60 * 60)
    guard least <= request.timeLimit,
      problem.now + least <= request.wishes.deadline ?? problem.now + least
    else { return false }
    let ahead = Set(problem.queue.prefix(rank).map(\.task))
    let before = tenants.filter { $0.payment == nil || ahead.contains($0.task) }
    return free(for: candidate, least, beside: before)
      && candidate.options.contains { option in
        let spent = before.reduce(GPUTime.zero) { sum, tenant in
          guard let payment = tenant.payment, payment.allocation == option.allocation else {
            return sum
          }
          return sum + payment.hold
        }
        let rest = (problem.budgets[option.allocation] ?? .zero) - spent
        let span = least + candidate.grace
        let heaviest = weight(of: request, on: partition) * span
        return heaviest <= rest && problem.now + span <= option.windowEnd
      }
  }

  /// On the heaviest of the nodes.
  private func weight(of request: JobRequest, on partition: Partition) -> Weight {
    let rates = partition.rateCard(at: problem.now).rates
    let one = problem.nodes.map(\.node.gpuType).map {
      rates.weight(of: request.perNode, gpuType: $0).thousandths
    }.max()
    return Weight(thousandths: (one ?? 0) * Int64(request.nodeCount))
  }

  private func free(
    for candidate: Candidate, _ limit: Seconds, beside before: [Tenant]
  ) -> Bool {
    let request = candidate.request
    let end = problem.now + limit + candidate.grace
    let placement = Placement(nodes: [], perNode: request.perNode)
    guard let partition = problem.partitions.first(where: { $0.name == request.partition }) else {
      return false
    }
    let moments =
      [problem.now] + before.map(\.begin).filter { $0 > problem.now && $0 < end }
    let free = problem.nodes.map(\.node).filter { node in
      usable(node.name, request, partition, placement)
        && !problem.reserved.contains {
          $0.nodes.contains(node.name) && $0.window.lowerBound < end
            && problem.now < $0.window.upperBound
        }
        && moments.allSatisfy {
          (used(before, of: node.name, at: $0) + request.perNode).fits(in: node.capacity)
        }
    }
    return isEnough(free.map(\.name), request, at: problem.now)
  }
}
