import Domain

/// What the shared GPUs of a node carry at one instant of a plan.
struct ShareLoad: Equatable {
  /// GPUs that have shares on them at the most: one for each run.
  private(set) var opened: Int16 = 0
  /// In the shares of one run at most, and at least: of all that were ever laid here. Never less than
  /// what is true, so that a plan is safe.
  private(set) var largest: UInt8 = 0
  private(set) var smallest: UInt8 = 0
  /// In all.
  private(set) var shards: Int32 = 0

  /// Takes a share of a GPU, or gives one back whose amounts are below zero.
  mutating func take(_ share: NodeResources, _ cut: GPUCut) {
    let isTaken = share.gpuThousandths > 0
    let size = cut.shards(in: share)
    opened += Int16(clamping: share.gpus)
    shards += Int32(clamping: isTaken ? size : -size)
    guard isTaken else {
      if shards == 0, opened == 0 { self = ShareLoad() }
      return
    }
    let one = UInt8(clamping: size)
    largest = max(largest, one)
    smallest = smallest == 0 ? one : min(smallest, one)
  }
}

/// How the GPUs of a node are cut, and when a run that shares one is sure to find its place.
///
/// Slurm alone chooses the device of a share, and gives no GPU whole that has a share on it. So what
/// is planned holds on whatever devices it chose before. Two states of a node are safe in any order
/// of starts and ends:
///
/// * *Mixed*: there are at least as many GPUs as whole ones are taken and runs share one. Whoever
///   comes finds a GPU of its own, even if Slurm opened another for each share.
/// * *Dense*: no GPU is taken whole, and the shares are so few that not all GPUs can be too full for
///   the largest of them, however they lie.
struct GPUCut {
  let gpus: Int
  /// Of each GPU.
  let shards: Int

  /// Nil if the GPUs of a node are not cut.
  init?(_ node: Node) {
    guard node.shardsPerGPU > 0, node.capacity.gpus > 0 else { return nil }
    gpus = node.capacity.gpus
    shards = node.shardsPerGPU
  }

  func shards(in share: NodeResources) -> Int {
    GPUShards.shards(ofThousandths: abs(share.gpuThousandths), perGPU: shards)
  }

  /// True if a share finds its place in the dense state.
  ///
  /// - Parameter free: with each share of the load as a GPU taken.
  func holds(_ share: NodeResources, beside load: ShareLoad, free: NodeResources) -> Bool {
    let isNoWholeTaken = gpus - free.gpus == Int(load.opened)
    guard isNoWholeTaken, share.cpus > 0, share.cpus <= free.cpus,
      share.memoryMiB <= free.memoryMiB
    else { return false }
    let size = shards(in: share)
    let all = Int(load.shards) + size
    let largest = max(Int(load.largest), size)
    let smallest = load.smallest == 0 ? size : min(Int(load.smallest), size)
    guard largest <= shards else { return false }
    // Of one size as many as there is room for lie on each GPU, wherever the others are.
    if largest == smallest { return all <= gpus * (shards / size) * size }
    // All GPUs would have to be filled so far that the largest fits on none.
    return all - largest < gpus * (shards - largest + 1)
  }
}
