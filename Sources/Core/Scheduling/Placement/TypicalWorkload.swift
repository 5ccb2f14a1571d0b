/// The tasks that a pool usually gets, and how often: what fragmentation is measured against (the
/// distribution *M* of Weng et al., "Beware of Fragmentation: Scheduling GPU-Sharing Workloads with
/// Fragmentation Gradient Descent", USENIX ATC 2023, section 4).
///
/// Counts take the place of probabilities, so that all of it is exact integers.
package struct TypicalWorkload: Sendable {
  /// Tasks that ask the same of GPUs.
  struct Group: Hashable, Sendable {
    let gpus: Int
    /// Of each GPU, in thousandths.
    let share: Int
    let gpuTypes: [String]
    /// Their places in ``TypicalWorkload/cpus``.
    var members: Range<Int> = 0..<0

    /// Of all GPUs together.
    var thousandths: Int { gpus * share }
  }

  /// Those that ask for GPUs, in a fixed order.
  let groups: [Group]
  /// What the tasks of a group ask for of CPUs, in thousandths; ascending in each group.
  let cpus: [Int]
  /// How many tasks ask for that.
  let counts: [Int]
  /// All tasks, those without GPUs included.
  package let count: Int

  /// So many tasks are told apart in how often they come; larger counts are scaled down to that in
  /// all, so that no sum overflows, none to nothing.
  package static let largestCount = 1 << 20

  /// - Parameter counts: how often each request is met; those not above zero count for nothing.
  package init(_ counts: [SharedRequest: Int]) {
    let known = TypicalWorkload.scaled(counts.filter { $0.value > 0 })
    var byGroup: [Group: [Int: Int]] = [:]
    for (request, count) in known where request.gpus > 0 {
      let group = Group(
        gpus: request.gpus, share: request.thousandthsPerGPU, gpuTypes: request.gpuTypes)
      byGroup[group, default: [:]][request.cpuThousandths, default: 0] += count
    }
    var groups: [Group] = []
    var cpus: [Int] = []
    var tasks: [Int] = []
    for (group, members) in byGroup.sorted(by: { TypicalWorkload.precedes($0.key, $1.key) }) {
      var next = group
      next.members = cpus.count..<cpus.count + members.count
      groups.append(next)
      for (cpu, count) in members.sorted(by: { $0.key < $1.key }) {
        cpus.append(cpu)
        tasks.append(count)
      }
    }
    self.groups = groups
    self.cpus = cpus
    self.counts = tasks
    count = known.values.reduce(0, +)
  }

  /// The workload that a list of tasks is.
  package init(of requests: [SharedRequest]) {
    self.init(Dictionary(requests.map { ($0, 1) }) { $0 + $1 })
  }

  private static func precedes(_ left: Group, _ right: Group) -> Bool {
    (left.gpus, left.share, left.gpuTypes.joined(separator: ","))
      < (right.gpus, right.share, right.gpuTypes.joined(separator: ","))
  }

  private static func scaled(_ counts: [SharedRequest: Int]) -> [SharedRequest: Int] {
    let bounded = counts.mapValues { min($0, 1 << 40) }
    let total = bounded.values.reduce(0, +)
    guard total > largestCount else { return bounded }
    return bounded.mapValues {
      max(1, total.dividingFullWidth($0.multipliedFullWidth(by: largestCount)).quotient)
    }
  }
}
