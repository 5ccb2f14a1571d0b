/// What a node is worth to the tasks to come, looking further ahead than one task.
///
/// Fragmentation asks what the next task could use. Two things it can't see: that CPUs enough for
/// one task are not enough for as many as the GPUs hold, and that a GPU of which 470 thousandths are
/// taken is best met by a task of 530. So a node's worth is made of two parts, in the ratio
/// ``usableParts`` to one:
///
/// * what is usable, as ``Fragmentation`` has it, but by no more copies of a task than the node's
///   CPUs are enough for;
/// * the *expected fill*: how much of each GPU is taken in the end if tasks of one GPU, drawn from
///   the workload, come one after the other until none fits any more. With `r` free of a GPU, and
///   `c` of CPUs, which each GPU has in proportion to what is free of it:
///   fill(r, c) = mean over the tasks that fit of (share + fill(r − share, c − cpu)).
///
/// The fill is a table that is made once, in hundredths of a GPU and ``cpuSteps`` amounts of CPU
/// between which it is interpolated. The rule is ours; `docs/placement.md` has what it brings.
struct Foresight: Sendable {
  private let fragmentation: Fragmentation
  /// One table for each set of tasks that a type of GPU accepts.
  private let tables: [[Int]]
  /// By the bit of the type.
  private let tableOfType: [Int]
  /// In thousandths of a CPU.
  private let cpuStep: Int

  static let usableParts = 3
  static let cpuSteps = 320
  /// The fill is kept in 256ths of a thousandth of a GPU.
  private static let scale = 256
  /// Thousandths of a GPU in a row of the table.
  private static let grain = 10
  private static let levels = SharedRequest.wholeGPU / grain

  init(_ workload: TypicalWorkload, in pool: SharedPool) {
    fragmentation = Fragmentation(workload, in: pool)
    let single = workload.groups.filter { $0.gpus == 1 }.flatMap { group in
      group.members.map { workload.cpus[$0] }
    }
    cpuStep = max(1, 2 * (single.max() ?? 0) / Foresight.cpuSteps)
    var tables: [[Int]] = []
    var accepted: [[Bool]] = []
    var tableOfType: [Int] = []
    for bit in 0..<SharedPool.mostTypes {
      let accepts = fragmentation.typeMasks.map { $0 & (1 << UInt64(bit)) != 0 }
      if let known = accepted.firstIndex(of: accepts) {
        tableOfType.append(known)
      } else {
        tableOfType.append(tables.count)
        accepted.append(accepts)
        tables.append(Foresight.table(workload, accepts, cpuStep: cpuStep))
      }
    }
    self.tables = tables
    self.tableOfType = tableOfType
  }

  /// What the free GPUs of a node are worth; only differences mean something.
  func worth(of node: Int, in pool: SharedPool) -> Int {
    let free = pool.gpuFreeOnNode[node]
    guard free > 0 else { return 0 }
    let usable = fragmentation.usable(on: node, in: pool, cappedByCPU: true)
    let table = tables[tableOfType[pool.typeBit[node].trailingZeroBitCount]]
    var fill = 0
    for gpu in pool.firstGPU[node]..<pool.firstGPU[node + 1] where pool.gpuFree[gpu] > 0 {
      let cpu = pool.cpuFree[node] * pool.gpuFree[gpu] / free
      fill += interpolated(table, level: pool.gpuFree[gpu] / Foresight.grain, cpu: cpu)
    }
    return Foresight.usableParts * Foresight.scale * usable + fragmentation.workload.count * fill
  }

  private func interpolated(_ table: [Int], level: Int, cpu: Int) -> Int {
    let row = level * (Foresight.cpuSteps + 1)
    let step = cpu / cpuStep
    guard step < Foresight.cpuSteps else { return table[row + Foresight.cpuSteps] }
    let rest = cpu - step * cpuStep
    return (table[row + step] * (cpuStep - rest) + table[row + step + 1] * rest) / cpuStep
  }

  /// At `level * (cpuSteps + 1) + step`.
  private static func table(
    _ workload: TypicalWorkload, _ accepts: [Bool], cpuStep: Int
  ) -> [Int] {
    let width = cpuSteps + 1
    var table = Array(repeating: 0, count: (levels + 1) * width)
    for level in 1...levels {
      for step in 0...cpuSteps {
        var sum = 0
        var tasks = 0
        for (index, group) in workload.groups.enumerated()
        where group.gpus == 1 && accepts[index] && group.share <= level * grain {
          let below = (level - (group.share + grain - 1) / grain) * width
          for member in group.members {
            let left = step * cpuStep - workload.cpus[member]
            guard left >= 0 else { break }
            let count = workload.counts[member]
            sum += count * (group.share * scale + table[below + left / cpuStep])
            tasks += count
          }
        }
        table[level * width + step] = tasks > 0 ? sum / tasks : 0
      }
    }
    return table
  }
}
