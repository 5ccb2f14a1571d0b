import Domain
import Ledger
import Wire

/// Acts by hand that are repeated under their key, and what of an act is looked at besides.
extension Front {
  /// The answer to an act. One that stood in the books already is told with who made it and when, and
  /// is a line of its own: whoever repeats it may have named another approver or note, which
  /// nobody recorded.
  func repeated(
    _ result: PostingResult, _ action: AuditAction, _ object: String, _ caller: Caller
  ) async throws(Problem) -> PostingView {
    let view = try view(result)
    guard view.again else { return view }
    try await record(
      caller.line(
        .repeatAct, object,
        detail: "\(action.rawValue) again under its key, nothing was written"
          + (view.first.map { first in
            "; done at \(Instant(milliseconds: first.recorded)) by \(first.requestedBy), approved "
              + "by \(first.approvedBy): that approver and the note of then stand"
          } ?? "")))
    return view
  }

  /// Out of a suspended allocation nothing moves: what an administrator stopped would go on elsewhere.
  func requireNotSuspended(_ allocation: Allocation, _ now: Instant) throws(Problem) {
    guard let since = allocation.suspension(at: now) else { return }
    throw Problem(
      title: "Allocation suspended", status: 409, code: "suspended",
      detail: "\(allocation.id) is suspended since \(since): nothing leaves it",
      nextStep: "describe it without `suspended` and apply that first, if its project may have it "
        + "again")
  }

  func reason(_ text: String, of kind: Correction.Kind) throws(Problem) -> EntryReason {
    guard let reason = EntryReason(rawValue: text) else { throw unlisted(text, kind) }
    return reason
  }

  /// After it was asked whether the act stands in the books: what stands is not refused.
  func requireReason(_ reason: EntryReason, of kind: Correction.Kind) throws(Problem) {
    guard kind.reasons.contains(reason) else { throw unlisted(reason.rawValue, kind) }
  }

  /// Of the length of every line of text for people; also asked after whether the act stands.
  func requireNote(_ note: String) throws(Problem) {
    let most = FieldForm<String>.longestLine
    guard note.unicodeScalars.count > most else { return }
    throw Problem(
      title: "The note is too long", status: 422, code: "note",
      detail:
        "it has \(note.unicodeScalars.count) characters, and at most \(most) stand with an entry",
      nextStep: "say it shorter, or where it is written at length")
  }

  private func unlisted(_ text: String, _ kind: Correction.Kind) -> Problem {
    .unreadable(
      "reason",
      "'\(text)' is no reason of a \(kind.word); accepted: "
        + kind.reasons.map(\.rawValue).joined(separator: ", "))
  }
}

extension Correction.Kind {
  init?(word: String) {
    switch word {
    case "refund": self = .refund
    case "credit": self = .credit
    case "debit": self = .debit
    default: return nil
    }
  }

  fileprivate var word: String {
    switch self {
    case .refund: "refund"
    case .credit: "credit"
    case .debit: "debit"
    }
  }

  /// By hand. A refund may also be for what policy would have given back and did not.
  fileprivate var reasons: [EntryReason] {
    let byHand: [EntryReason] = [.miscount, .goodwill, .siteFault]
    return switch self {
    case .credit, .debit: byHand
    case .refund:
      [.nodeFailure, .bootFailure, .vanished, .preempted, .administratorCancel] + byHand
    }
  }
}

extension Problem {
  /// Of a request whose field is not as it has to be. The title says which, in the audit log too;
  /// the detail repeats what was typed, which may be a name.
  static func unreadable(_ field: String, _ detail: String) -> Problem {
    Problem(
      title: "The \(field) of the request can't be read", status: 422, code: "invalid",
      detail: detail)
  }
}

extension PostingView.First {
  /// Nil for an entry that nobody made by hand.
  init?(_ entry: Entry) {
    guard let approval = entry.approval else { return nil }
    self.init(
      recorded: entry.recorded.milliseconds, requestedBy: approval.requestedBy,
      approvedBy: approval.approvedBy)
  }
}

extension AuditAction {
  /// An act by hand that stood in the books already, asked for again under its key.
  package static let repeatAct = AuditAction(rawValue: "repeat-act")
}
