package import Domain

/// What is asked of the books: one act, posted entirely or not at all.
package enum Posting: Hashable, Sendable {
  /// Opens the allocation's accounts if they are not there.
  case grant(EntryID, AllocationID, GPUTime, effective: Instant)
  case withdraw(EntryID, AllocationID, GPUTime, effective: Instant)
  /// Takes over use from an earlier accounting.
  case open(EntryID, AllocationID, GPUTime, effective: Instant)
  /// Takes the hold of a run.
  case hold(RunID, AllocationID, GPUTime, effective: Instant)
  /// Closes the hold of a run: charges what was used, as far as the hold reaches, releases the
  /// rest, and books what went beyond it to the operator's overrun account.
  case settle(RunID, used: GPUTime, effective: Instant)
  /// Gives back the whole charge of a run.
  case refund(RunID, EntryReason, effective: Instant)
  /// Use without a hold, all carried by the operator.
  case overrun(RunID, AllocationID, GPUTime, EntryReason, effective: Instant)
  /// Closes the window: what is available expires. Posts nothing if nothing is available.
  case expire(EntryID, AllocationID, effective: Instant)
}

/// The books' answer, in order of precedence: the first case that holds is the answer.
package enum PostingResult: Hashable, Sendable {
  /// The same posting was made before; nothing was written.
  case alreadyPosted
  case refused(PostingRefusal)
  /// The entries that were written, in order.
  case posted([Entry])
}

/// Why the books refuse, in order of precedence.
package enum PostingRefusal: Hashable, Sendable {
  /// An entry of this id stands in the books with other content.
  case differentEntryExists(EntryID)
  case unknownAllocation(AllocationID)
  /// The amount is not positive, or larger than ``GPUTime/largest``.
  case amountOutOfRange(GPUTime)
  /// The run has no open hold.
  case noOpenHold(RunID)
  /// The run was not charged, so that nothing can be refunded.
  case notCharged(RunID)
  /// More than the allocation has.
  case insufficient(AllocationID, requested: GPUTime, available: GPUTime, held: GPUTime)
}
