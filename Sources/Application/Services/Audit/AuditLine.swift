/// What the audit log says of one act or one sensitive read, with five of the six fields that BIO2
/// asks for; the store adds the time, and a place in the chain (``AuditLink``).
///
/// An act and its line are written in one transaction. The line of a read is written before the
/// answer leaves; where it can't be written the read is refused.
package struct AuditLine: Hashable, Sendable {
  /// An opaque subject, never a name: ``Caller/subject``, or `polderd` for what it does by itself.
  package let actor: String
  package let action: AuditAction
  /// What was acted on or read, kind first: `centre`, `task P12_3`, `member m-4711`.
  package let object: String
  package let result: AuditResult
  /// The way it came: `socket uid 64001 request 5f/3`.
  package let origin: String
  /// Numbers and digests, or why it was refused; may be empty.
  package let detail: String

  /// The most characters of a detail.
  package static let longestDetail = 20_000

  /// Control characters become spaces, and texts are cut after 2000 characters, the detail after
  /// ``longestDetail``: what is refused can be of any shape.
  package init(
    actor: String, action: AuditAction, object: String, result: AuditResult = .done,
    origin: String, detail: String = ""
  ) {
    self.actor = Self.plain(actor)
    self.action = action
    self.object = Self.plain(object)
    self.result = result
    self.origin = Self.plain(origin)
    self.detail = Self.plain(detail, atMost: Self.longestDetail)
  }

  /// A line as it stands in the store, byte for byte.
  package init(
    asRead actor: String, action: AuditAction, object: String, result: AuditResult,
    origin: String, detail: String
  ) {
    self.actor = actor
    self.action = action
    self.object = object
    self.result = result
    self.origin = origin
    self.detail = detail
  }

  /// Without control characters, and cut.
  static func plain(_ text: String, atMost most: Int = 2000) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.prefix(most).map { scalar in
          scalar.properties.generalCategory == .control ? " " : scalar
        }))
  }
}

/// What was done or read: lower case letters, digits and `-`, at most 64. New acts are added where
/// they are made.
package struct AuditAction: RawRepresentable, Hashable, Sendable {
  package let rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }

  package static let apply = AuditAction(rawValue: "apply")
  /// Of another's job.
  package static let cancel = AuditAction(rawValue: "cancel")
  package static let changeNode = AuditAction(rawValue: "change-node")
  package static let changePartition = AuditAction(rawValue: "change-partition")
  package static let changeReservation = AuditAction(rawValue: "change-reservation")
  package static let readJobs = AuditAction(rawValue: "read-jobs")
  package static let readBalances = AuditAction(rawValue: "read-balances")
  package static let readLedger = AuditAction(rawValue: "read-ledger")
  package static let readReport = AuditAction(rawValue: "read-report")
  package static let sealReport = AuditAction(rawValue: "seal-report")
  package static let readAudit = AuditAction(rawValue: "read-audit")
  package static let verifyAudit = AuditAction(rawValue: "verify-audit")
  /// Through the database's own roles, without the daemon.
  package static let readDatabase = AuditAction(rawValue: "read-database")
  /// Whose figures a database login reports; the owner does it in SQL.
  package static let changeReportRole = AuditAction(rawValue: "change-report-role")
  package static let exportSubject = AuditAction(rawValue: "export-subject")
  package static let eraseSubject = AuditAction(rawValue: "erase-subject")
  /// The note of one act by hand.
  package static let eraseNote = AuditAction(rawValue: "erase-note")
  /// A run that Slurm lost, or ran again, is settled by the daemon itself.
  package static let reconcile = AuditAction(rawValue: "reconcile")
  /// Acts on the database as a whole: `polder admin`.
  package static let migrate = AuditAction(rawValue: "migrate")
  package static let backup = AuditAction(rawValue: "backup")
  package static let restore = AuditAction(rawValue: "restore")
  /// What was kept long enough is erased, by the daemon itself.
  package static let retention = AuditAction(rawValue: "retention")

  /// All that lines are written of, by name. A question for any other has no answer.
  package static let known: [AuditAction] = [
    .apply, .backup, .cancel, .changeLimit, .changeNode, .changePartition, .changeReportRole,
    .changeReservation, .closePeriod, .correct, .eraseNote, .eraseSubject, .exportSubject,
    .migrate, .readAudit, .readBalances, .readCaps, .readDatabase, .readJobs, .readLedger,
    .readPeriods, .readReport, .reconcile, .repeatAct, .restore, .retention, .sealReport,
    .transfer, .verifyAudit,
  ]

  /// What people call an act, by the command for it, where its lines stand under another word.
  package static let otherWords: [String: AuditAction] = [
    "refund": .correct, "adjust": .correct, "credit": .correct, "debit": .correct,
    "extend": .changeLimit, "drain": .changeNode, "resume": .changeNode, "close": .closePeriod,
    "balance": .readBalances, "caps": .readCaps, "ledger": .readLedger, "report": .readReport,
    "seal": .sealReport,
    "verify": .verifyAudit, "export": .exportSubject, "erase": .eraseSubject,
  ]
}

/// How it ended: one of three words. Any other can be read, so that a line that someone changed is
/// a line that was changed.
package struct AuditResult: RawRepresentable, Hashable, Sendable {
  package let rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }

  package static let done = AuditResult(rawValue: "done")
  /// The actor may not.
  package static let refused = AuditResult(rawValue: "refused")
  /// The actor may, and it could not be done.
  package static let failed = AuditResult(rawValue: "failed")
}

extension Caller {
  /// A line of something that this caller did or tried.
  package func line(
    _ action: AuditAction, _ object: String, _ result: AuditResult = .done, detail: String = ""
  ) -> AuditLine {
    AuditLine(
      actor: subject, action: action, object: object, result: result, origin: origin,
      detail: detail)
  }
}
