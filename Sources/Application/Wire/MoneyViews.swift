/// The standing of one allocation as of a moment. Amounts in GPU-milliseconds.
package struct BalanceView: Codable, Equatable, Sendable {
  package var project: String
  package var allocation: String
  package var programme: String
  package var funder: String
  /// `pending`, `active`, `exhausted`, `suspended`, `expired`, or `not yet awarded`.
  package var state: String
  /// From here on nothing starts, where its window is open and an administrator stopped it.
  package var suspendedSince: Int64?
  /// Milliseconds since 1970, half-open; as it is described now, also as of other moments.
  package var windowStart: Int64
  package var windowEnd: Int64
  package var granted: Int64
  /// From and to other allocations.
  package var transferredIn: Int64
  package var transferredOut: Int64
  package var charged: Int64
  package var refunded: Int64
  package var expired: Int64
  package var held: Int64
  /// Granted and not yet released for use.
  package var deferred: Int64
  package var available: Int64
  /// Carried by the operator; no part of the equation.
  package var overrun: Int64
  /// To be used by now, as its access mode expects; nil before its window, and as of other moments.
  package var expected: Int64?
  /// The month that its award belongs to, `YYYY-MM`, if that was closed when it was given: it is
  /// booked in a later one. Nil if it was in time.
  package var belated: String?
  /// What was effective before this moment, of what was recorded before ``knownAt``.
  package var asOf: Int64
  package var knownAt: Int64

  /// - Parameter knownAt: nil for the moment that it is as of.
  package init(
    project: String, allocation: String, programme: String, funder: String, state: String,
    windowStart: Int64, windowEnd: Int64, granted: Int64, transferredIn: Int64,
    transferredOut: Int64, charged: Int64, refunded: Int64, expired: Int64, held: Int64,
    deferred: Int64, available: Int64, overrun: Int64, expected: Int64? = nil, asOf: Int64,
    knownAt: Int64? = nil, belated: String? = nil, suspendedSince: Int64? = nil
  ) {
    self.project = project
    self.allocation = allocation
    self.programme = programme
    self.funder = funder
    self.state = state
    self.windowStart = windowStart
    self.windowEnd = windowEnd
    self.granted = granted
    self.transferredIn = transferredIn
    self.transferredOut = transferredOut
    self.charged = charged
    self.refunded = refunded
    self.expired = expired
    self.held = held
    self.deferred = deferred
    self.available = available
    self.overrun = overrun
    self.expected = expected
    self.belated = belated
    self.suspendedSince = suspendedSince
    self.asOf = asOf
    self.knownAt = knownAt ?? asOf
  }
}

/// One line of the ledger.
/// `GET /v1/projects/{id}/ledger?allocation=ID&from=YYYY-MM-DD&to=YYYY-MM-DD`.
package struct EntryView: Codable, Equatable, Sendable {
  package var id: String
  package var kind: String
  package var allocation: String
  /// GPU-milliseconds, positive.
  package var amount: Int64
  /// The account that the amount leaves, and the one it enters.
  package var from: String
  package var to: String
  package var run: String?
  package var reason: String?
  package var corrects: String?
  /// Who asked for it and who approved it, of what was done by hand: opaque subjects.
  package var requestedBy: String?
  package var approvedBy: String?
  /// True where these are one and the same, so that nobody else looked at it; else nil.
  package var selfApproved: Bool?
  /// The closed month, `YYYY-MM`, that it belongs to, of what came late.
  package var belated: String?
  /// What was written with an act by hand, for those who may see the entry.
  package var note: String?
  /// The allocation that it went to, or came from, of what moved between two.
  package var counterpart: String?
  /// The project of the allocation, where entries of several are listed.
  package var project: String?
  /// Milliseconds since 1970.
  package var effective: Int64
  package var recorded: Int64
  /// Available to the allocation after this entry.
  package var availableAfter: Int64

  package init(
    id: String, kind: String, allocation: String, amount: Int64, from: String, to: String,
    run: String?, reason: String?, corrects: String?, effective: Int64, recorded: Int64,
    availableAfter: Int64, requestedBy: String? = nil, approvedBy: String? = nil,
    belated: String? = nil, note: String? = nil, project: String? = nil,
    counterpart: String? = nil
  ) {
    self.note = note
    self.counterpart = counterpart
    self.project = project
    self.id = id
    self.kind = kind
    self.allocation = allocation
    self.amount = amount
    self.from = from
    self.to = to
    self.run = run
    self.reason = reason
    self.corrects = corrects
    self.requestedBy = requestedBy
    self.approvedBy = approvedBy
    selfApproved = approvedBy != nil && approvedBy == requestedBy ? true : nil
    self.belated = belated
    self.effective = effective
    self.recorded = recorded
    self.availableAfter = availableAfter
  }
}

/// A report: definitions, columns with units, rows of printed cells in a canonical order.
/// `GET /v1/reports/access-time?from=YYYY-MM-DD&to=YYYY-MM-DD`.
package struct ReportView: Codable, Equatable, Sendable {
  package var title: String
  /// Half-open, milliseconds since 1970.
  package var from: Int64
  package var to: Int64
  package var asOf: Int64
  /// When it was made; what is as of an earlier moment is the same whenever it is made.
  package var made: Int64
  /// The months that it meets, in order of time: what it tells of closed ones is final.
  package var months: [Month]
  /// Column headers with their units.
  package var columns: [String]
  package var rows: [[String]]
  /// Definitions and denominators, one sentence each.
  package var notes: [String]
  /// The same report as canonical CSV.
  package var csv: String

  /// A month of the books.
  package struct Month: Codable, Equatable, Sendable {
    /// `YYYY-MM`.
    package var month: String
    /// When it was closed, and the number of its report's form; nil while it is open.
    package var closed: Int64?
    package var form: Int?

    package init(month: String, closed: Int64? = nil, form: Int? = nil) {
      self.month = month
      self.closed = closed
      self.form = form
    }
  }

  package init(
    title: String, from: Int64, to: Int64, asOf: Int64, made: Int64, months: [Month] = [],
    columns: [String], rows: [[String]], notes: [String], csv: String
  ) {
    self.made = made
    self.months = months
    self.title = title
    self.from = from
    self.to = to
    self.asOf = asOf
    self.columns = columns
    self.rows = rows
    self.notes = notes
    self.csv = csv
  }
}

/// A node and what is free on it. `GET /v1/nodes`.
package struct NodeView: Codable, Equatable, Sendable {
  package var name: String
  /// `up`, `down`, `drained`, …
  package var state: String
  package var reason: String
  package var gpuType: String
  package var gpus: Int
  /// Not to be had whole: each share of a GPU closes one, as far as there are any, and a job that is
  /// not Polder's all.
  package var gpusInUse: Int
  /// What runs there that is not Polder's, so that nothing is planned there; nil if nothing does.
  package var foreign: String?
  /// Shards that are free, and that there are; nil where GPUs are not shared.
  package var shardsFree: Int?
  package var shards: Int?
  package var cpus: Int
  package var memoryMiB: Int

  package init(
    name: String, state: String, reason: String, gpuType: String, gpus: Int, gpusInUse: Int,
    cpus: Int, memoryMiB: Int, shardsFree: Int? = nil, shards: Int? = nil, foreign: String? = nil
  ) {
    self.name = name
    self.shardsFree = shardsFree
    self.shards = shards
    self.state = state
    self.reason = reason
    self.gpuType = gpuType
    self.gpus = gpus
    self.gpusInUse = gpusInUse
    self.foreign = foreign
    self.cpus = cpus
    self.memoryMiB = memoryMiB
  }
}

/// Who the caller is to Polder. `GET /v1/me`.
package struct CallerView: Codable, Equatable, Sendable {
  package var account: String
  /// `administrator`, `auditor`, `member` or `none`.
  package var role: String
  /// Projects one is an active member of.
  package var projects: [String]
  /// `PI`, `manager`, `member` or `viewer`, by project; none of those seen by office alone.
  package var roles: [String: String]

  package init(account: String, role: String, projects: [String], roles: [String: String]) {
    self.account = account
    self.role = role
    self.projects = projects
    self.roles = roles
  }
}
