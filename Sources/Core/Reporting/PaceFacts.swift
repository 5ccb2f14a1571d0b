package import Domain
package import Ledger

/// The facts behind the pace of an allocation, all read from the books: a few awards, and a sum for
/// each day, however many runs there were.
package struct PaceFacts: Hashable, Sendable {
  /// Awards, what was taken over, and what corrects it, in order of posting.
  package let acts: [Entry]
  /// What runs used, by days or parts of days, in order of time.
  package let uses: [Use]
  /// What had expired by the moment at which the pace is told.
  package let expired: GPUTime

  /// What runs used in a time in which no instant lies that a pace looks at.
  package struct Use: Hashable, Sendable {
    /// Where that time begins.
    package let from: Instant
    /// Charges and debits less refunds and credits: below zero where more was given back. What is
    /// given back is effective when it is.
    package let amount: GPUTime

    package init(from: Instant, amount: GPUTime) {
      self.from = from
      self.amount = amount
    }
  }

  package init(acts: [Entry], uses: [Use], expired: GPUTime) {
    self.acts = acts
    self.uses = uses
    self.expired = expired
  }

  /// What entries of an allocation say, one by one, of a moment.
  package init(_ entries: some Sequence<Entry>, asOf: Instant) {
    var acts: [Entry] = []
    var uses: [Use] = []
    var expired = GPUTime.zero
    for entry in entries {
      if entry.isActOfPace {
        acts.append(entry)
      } else if let used = entry.usedByRun {
        uses.append(Use(from: entry.effective, amount: used))
      } else if entry.kind == .expiry, entry.effective < asOf {
        expired += entry.amount
      }
    }
    self.init(acts: acts, uses: uses, expired: expired)
  }
}

extension Entry {
  /// An award, what was taken over, or, since it is about no run, what corrects that.
  package var isActOfPace: Bool {
    switch kind {
    case .grant, .withdrawal, .transferIn, .transferOut, .opening: true
    case .credit, .debit: run == nil && corrects != nil
    case .charge, .refund, .deferral, .instalment, .hold, .release, .expiry, .overrun: false
    }
  }

  /// What it adds to what runs used; nil if it is about something else.
  package var usedByRun: GPUTime? {
    guard !isActOfPace else { return nil }
    switch kind {
    case .charge, .debit: return amount
    case .refund, .credit: return .zero - amount
    default: return nil
    }
  }
}
