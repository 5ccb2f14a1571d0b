/// Shares of a GPU as Slurm counts them: shards, into which each GPU of a node is cut alike.
package enum GPUShards {
  /// The most that one GPU may be cut into.
  package static let most = 100

  /// What some shards are of their GPU, in thousandths; rounded up, as all in the books.
  ///
  /// - Parameter perGPU: 1 to ``most``.
  package static func thousandths(of shards: Int, perGPU: Int) -> Int {
    (shards * 1000 + perGPU - 1) / perGPU
  }

  /// The shards that were made so many thousandths; of any other amount those that it holds.
  package static func shards(ofThousandths thousandths: Int, perGPU: Int) -> Int {
    thousandths * perGPU / 1000
  }
}

extension Node {
  /// True if a run can lie on it when it is empty: all of a share of a GPU is whole shards.
  package func holds(_ share: NodeResources) -> Bool {
    share.fits(in: capacity) && (share.gpuThousandths == 0 || shards(in: share) != nil)
  }

  /// The shards of this node that a share of a GPU is; nil if it is not so many exactly.
  package func shards(in share: NodeResources) -> Int? {
    guard shardsPerGPU > 0, share.gpuThousandths > 0 else { return nil }
    let shards = GPUShards.shards(ofThousandths: share.gpuThousandths, perGPU: shardsPerGPU)
    return (1...shardsPerGPU).contains(shards)
      && GPUShards.thousandths(of: shards, perGPU: shardsPerGPU) == share.gpuThousandths
      ? shards : nil
  }
}
