package import Domain
package import Ledger

/// What an amount in a report is the sum of: entries of the books, each with its sign.
package struct FigureBasis: Hashable, Sendable {
  package enum Measure: String, Hashable, Sendable {
    /// Grants less withdrawals, and transfers in less those out.
    case awarded
    /// Charges, debits and use taken over, less refunds and credits.
    case used
    /// Charges and debits less refunds and credits, of runs.
    case delivered
    /// Refunds and credits.
    case refunded
  }

  package let measure: Measure
  package let allocations: Set<AllocationID>
  /// Effective at or after; nil for all that was before ``to``.
  package let from: Instant?
  /// Effective before.
  package let to: Instant
  /// What the report tells, before it is rounded.
  package let sum: GPUTime

  /// What an entry has of the sum; nil if it is no part of it.
  package func part(of entry: Entry) -> GPUTime? {
    guard allocations.contains(entry.allocation), entry.effective < to,
      from.map({ $0 <= entry.effective }) ?? true
    else { return nil }
    return switch (measure, entry.kind) {
    case (.awarded, .grant), (.awarded, .transferIn): entry.amount
    case (.awarded, .withdrawal), (.awarded, .transferOut): .zero - entry.amount
    case (.used, .charge), (.used, .debit), (.used, .opening): entry.amount
    case (.used, .refund), (.used, .credit): .zero - entry.amount
    case (.delivered, .charge), (.delivered, .debit): entry.run == nil ? nil : entry.amount
    case (.delivered, .refund), (.delivered, .credit):
      entry.run == nil ? nil : .zero - entry.amount
    case (.refunded, .refund), (.refunded, .credit): entry.amount
    default: nil
    }
  }
}

extension AccessTimeFacts {
  /// What an amount of some allocations is the sum of.
  func basis(_ measure: FigureBasis.Measure, of allocations: [Allocation]) -> FigureBasis {
    let amounts: [AllocationID: GPUTime] =
      switch measure {
      case .awarded: granted
      case .used: used
      case .delivered: delivered
      case .refunded: [:]
      }
    return basis(measure, of: allocations, amounts)
  }

  /// - Parameter amounts: by allocation, of the measure.
  func basis(
    _ measure: FigureBasis.Measure, of allocations: [Allocation],
    _ amounts: [AllocationID: GPUTime]
  ) -> FigureBasis {
    let isOfPeriod = measure == .delivered || measure == .refunded
    return FigureBasis(
      measure: measure, allocations: Set(allocations.map(\.id)),
      from: isOfPeriod ? period.lowerBound : nil, to: min(asOf, period.upperBound),
      sum: allocations.reduce(.zero) { $0 + (amounts[$1.id] ?? .zero) })
  }
}

/// A row of a report, and what its amounts are made of.
struct ReportLine {
  var cells: [String]
  /// By column; a percentage has those of its two amounts, as far as they are sums of entries.
  var bases: [Int: [FigureBasis]]

  init(_ cells: [String], _ bases: [Int: [FigureBasis]]) {
    self.cells = cells
    self.bases = bases
  }
}
