import Domain
import Ledger
package import Wire

/// Acts by hand on the books. Administrators only; each names who approved it, and is a line of the
/// audit log in the transaction that posts it.
extension Front {
  /// Moves an amount between allocations of entitled parties. The same key gives the same act.
  package func transfer(
    _ request: TransferRequest, key: String, _ caller: Caller
  ) async throws(Problem) -> PostingView {
    let centre = try await centre()
    let object = "allocations \(request.from) to \(request.to)"
    try await requireAdministrator(caller, to: "transfer", .transfer, object)
    return try await audited(.transfer, object, caller) { () async throws(Problem) in
      try await transfer(request, key, object, caller, centre)
    }
  }

  private func transfer(
    _ request: TransferRequest, _ key: String, _ object: String, _ caller: Caller,
    _ centre: Centre
  ) async throws(Problem) -> PostingView {
    let from = try allocation(request.from, in: centre)
    let to = try allocation(request.to, in: centre)
    let now = try await now()
    try requireEntitled(from, to, centre, now)
    let amount = try amount(request.amount)
    let approval = try approval(request.approvedBy, amount, caller, centre)
    let transfer = Transfer(
      id: EntryID("transfer:by-hand-\(key)"), from: from.id, to: to.id, amount: amount,
      approval: approval, effective: now)
    return try await post(
      .transfer(transfer),
      caller.line(.transfer, object, detail: detail("\(amount)", approval, request.note)))
  }

  /// Refunds a charge, or adjusts a charge or an opening. The same key gives the same act.
  package func correct(
    _ request: CorrectionRequest, key: String, _ caller: Caller
  ) async throws(Problem) -> PostingView {
    let centre = try await centre()
    let object = "entry \(request.entry)"
    try await requireAdministrator(caller, to: "correct the books", .correct, object)
    return try await audited(.correct, object, caller) { () async throws(Problem) in
      try await correct(request, key, object, caller, centre)
    }
  }

  private func correct(
    _ request: CorrectionRequest, _ key: String, _ object: String, _ caller: Caller,
    _ centre: Centre
  ) async throws(Problem) -> PostingView {
    guard let kind = Correction.Kind(word: request.kind) else {
      throw invalid("'\(request.kind)' is no kind of correction; accepted: refund, credit, debit")
    }
    let reason = try reason(request.reason)
    let corrects = EntryID(request.entry)
    let amount = try amount(request.amount)
    let approval = try approval(request.approvedBy, amount, caller, centre)
    let correction = Correction(
      id: EntryID("\(request.kind):by-hand-\(key)"), kind: kind, corrects: corrects,
      amount: amount, reason: reason,
      approval: approval, effective: try await now())
    return try await post(
      .correct(correction),
      caller.line(
        .correct, object,
        detail: detail(
          "\(request.kind) \(amount), \(reason.rawValue)", approval, request.note)))
  }

  /// An act whose failure is a line of the audit log too.
  func audited<Result>(
    _ action: AuditAction, _ object: String, _ caller: Caller,
    _ act: () async throws(Problem) -> Result
  ) async throws(Problem) -> Result {
    do throws(Problem) {
      return try await act()
    } catch {
      await attempt(caller.line(action, object, .failed, detail: error.detail))
      throw error
    }
  }

  private func post(
    _ posting: Posting, _ line: AuditLine
  ) async throws(Problem) -> PostingView {
    let result = try await asked { () async throws(StoreError) in
      try await store.post(posting, audit: line)
    }
    switch result {
    case .posted(let entries):
      await board.wake()
      return PostingView(
        again: false,
        entries: entries.map {
          PostingView.Entry(
            id: $0.id.text, kind: $0.kind.rawValue, allocation: $0.allocation.text,
            amount: $0.amount.milliseconds)
        })
    case .alreadyPosted: return PostingView(again: true, entries: [])
    case .refused(let refusal): throw Wording.problem(refusal)
    }
  }

  /// What moves stays with its funder, whose share it is part of, and goes where it can be used.
  private func requireEntitled(
    _ from: Allocation, _ to: Allocation, _ centre: Centre, _ now: Instant
  ) throws(Problem) {
    let funders = [from, to].map { centre.programmes[$0.programme]?.funder }
    guard funders[0] == funders[1] else {
      let names = funders.map { $0?.text ?? "none" }
      throw Problem(
        title: "Not entitled", status: 422, code: "not-entitled",
        detail: "\(from.id) is of funder \(names[0]) and \(to.id) of \(names[1]): a transfer would "
          + "move one funder's share to another",
        nextStep: "lower the one grant and raise the other, as each programme allows")
    }
    let commercial = [from, to].map { centre.projects[$0.project]?.commercial ?? false }
    guard commercial[0] == commercial[1] else {
      throw Problem(
        title: "Not entitled", status: 422, code: "not-entitled",
        detail: "one of \(from.project) and \(to.project) is commercial and the other is not")
    }
    for allocation in [from, to] where now >= allocation.window.upperBound {
      throw Problem(
        title: "The window has ended", status: 409, code: "window",
        detail: "\(allocation.id) ended at \(allocation.window.upperBound)")
    }
  }

  /// The words of a fact for the audit log.
  private func detail(_ what: String, _ approval: Approval, _ note: String) -> String {
    "\(what); approved by \(approval.approvedBy)" + (note.isEmpty ? "" : "; \(note)")
  }

  func now() async throws(Problem) -> Instant {
    try await asked { () async throws(StoreError) in try await store.now() }
  }

  private func allocation(_ text: String, in centre: Centre) throws(Problem) -> Allocation {
    guard let id = AllocationID(text), let allocation = centre.allocations[id] else {
      let near = Spelling.nearest(to: text, in: centre.allocations.keys.map(\.text))
      throw Problem(
        title: "No such allocation", status: 404, code: "unknown-allocation",
        detail: "there is no allocation '\(text)'" + (near.map { "; do you mean \($0)?" } ?? ""),
        nextStep: "see `polder balance`")
    }
    return allocation
  }

  private func amount(_ text: String) throws(Problem) -> GPUTime {
    let form = FieldForm<GPUTime>.amount()
    switch form.read(text) {
    case .success(let amount): return amount
    case .failure(let failure): throw invalid("\(failure.reason); accepted: \(form.accepted)")
    }
  }

  private func reason(_ text: String) throws(Problem) -> EntryReason {
    let accepted: [EntryReason] = [
      .nodeFailure, .bootFailure, .vanished, .preempted, .administratorCancel, .siteFault,
      .goodwill, .miscount,
    ]
    guard let reason = EntryReason(rawValue: text), accepted.contains(reason) else {
      throw invalid(
        "'\(text)' is no reason of a correction; accepted: "
          + accepted.map(\.rawValue).joined(separator: ", "))
    }
    return reason
  }

  /// The approver is an administrator; beyond a configured amount, another one than who asks.
  private func approval(
    _ account: String, _ amount: GPUTime, _ caller: Caller, _ centre: Centre
  ) throws(Problem) -> Approval {
    guard roles.administrators.contains(account), let ids = accounts.ids(of: account) else {
      throw Problem(
        title: "Not an approver", status: 422, code: "approver",
        detail: "'\(account)' is no administrator's account", nextStep: "name who approved it")
    }
    if let limit = settings.fourEyesAbove, amount > limit, account == caller.account {
      throw Problem(
        title: "A second pair of eyes is needed", status: 403, code: "four-eyes",
        detail: "\(amount) is above \(limit), so that another administrator must approve it",
        nextStep: "have it approved, and name the approver")
    }
    return Approval(
      requestedBy: caller.subject,
      approvedBy: centre.member(account: account)?.id.text ?? "uid-\(ids.uid)")
  }

  private func invalid(_ detail: String) -> Problem {
    Problem(title: "The request can't be read", status: 422, code: "invalid", detail: detail)
  }
}

extension Correction.Kind {
  fileprivate init?(word: String) {
    switch word {
    case "refund": self = .refund
    case "credit": self = .credit
    case "debit": self = .debit
    default: return nil
    }
  }
}

extension AuditAction {
  package static let transfer = AuditAction(rawValue: "transfer")
  /// A refund, a credit or a debit by hand.
  package static let correct = AuditAction(rawValue: "correct")
  /// Of another's job.
  package static let changeLimit = AuditAction(rawValue: "change-limit")
  package static let closePeriod = AuditAction(rawValue: "close-period")
  package static let readPeriods = AuditAction(rawValue: "read-periods")
  package static let readCaps = AuditAction(rawValue: "read-caps")
}
