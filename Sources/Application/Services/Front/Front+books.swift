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
    let described = try await centre()
    let object =
      "allocations "
      + [request.from, request.to].map { typed in
        // What was typed is repeated only where it is an allocation, since it may be a name.
        AllocationID(typed).flatMap { described.allocations[$0]?.id.text } ?? "(unknown)"
      }.joined(separator: " to ")
    try await requireAdministrator(caller, to: "transfer", .transfer, object)
    return try await audited(.transfer, object, caller) { () async throws(Problem) in
      // Again if a description came between its judgement and the posting.
      for _ in 0..<3 {
        let centre = try await centre()
        if let view = try await transfer(request, key, object, caller, centre) { return view }
      }
      throw Problem(
        title: "The centre changed meanwhile", status: 409, code: "conflict",
        detail: "descriptions of the centre are applied one after the other", nextStep: "ask again")
    }
  }

  private func transfer(
    _ request: TransferRequest, _ key: String, _ object: String, _ caller: Caller,
    _ centre: Centre
  ) async throws(Problem) -> PostingView? {
    let now = try await now()
    let to = try allocationID(request.to, in: centre)
    let programme = centre.allocations[to].flatMap { centre.programmes[$0.programme] }
    let transfer = Transfer(
      id: EntryID("transfer:by-hand-\(key)"), from: try allocationID(request.from, in: centre),
      to: to, amount: try amount(request.amount), mostAwarded: programme?.amount.upperBound,
      approval: approval(request.approvedBy, caller, centre), effective: nil)
    if let again = try await again(transfer) {
      return try await repeated(again, .transfer, object, caller)
    }
    try requireEntitled(
      try allocation(transfer.from, in: centre), try allocation(to, in: centre), centre, now)
    try requireNotSuspended(try allocation(transfer.from, in: centre), now)
    try requireNote(request.note)
    try requireApproval(request.approvedBy, transfer.amount, caller)
    let line = caller.line(
      .transfer, object,
      detail: detail("\(transfer.amount)", transfer.approval, request.note))
    let result = try await asked { () async throws(StoreError) in
      try await store.post(
        .transfer(transfer), ifStill: centre, note: AuditLine.plain(request.note), audit: line)
    }
    guard let result else { return nil }
    return try await told(result, line, caller)
  }

  /// Refunds a charge, or adjusts a charge or an opening. The same key gives the same act.
  package func correct(
    _ request: CorrectionRequest, key: String, _ caller: Caller
  ) async throws(Problem) -> PostingView {
    let centre = try await centre()
    // What is typed may be a name, and nothing is erased from the log.
    let object =
      try await standing([EntryID(request.entry)]).first
      .map { "entry \($0.id)" } ?? "an unknown entry"
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
      throw invalid(
        "kind", "'\(request.kind)' is no kind of correction; accepted: refund, credit, debit")
    }
    let correction = Correction(
      id: Self.correctionID(request.kind, key), kind: kind, corrects: EntryID(request.entry),
      amount: try amount(request.amount), reason: try reason(request.reason, of: kind),
      approval: approval(request.approvedBy, caller, centre), effective: nil)
    if let again = try await again(correction) {
      return try await repeated(again, .correct, object, caller)
    }
    try requireReason(correction.reason, of: kind)
    try requireNote(request.note)
    try requireApproval(request.approvedBy, correction.amount, caller)
    let line = caller.line(
      .correct, object,
      detail: detail(
        "\(request.kind) \(correction.amount), \(correction.reason.rawValue)",
        correction.approval, request.note))
    let result = try await asked { () async throws(StoreError) in
      try await store.post(
        .correct(correction), note: AuditLine.plain(request.note), audit: line)
    }
    return try await told(result, line, caller)
  }

  // MARK: Once under a key

  /// What repeating a correction is, before anything else is asked; nil if its key is free. A key of
  /// a refund is none of a credit, a debit or a transfer: the books look again when they post.
  private func again(_ correction: Correction) async throws(Problem) -> PostingResult? {
    let own = [correction.id, correction.id.lapse]
    let standing = try await standing(own + correction.id.rivals)
    return correction.again(standing.filter { own.contains($0.id) })
      ?? standing.first.map { .refused(.differentEntryExists($0.id)) }
  }

  private func again(_ transfer: Transfer) async throws(Problem) -> PostingResult? {
    let own = [transfer.id.outgoing, transfer.id.incoming]
    let standing = try await standing(own + transfer.id.rivals)
    return transfer.again(standing.filter { own.contains($0.id) })
      ?? standing.first.map { .refused(.differentEntryExists($0.id)) }
  }

  private static func correctionID(_ kind: String, _ key: String) -> EntryID {
    EntryID("\(kind):by-hand-\(key)")
  }

  func standing(_ ids: [EntryID]) async throws(Problem) -> [Entry] {
    try await asked { () async throws(StoreError) in try await store.standing(ids) }
  }

  func view(_ result: PostingResult) throws(Problem) -> PostingView {
    switch result {
    case .posted(let entries):
      PostingView(again: false, entries: entries.map(PostingView.Entry.init))
    case .alreadyPosted(let entries):
      PostingView(
        again: true, entries: entries.map(PostingView.Entry.init),
        first: entries.first.flatMap(PostingView.First.init))
    case .refused(let refusal): throw Wording.problem(refusal)
    }
  }

  /// An act whose failure is a line of the audit log too.
  func audited<Result>(
    _ action: AuditAction, _ object: String, _ caller: Caller,
    _ act: () async throws(Problem) -> Result
  ) async throws(Problem) -> Result {
    do throws(Problem) {
      return try await act()
    } catch {
      await attempt(caller.line(action, object, .failed, detail: Self.loggable(error)))
      throw error
    }
  }

  /// What the audit log, from which nothing is ever erased, says of a failure. The details of these
  /// repeat what somebody typed, which may be a name; their titles name the field.
  private static func loggable(_ problem: Problem) -> String {
    ["approver", "invalid", "invalid-date"].contains(problem.code)
      || problem.code.hasPrefix("unknown-") ? problem.title : problem.detail
  }

  private func told(
    _ result: PostingResult, _ line: AuditLine, _ caller: Caller
  ) async throws(Problem) -> PostingView {
    if case .posted = result { await board.wake() }
    return try await repeated(result, line.action, line.object, caller)
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
        detail: "one of \(from.project) and \(to.project) is commercial and the other is not",
        nextStep: "lower the one grant and raise the other, as each programme allows")
    }
    for allocation in [from, to] where now >= allocation.window.upperBound {
      throw Wording.problem(.windowEnded(allocation.id, allocation.window.upperBound))
    }
    // Nobody can have used of it yet: what it has to give is what it was granted.
    guard now >= from.window.lowerBound else {
      throw Problem(
        title: "The window has not begun", status: 409, code: "window",
        detail:
          "\(from.id) begins at \(from.window.lowerBound): before, nothing is moved out of it",
        nextStep: "lower its grant and raise that of \(to.id), or wait until it begins")
    }
  }

  /// The words of a fact for the audit log, of which a note is none: it may name somebody, stands with
  /// its entries, and can be erased there.
  private func detail(_ what: String, _ approval: Approval, _ note: String) -> String {
    "\(what); approved by \(approval.approvedBy)"
      + (approval.isOwn ? " (self-approved)" : "") + (note.isEmpty ? "" : "; with a note")
  }

  func now() async throws(Problem) -> Instant {
    try await asked { () async throws(StoreError) in try await store.now() }
  }

  private func allocationID(
    _ text: String, in centre: Centre
  ) throws(Problem) -> AllocationID {
    guard let id = AllocationID(text) else { throw unknown(text, centre) }
    return id
  }

  private func allocation(
    _ id: AllocationID, in centre: Centre
  ) throws(Problem) -> Allocation {
    guard let allocation = centre.allocations[id] else { throw unknown(id.text, centre) }
    return allocation
  }

  private func unknown(_ text: String, _ centre: Centre) -> Problem {
    let near = Spelling.nearest(to: text, in: centre.allocations.keys.map(\.text))
    return Problem(
      title: "No such allocation", status: 404, code: "unknown-allocation",
      detail: "there is no allocation '\(text)'" + (near.map { "; do you mean \($0)?" } ?? ""),
      nextStep: "see `polder balance`")
  }

  private func amount(_ text: String) throws(Problem) -> GPUTime {
    let form = FieldForm<GPUTime>.amount()
    switch form.read(text) {
    case .success(let amount): return amount
    case .failure(let failure):
      throw invalid("amount", "\(failure.reason); accepted: \(form.accepted)")
    }
  }

  /// Who stands behind an act, whether it is an approver or not.
  private func approval(_ account: String, _ caller: Caller, _ centre: Centre) -> Approval {
    Approval(
      requestedBy: caller.subject,
      approvedBy: centre.member(account: account)?.id.text
        ?? accounts.ids(of: account).map { "uid-\($0.uid)" } ?? "nobody")
  }

  /// The approver is an administrator; beyond a configured amount, another one than who asks.
  private func requireApproval(
    _ account: String, _ amount: GPUTime, _ caller: Caller
  ) throws(Problem) {
    guard roles.administrators.contains(account), accounts.ids(of: account) != nil else {
      throw Problem(
        title: "Not an approver", status: 422, code: "approver",
        detail: "'\(account)' is no administrator's account",
        nextStep: "name the account of one: those under administrators: in polderd.yaml")
    }
    if let limit = settings.fourEyesAbove, amount > limit, account == caller.account {
      throw Problem(
        title: "A second pair of eyes is needed", status: 403, code: "four-eyes",
        detail: "\(amount) is above \(limit), so that another administrator must approve it",
        nextStep: "have it approved, and name the approver")
    }
  }

  private func invalid(_ field: String, _ detail: String) -> Problem {
    .unreadable(field, detail)
  }
}

extension PostingView.Entry {
  fileprivate init(_ entry: Entry) {
    self.init(
      id: entry.id.text, kind: entry.kind.rawValue, allocation: entry.allocation.text,
      amount: entry.amount.milliseconds)
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
