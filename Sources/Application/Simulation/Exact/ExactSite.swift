import Domain
import Scheduling

/// A described machine and a workload's jobs as the daemon's planner sees them: nodes in one shared
/// partition, requests, and an allocation that nobody can use up.
///
/// Parts of a GPU or of a core count as whole ones, since a planner gives out whole ones.
struct ExactSite {
  let nodes: [NodeCondition]
  let partition: Partition
  private let machine: MachineModel
  private let option: AllocationOption
  private let owner: (member: MemberID, project: ProjectID)

  /// - Throws: ``ReplayError/emptyMachine``; ``ReplayError/tooManyNodes(most:)``.
  init(_ machine: MachineModel) throws(ReplayError) {
    guard machine.capacityThousandths > 0 else { throw .emptyMachine }
    guard machine.nodes <= Self.mostNodes else { throw .tooManyNodes(most: Self.mostNodes) }
    guard let name = PartitionName("all"), let allocation = AllocationID("all"),
      let member = MemberID("all"), let project = ProjectID("all")
    else { throw .emptyMachine }
    let nodes = machine.groups.enumerated().flatMap { number, group in
      Self.nodes(of: group, number)
    }.enumerated().compactMap { position, part in
      NodeName(Self.padded(position)).map { name in
        NodeCondition(
          node: Node(
            name: name, gpuType: part.type, capacity: part.capacity, features: part.features),
          state: .up)
      }
    }
    self.machine = machine
    self.nodes = nodes
    // So little that no workload's holds come near the allocation.
    let rates = Rates(perGPU: 1, perCPU: 0, perGiB: 0)
    partition = Partition(
      name: name, nodes: nodes.map(\.node.name), wholeNodes: false, defaultTimeLimit: .hours(1),
      maximumTimeLimit: .hours(24 * 365 * 100), defaultsPerGPU: .none,
      rateCards: [RateCard(version: 1, inForceFrom: Instant(milliseconds: 0), rates: rates)])
    option = AllocationOption(allocation: allocation, windowEnd: Instant(milliseconds: .max / 4))
    owner = (member, project)
  }

  /// A log of one processor a node is counted, not laid on nodes.
  private static let mostNodes = 100_000

  private static func padded(_ number: Int) -> String {
    "n" + String(1_000_000 + number).dropFirst()
  }

  private struct Part {
    let type: String
    let capacity: NodeResources
    let features: [FeatureName]
  }

  private static func nodes(of group: MachineGroup, _ number: Int) -> [Part] {
    let node = group.node
    let memory = node.memoryMiB == 0 ? Self.uncounted : node.memoryMiB
    let part = Part(
      type: node.gpuType,
      capacity: NodeResources(gpus: node.gpus, cpus: node.cpus, memoryMiB: memory),
      features: [FeatureName("group\(number)")].compactMap(\.self))
    return Array(repeating: part, count: group.nodes)
  }

  /// Of a node whose memory is not counted.
  private static let uncounted = 1 << 40

  /// The request of a job; nil if too few nodes could ever hold it.
  func candidate(_ job: WorkloadJob, _ index: Int) -> Candidate? {
    let fitting = machine.groups.enumerated().filter { $0.element.node.holds(job) }
    let share = NodeResources(
      gpus: Self.whole(job.perNode.gpuThousandths), cpus: Self.whole(job.perNode.cpuThousandths),
      memoryMiB: job.perNode.memoryMiB)
    let enough = fitting.filter { share.fits(in: capacity(of: $0.element)) }
    guard enough.reduce(0, { $0 + $1.element.nodes }) >= job.nodes else { return nil }
    let expression = enough.map { "group\($0.offset)" }.joined(separator: "|")
    let isAny = enough.count == machine.groups.count
    let request = JobRequest(
      name: "job", member: owner.member, project: owner.project, allocation: nil,
      partition: partition.name, nodeCount: job.nodes, perNode: share, gpuType: nil,
      timeLimit: Seconds(job.limit),
      terms: isAny ? .any : NodeTerms(features: FeatureExpression(expression)))
    return Candidate(
      task: TaskID(job: JobID(number: Int64(index + 1)), index: nil), request: request,
      options: [option], grace: .zero, eligibility: .eligible)
  }

  private func capacity(of group: MachineGroup) -> NodeResources {
    NodeResources(
      gpus: group.node.gpus, cpus: group.node.cpus,
      memoryMiB: group.node.memoryMiB == 0 ? Self.uncounted : group.node.memoryMiB)
  }

  private static func whole(_ thousandths: Int) -> Int { (thousandths + 999) / 1000 }

  /// What the planner is asked at a second of the workload.
  func problem(
    at second: Int64, _ occupations: [Occupation], _ queue: [Candidate],
    _ promises: [PlannedReservation], exactTasks: Int
  ) -> PlanningProblem {
    PlanningProblem(
      now: Self.instant(second), nodes: nodes, partitions: [partition],
      occupations: occupations, queue: queue, budgets: [option.allocation: .largest],
      promises: promises, exactTasks: exactTasks)
  }

  /// A second of the workload, from 1970 on.
  static func instant(_ second: Int64) -> Instant { Instant(milliseconds: second * 1000) }
}
