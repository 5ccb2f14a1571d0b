/// Measures fragmentation as Weng et al. define it (USENIX ATC 2023, section 4): the part of what is
/// free on the GPUs of a node that a task drawn from the typical workload could not use.
///
/// Of a task that the node can't host at all (its type, its CPUs, or too few GPUs with enough free;
/// a task without GPUs uses none), that is all of what is free. Of another it is what is free on
/// GPUs that have less free than it wants of each. Memory is left out, as in the paper.
///
/// The code counts the other part, what is *usable*: fragmentation = tasks × free − usable. A
/// placement takes the same from what is free wherever it lies, so the one that adds the least
/// fragmentation is the one that loses the least of what is usable.
package struct Fragmentation: Sendable {
  package let workload: TypicalWorkload
  /// Of each group of the workload, in the bits of the pool it was made for.
  let typeMasks: [UInt64]

  /// - Parameter pool: only its types of GPU matter.
  package init(_ workload: TypicalWorkload, in pool: SharedPool) {
    self.workload = workload
    typeMasks = workload.groups.map { pool.typeMask(of: $0.gpuTypes) }
  }

  /// The fragmentation of a node in thousandths of a GPU, summed over the tasks of the workload:
  /// divided by their number it is the expected one.
  package func sum(on node: Int, in pool: SharedPool) -> Int {
    workload.count * pool.gpuFreeOnNode[node] - usable(on: node, in: pool)
  }

  /// The expected fragmentation of all nodes, in thousandths of a GPU, rounded down.
  package func expectedThousandths(in pool: SharedPool) -> Int {
    guard workload.count > 0 else { return 0 }
    return pool.nodes.indices.reduce(0) { $0 + sum(on: $1, in: pool) } / workload.count
  }

  /// The free thousandths that each task of the workload could use, summed over the tasks.
  ///
  /// - Complexity: groups of the workload × GPUs of the node, and the members of the groups.
  func usable(on node: Int, in pool: SharedPool) -> Int {
    usable(on: node, in: pool, cappedByCPU: false)
  }

  /// - Parameter cappedByCPU: a task uses no more than as many copies of it could that the CPUs of
  ///   the node are enough for, a broken one counted in part.
  func usable(on node: Int, in pool: SharedPool, cappedByCPU: Bool) -> Int {
    guard pool.gpuFreeOnNode[node] > 0 else { return 0 }
    let gpus = pool.firstGPU[node]..<pool.firstGPU[node + 1]
    let cpuFree = pool.cpuFree[node]
    var sum = 0
    for (index, group) in workload.groups.enumerated() {
      guard typeMasks[index] & pool.typeBit[node] != 0,
        workload.cpus[group.members.lowerBound] <= cpuFree
      else { continue }
      var fitting = 0
      var free = 0
      for gpu in gpus where pool.gpuFree[gpu] >= group.share {
        fitting += 1
        free += pool.gpuFree[gpu]
      }
      guard fitting >= group.gpus else { continue }
      for member in group.members {
        let cpu = workload.cpus[member]
        guard cpu <= cpuFree else { break }
        let isCapped = cappedByCPU && cpu * free > cpuFree * group.thousandths
        sum += workload.counts[member] * (isCapped ? cpuFree * group.thousandths / cpu : free)
      }
    }
    return sum
  }
}
