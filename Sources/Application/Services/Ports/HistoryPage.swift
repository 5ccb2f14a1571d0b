package import Domain

/// Which part of what was submitted to read.
package struct HistoryPage: Hashable, Sendable {
  /// Of the submission.
  package let period: Range<Instant>
  /// Only those with a greater number.
  package let after: JobID?
  /// At most so many jobs.
  package let limit: Int

  package init(period: Range<Instant>, after: JobID?, limit: Int) {
    self.period = period
    self.after = after
    self.limit = limit
  }
}
