/// Reads the audit log from its first line on and says where it stops being the one that was
/// written. Each line once, in order; it keeps one line and one number.
package struct AuditVerifier: Sendable {
  /// The first damage, and the line that it is told of.
  package enum Finding: Hashable, Sendable {
    /// The content of the line, or its hash, is another than was written.
    case changed(Int64)
    /// These lines are not there.
    case missing(ClosedRange<Int64>)
    /// The line stands here and was written as number `writtenAs`.
    case reordered(Int64, writtenAs: Int64)
    /// The line was put in: no line of the chain was written as this number before the next.
    case inserted(Int64)
    /// The chain agrees with itself, and not with what was kept outside: this line or one before it
    /// was changed, and all after it chained anew.
    case rewritten(Int64)
  }

  /// Something to be asked before a finding is sure.
  package enum Step: Hashable, Sendable {
    case fine
    case found(Finding)
    /// The line's content does not give its hash: was it moved here? Ask ``displaced(_:lineCount:
    /// previousExists:)``.
    case broken(AuditLink)
  }

  private var last = AuditHead.none
  /// A line that is sound in itself and chained to another than the one before it: which of the two
  /// was changed is told by what follows.
  private var doubtful: AuditLink?
  private let expected: AuditHead?

  /// - Parameter expected: a head that was kept outside.
  package init(expected: AuditHead? = nil) { self.expected = expected }

  /// How many lines were read.
  package var lineCount: Int64 { last.seq }

  /// The next line by number.
  package mutating func read(_ link: AuditLink) -> Step {
    if let doubtful {
      let isHeld = link.seq == doubtful.seq + 1 && link.previous == doubtful.sha256
      return .found(.changed(isHeld ? max(doubtful.seq - 1, 1) : doubtful.seq))
    }
    if link.seq <= last.seq { return .found(.inserted(link.seq)) }
    if link.seq > last.seq + 1 { return .found(.missing((last.seq + 1)...(link.seq - 1))) }
    guard link.isSound(asLine: link.seq) else { return .broken(link) }
    if link.previous != last.sha256 {
      if link.seq == 1 { return .found(.changed(1)) }
      doubtful = link
      last = AuditHead(seq: link.seq, sha256: link.sha256)
      return .fine
    }
    last = AuditHead(seq: link.seq, sha256: link.sha256)
    if let expected, expected.seq == last.seq, expected.sha256 != last.sha256 {
      return .found(.rewritten(last.seq))
    }
    return .fine
  }

  /// What a broken line is: moved, moved up because lines before it are gone, pushed down by one
  /// that was put in, or changed. Tries every number that it could have had.
  ///
  /// - Parameter previousExists: whether any line has the hash that this one is chained to.
  /// - Complexity: O(lineCount) hashes, once in a verification.
  package static func displaced(
    _ link: AuditLink, lineCount: Int64, previousExists: Bool
  ) -> Finding {
    let reach = max(lineCount, link.seq)
    for distance in stride(from: Int64(1), through: reach, by: 1) {
      let later = link.seq + distance
      if link.isSound(asLine: later) {
        return previousExists
          ? .reordered(link.seq, writtenAs: later) : .missing(link.seq...(later - 1))
      }
      let earlier = link.seq - distance
      if earlier >= 1, link.isSound(asLine: earlier) { return .inserted(link.seq - 1) }
    }
    return .changed(link.seq)
  }

  /// After the last line.
  ///
  /// - Parameter head: what the store says the last line is.
  /// - Parameter lastSeq: the number of the last line that is there.
  package func end(head: AuditHead, lastSeq: Int64) -> Finding? {
    if let doubtful {
      let isHeld = head.seq == doubtful.seq && head.sha256 == doubtful.sha256
      return .changed(isHeld ? doubtful.seq - 1 : doubtful.seq)
    }
    let known = max(head.seq, expected?.seq ?? 0)
    if last.seq < known { return .missing((last.seq + 1)...known) }
    if lastSeq > head.seq { return .inserted(head.seq + 1) }
    if head.sha256 != last.sha256 { return .changed(last.seq) }
    return nil
  }
}
