/// Moves an amount between two allocations by hand: `POST /v1/transfers`, under an
/// `Idempotency-Key`.
package struct TransferRequest: Codable, Equatable, Sendable {
  package var from: String
  package var to: String
  /// With its unit: `100 GPU-h`.
  package var amount: String
  /// The UNIX account of the administrator who approved it.
  package var approvedBy: String
  /// Why, for the audit log; without names.
  package var note: String

  package init(from: String, to: String, amount: String, approvedBy: String, note: String) {
    self.from = from
    self.to = to
    self.amount = amount
    self.approvedBy = approvedBy
    self.note = note
  }
}

/// Corrects a charge or an opening by hand: `POST /v1/corrections`, under an `Idempotency-Key`.
package struct CorrectionRequest: Codable, Equatable, Sendable {
  /// `refund`, `credit` or `debit`.
  package var kind: String
  /// The entry that it corrects: `charge:P1042.1`.
  package var entry: String
  /// With its unit: `2 GPU-h`.
  package var amount: String
  /// The reason's code: `site-fault`, `goodwill`, `miscount`, …
  package var reason: String
  package var approvedBy: String
  package var note: String

  package init(
    kind: String, entry: String, amount: String, reason: String, approvedBy: String, note: String
  ) {
    self.kind = kind
    self.entry = entry
    self.amount = amount
    self.reason = reason
    self.approvedBy = approvedBy
    self.note = note
  }
}

/// What an act by hand wrote.
package struct PostingView: Codable, Equatable, Sendable {
  /// True if the same act stood in the books already: nothing was written, and the entries are those
  /// of the first time.
  package var again: Bool
  package var entries: [Entry]
  /// Of an act that stood in the books: by whom it was done, and when. Its approver and its note stand,
  /// whatever the repetition named.
  package var first: First?

  /// Who made an act, by opaque subjects.
  package struct First: Codable, Equatable, Sendable {
    /// Milliseconds since 1970.
    package var recorded: Int64
    package var requestedBy: String
    package var approvedBy: String

    package init(recorded: Int64, requestedBy: String, approvedBy: String) {
      self.recorded = recorded
      self.requestedBy = requestedBy
      self.approvedBy = approvedBy
    }
  }

  /// One entry that was written.
  package struct Entry: Codable, Equatable, Sendable {
    package var id: String
    package var kind: String
    package var allocation: String
    /// GPU-milliseconds, positive.
    package var amount: Int64

    package init(id: String, kind: String, allocation: String, amount: Int64) {
      self.id = id
      self.kind = kind
      self.allocation = allocation
      self.amount = amount
    }
  }

  package init(again: Bool, entries: [Entry], first: First? = nil) {
    self.again = again
    self.entries = entries
    self.first = first
  }
}

/// A cap above allocations and what was taken of it. `GET /v1/caps`. GPU-milliseconds.
package struct CapView: Codable, Equatable, Sendable {
  package var id: String
  /// Whose runs are counted, in words.
  package var scope: String
  /// `hard` or `soft`.
  package var strength: String
  package var limit: Int64
  package var used: Int64
  package var held: Int64
  /// Half-open, milliseconds since 1970.
  package var from: Int64
  package var to: Int64
  /// Of what the limit is a part, in words; nil of an amount that was described as one.
  package var partOf: String?

  package init(
    id: String, scope: String, strength: String, limit: Int64, used: Int64, held: Int64,
    from: Int64, to: Int64, partOf: String? = nil
  ) {
    self.partOf = partOf
    self.id = id
    self.scope = scope
    self.strength = strength
    self.limit = limit
    self.used = used
    self.held = held
    self.from = from
    self.to = to
  }
}

/// A closed accounting period with its seal. `GET /v1/periods`.
package struct PeriodView: Codable, Equatable, Sendable {
  /// `YYYY-MM`.
  package var period: String
  package var entryCount: Int64
  /// Of the entries' canonical bytes in order of posting; 64 hexadecimal digits.
  package var sha256: String
  package var closed: Int64
  /// An opaque subject.
  package var closedBy: String

  package init(
    period: String, entryCount: Int64, sha256: String, closed: Int64, closedBy: String
  ) {
    self.period = period
    self.entryCount = entryCount
    self.sha256 = sha256
    self.closed = closed
    self.closedBy = closedBy
  }
}

/// What closing a period would close now: `GET /v1/periods/{period}/closing`.
package struct ClosingView: Codable, Equatable, Sendable {
  /// A month, with what would be its seal if nothing is booked in it meanwhile.
  package struct Month: Codable, Equatable, Sendable {
    /// `YYYY-MM`.
    package var period: String
    package var entryCount: Int64
    /// Of the entries' canonical bytes in order of posting; 64 hexadecimal digits.
    package var sha256: String

    package init(period: String, entryCount: Int64, sha256: String) {
      self.period = period
      self.entryCount = entryCount
      self.sha256 = sha256
    }
  }

  /// In order of time.
  package var periods: [Month]
  /// Runs under way that began before ``end``: what they used until then is booked later.
  package var unchargedRuns: Int
  /// From here on the books would be open; milliseconds since 1970.
  package var end: Int64

  package init(periods: [Month], unchargedRuns: Int, end: Int64) {
    self.periods = periods
    self.unchargedRuns = unchargedRuns
    self.end = end
  }
}

/// Whether closed periods are as they were closed. `GET /v1/periods/verify`.
package struct PeriodCheckView: Codable, Equatable, Sendable {
  package var periods: Int
  /// Those whose entries or frozen facts are not those that they were closed with, `YYYY-MM`.
  package var broken: [String]
  /// Those of them whose entries are other ones.
  package var entries: [String]
  /// Those of them whose frozen facts are other ones.
  package var facts: [String]

  package init(periods: Int, broken: [String], entries: [String], facts: [String]) {
    self.periods = periods
    self.broken = broken
    self.entries = entries
    self.facts = facts
  }
}
