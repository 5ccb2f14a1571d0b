/// How a node, and GPUs on it, are chosen for a task of a pool whose GPUs are shared. Every rule is
/// total: the last word has the name of the node, then the lowest index of a GPU.
package enum PlacementRule: Sendable {
  /// The first node by name that has room, and the first GPUs of it.
  case firstFit
  /// The node with the least free: GPUs, then CPUs, then memory; on it the tightest GPUs.
  case bestFit
  /// Fragmentation gradient descent (FGD) as published: where fragmentation grows the least; ties
  /// by best fit.
  case fragmentationGradient(TypicalWorkload)
  /// The same descent, looking further ahead than the next task; ties by best fit.
  case foresight(TypicalWorkload)
}
