// Why: who did not hear the answer repeats the act under its key. What has changed between the two
// tries says nothing of an act that stands in the books.
import Domain
import Doubles
import Ledger
import Services
import Testing
import Wire

@Suite("acts by hand that are repeated under their key") struct RepeatedActTests {
  private func code(_ act: () async throws -> Void) async throws -> String {
    do {
      try await act()
    } catch let problem as Problem {
      return problem.code
    }
    return "done"
  }

  private func transfer(_ amount: String = "10 GPU-h", to: String = "seals-1") -> TransferRequest {
    TransferRequest(from: "longscan-1", to: to, amount: amount, approvedBy: "beheer", note: "")
  }

  private func correction(_ kind: String, _ amount: String = "3 GPU-h") -> CorrectionRequest {
    CorrectionRequest(
      kind: kind, entry: "opening:longscan-1", amount: amount, reason: "miscount",
      approvedBy: "beheer", note: "")
  }

  /// By whom the first of them is done, and when.
  private static let done = PostingView.First(
    recorded: Town.now.milliseconds, requestedBy: "uid-64001", approvedBy: "uid-64001")

  @Test("a repetition says whose approval and note stand, and is a line of the audit log")
  func told() async throws {
    let town = try await Town()
    let beheer = try await town.caller("beheer")
    _ = try await town.front.transfer(transfer(), key: "k", beheer)
    await town.store.set(clock: Town.now + .hours(1))
    var other = transfer()
    other.approvedBy = "vera"
    other.note = "another reason"
    #expect(try await town.front.transfer(other, key: "k", beheer).first == Self.done)
    let lines = try await town.front.auditLines(.init(action: "repeat-act"), beheer)
    #expect(lines.map(\.result) == ["done"])
    #expect(lines.first?.object == "allocations longscan-1 to seals-1")
    #expect(
      lines.first?.detail == "transfer again under its key, nothing was written; done at "
        + "2026-11-18T11:06:40Z by uid-64001, approved by uid-64001: that approver and the note of "
        + "then stand")
    #expect(try await town.front.auditLines(.init(action: "transfer"), beheer).count == 1)
  }

  /// What may change between two tries.
  enum Change: CaseIterable {
    case nothing, windowEnded, approverLeftOffice, fourEyes, becameCommercial, monthClosed
  }

  /// The front, after something has changed.
  private func front(_ town: Town, after change: Change) async throws -> Front {
    var administrators = ["beheer"]
    var limit: GPUTime?
    switch change {
    case .nothing: break
    case .windowEnded: await town.store.set(clock: Town.now + .hours(3))
    case .approverLeftOffice: administrators = ["vera"]
    case .fourEyes: limit = .hours(1)
    case .becameCommercial:
      let standing = try await town.store.centre()
      var centre = standing
      let id = try #require(ProjectID("seals"))
      let seals = try #require(centre.projects[id])
      centre.projects[id] = Project(
        id: id, reference: seals.reference, title: seals.title, organisation: seals.organisation,
        commercial: true, members: seals.members)
      let line = AuditLine(actor: "m-1", action: .apply, object: "centre", origin: "a test")
      #expect(
        try await town.store.replaceCentre(
          with: centre, postings: [], ifStill: standing, audit: line) == .done)
    case .monthClosed:
      await town.store.set(clock: Town.now + Seconds(20 * 86_400))
      _ = try await town.front.close(period: "2026-11", try await town.caller("beheer"))
    }
    return Front(
      store: town.store, board: town.board, accounts: Town.People(),
      roles: Roles(
        administrators: administrators, auditors: ["auditor"], slurmUser: "slurm"),
      settings: Front.Settings(
        system: "Test", defaultPartition: "gpu", grace: Town.grace, fourEyesAbove: limit))
  }

  @Test(
    "a repeated transfer gives the first answer, whatever changed meanwhile",
    arguments: Change.allCases)
  func transfers(change: Change) async throws {
    let town = try await Town()
    let first = try await town.front.transfer(
      transfer(), key: "k", try await town.caller("beheer"))
    let front = try await front(town, after: change)
    // Whoever is in office then.
    let caller = try await front.caller(uid: change == .approverLeftOffice ? 64014 : 64001)
    let again = try await front.transfer(transfer(), key: "k", caller)
    #expect(
      again == PostingView(again: true, entries: first.entries, first: Self.done), "\(change)")
    for other in [transfer("11 GPU-h"), transfer(to: "flood-2")] {
      let code = try await code { _ = try await front.transfer(other, key: "k", caller) }
      #expect(code == "key-used-otherwise", "\(change)")
    }
    guard change != .nothing else { return }
    let refused = try await code { _ = try await front.transfer(transfer(), key: "new", caller) }
    #expect(refused != "done", "\(change) refuses a new act")
  }

  @Test(
    "a repeated correction gives the first answer, whatever changed meanwhile",
    arguments: Change.allCases)
  func corrections(change: Change) async throws {
    let town = try await Town()
    let id = try #require(AllocationID("longscan-1"))
    await town.store.post(
      .open(EntryID("opening:longscan-1"), id, .hours(20), effective: Town.now))
    let first = try await town.front.correct(
      correction("credit"), key: "k", try await town.caller("beheer"))
    #expect(first.entries.map(\.kind) == ["credit"])
    let front = try await front(town, after: change)
    let caller = try await front.caller(uid: change == .approverLeftOffice ? 64014 : 64001)
    let again = try await front.correct(correction("credit"), key: "k", caller)
    #expect(
      again == PostingView(again: true, entries: first.entries, first: Self.done), "\(change)")
    for other in [correction("credit", "4 GPU-h"), correction("debit")] {
      let code = try await code { _ = try await front.correct(other, key: "k", caller) }
      #expect(code == "key-used-otherwise", "\(change)")
    }
  }

  @Test("a key of one kind of act is none of another, whichever comes first")
  func otherKinds() async throws {
    let town = try await Town()
    let id = try #require(AllocationID("longscan-1"))
    await town.store.post(
      .open(EntryID("opening:longscan-1"), id, .hours(20), effective: Town.now))
    let beheer = try await town.caller("beheer")
    _ = try await town.front.transfer(transfer(), key: "t", beheer)
    _ = try await town.front.correct(correction("credit"), key: "c", beheer)
    for kind in ["credit", "debit", "refund"] {
      let code = try await code {
        _ = try await town.front.correct(correction(kind), key: "t", beheer)
      }
      #expect(code == "key-used-otherwise", "\(kind)")
    }
    let code = try await code { _ = try await town.front.transfer(transfer(), key: "c", beheer) }
    #expect(code == "key-used-otherwise")
  }

  @Test("the books look again when they post, whoever looked before")
  func lookAgain() async throws {
    let town = try await Town()
    let id = try #require(AllocationID("longscan-1"))
    let other = try #require(AllocationID("seals-1"))
    let approval = Approval(requestedBy: "m-1", approvedBy: "m-2")
    let line = AuditLine(actor: "m-1", action: .correct, object: "books", origin: "a test")
    await town.store.post(
      .open(EntryID("opening:longscan-1"), id, .hours(20), effective: Town.now))
    let postings = [
      ("credit", Correction.Kind.credit), ("debit", .debit), ("refund", .refund),
    ].map { word, kind in
      Posting.correct(
        Correction(
          id: EntryID("\(word):by-hand-k"), kind: kind, corrects: EntryID("opening:longscan-1"),
          amount: .hours(1), reason: .miscount, approval: approval, effective: Town.now))
    }
    let transfer = Posting.transfer(
      Transfer(
        id: EntryID("transfer:by-hand-k"), from: id, to: other, amount: .hours(1),
        approval: approval, effective: Town.now))
    guard case .posted = try await town.store.post(postings[0], audit: line) else {
      throw Town.NotRefused()
    }
    for posting in postings.dropFirst() + [transfer] {
      #expect(
        try await town.store.post(posting, audit: line)
          == .refused(.differentEntryExists(EntryID("credit:by-hand-k"))), "\(posting)")
    }
  }

  @Test("what a correction let expire at once is told again with it")
  func lapse() async throws {
    let town = try await Town()
    let id = try #require(AllocationID("flood-1"))
    await town.store.post(.open(EntryID("opening:flood-1"), id, .hours(5), effective: Town.now))
    let request = CorrectionRequest(
      kind: "credit", entry: "opening:flood-1", amount: "2 GPU-h", reason: "miscount",
      approvedBy: "beheer", note: "")
    let beheer = try await town.caller("beheer")
    let first = try await town.front.correct(request, key: "k", beheer)
    #expect(first.entries.map(\.kind) == ["credit", "expiry"])
    #expect(
      try await town.front.correct(request, key: "k", beheer)
        == PostingView(again: true, entries: first.entries, first: Self.done))
  }
}
