// Why: money moved by hand is what auditors look at first: who may, under whose approval, once.
import Domain
import Doubles
import Ledger
import Services
import Testing
import Wire

@Suite("acts by hand on the books") struct BooksActsTests {
  private func transfer(
    _ amount: String, from: String = "longscan-1", to: String = "seals-1",
    approvedBy: String = "beheer"
  ) -> TransferRequest {
    TransferRequest(from: from, to: to, amount: amount, approvedBy: approvedBy, note: "course")
  }

  private func correction(
    _ kind: String, _ entry: String, _ amount: String, reason: String = "goodwill"
  ) -> CorrectionRequest {
    CorrectionRequest(
      kind: kind, entry: entry, amount: amount, reason: reason, approvedBy: "beheer", note: "")
  }

  @Test("a transfer is done once under its key, and is a line of the audit log")
  func once() async throws {
    let town = try await Town()
    let beheer = try await town.caller("beheer")
    let first = try await town.front.transfer(transfer("10 GPU-h"), key: "k", beheer)
    #expect(first.entries.map(\.kind) == ["transfer-out", "transfer-in"])
    #expect(try await town.front.transfer(transfer("10 GPU-h"), key: "k", beheer).again)
    let other = try await refusal {
      _ = try await town.front.transfer(transfer("11 GPU-h"), key: "k", beheer)
    }
    #expect(other.code == "key-used-otherwise" && other.status == 422)
    let balances = try await town.store.balances()
    let seals = try #require(AllocationID("seals-1"))
    #expect(balances[seals]?.available == .hours(11))
    let lines = try await town.front.auditLines(.init(action: "transfer"), beheer)
    #expect(lines.map(\.result) == ["failed", "done"])
    #expect(lines.last?.object == "allocations longscan-1 to seals-1")
    #expect(
      lines.last?.detail.contains("approved by uid-64001 (self-approved); with a note") == true)
  }

  @Test(
    "only administrators move money, and a refused attempt is in the audit log",
    arguments: ["anouk", "bram", "auditor", "stranger"])
  func rights(account: String) async throws {
    let town = try await Town()
    let caller = try await town.caller(account)
    let front = town.front
    for act in ["transfer", "correct", "close-period"] {
      let problem = try await refusal {
        switch act {
        case "transfer": _ = try await front.transfer(transfer("1 GPU-h"), key: "k", caller)
        case "correct":
          _ = try await front.correct(
            correction("refund", "charge:P1.1", "1 GPU-h"), key: "k", caller)
        default: _ = try await front.close(period: "2026-10", caller)
        }
      }
      #expect(problem.status == 403, "\(act)")
      let beheer = try await town.caller("beheer")
      let lines = try await front.auditLines(.init(action: act), beheer)
      #expect(lines.map(\.result) == ["refused"], "\(act)")
    }
  }

  @Test(
    "what the books refuse is told with its numbers and the next step",
    arguments: [
      ("101 GPU-h", "longscan-1", "seals-1", "budget"),
      ("1 GPU-h", "longscan-1", "flood-1", "window"),
      ("1 GPU-h", "flood-2", "longscan-1", "window"),
      ("1 GPU-h", "longscan-1", "longscan-1", "same-allocation"),
      ("1 GPU-h", "longscan", "seals-1", "unknown-allocation"),
      ("1 node-h", "longscan-1", "seals-1", "invalid"),
    ])
  func refused(_ amount: String, _ from: String, _ to: String, _ code: String) async throws {
    let town = try await Town()
    let beheer = try await town.caller("beheer")
    let problem = try await refusal {
      _ = try await town.front.transfer(transfer(amount, from: from, to: to), key: "k", beheer)
    }
    #expect(problem.code == code)
    #expect(!problem.detail.isEmpty)
    #expect(try await town.store.entries(of: try #require(ProjectID("longscan"))).count == 1)
  }

  @Test("nothing is moved out before its window begins, into one that lies ahead it is")
  func ahead() async throws {
    let town = try await Town()
    let beheer = try await town.caller("beheer")
    let problem = try await refusal {
      _ = try await town.front.transfer(
        transfer("1 GPU-h", from: "flood-2"), key: "k", beheer)
    }
    #expect(problem.status == 409)
    #expect(
      problem.detail == "flood-2 begins at 2026-11-20T11:06:40Z: before, nothing is moved out of it"
    )
    #expect(problem.nextStep.contains("raise that of seals-1, or wait"))
    let id = try #require(AllocationID("flood-2"))
    _ = try await town.front.transfer(transfer("1 GPU-h", to: "flood-2"), key: "l", beheer)
    #expect(try await town.store.balances()[id]?.available == .hours(11))
  }

  @Test("a transfer is judged by the description that stands when it is posted")
  func meanwhile() async throws {
    let town = try await Town()
    let beheer = try await town.caller("beheer")
    var suspended = try await town.store.centre()
    let id = try #require(AllocationID("longscan-1"))
    let open = try #require(suspended.allocations[id])
    suspended.allocations[id] = Allocation(
      id: id, project: open.project, programme: open.programme, granted: open.granted,
      window: open.window, opening: .zero, suspended: Town.now)
    await town.store.set(coming: suspended)
    let problem = try await refusal {
      _ = try await town.front.transfer(transfer("1 GPU-h"), key: "k", beheer)
    }
    #expect(problem.code == "suspended")
    #expect(try await town.store.entries(of: try #require(ProjectID("longscan"))).count == 1)
  }

  @Test("an approver is an administrator")
  func approver() async throws {
    let town = try await Town()
    let beheer = try await town.caller("beheer")
    let problem = try await refusal {
      _ = try await town.front.transfer(
        transfer("1 GPU-h", approvedBy: "anouk"), key: "k", beheer)
    }
    #expect(problem.code == "approver" && problem.detail.contains("anouk"))
    #expect(problem.nextStep.contains("administrators: in polderd.yaml"))
    let unreadable = try await refusal {
      _ = try await town.front.correct(
        correction("refund", "charge:P1.1", "1 GPU-h", reason: "anouk"), key: "l", beheer)
    }
    #expect(unreadable.code == "invalid" && unreadable.detail.contains("anouk"))
    #expect(unreadable.title == "The reason of the request can't be read")
    let lines = try await town.front.auditLines(.init(), beheer)
    #expect(lines.filter { $0.result == "failed" }.count == 2)
    #expect(!lines.contains { $0.detail.contains("anouk") }, "nothing in the log is ever erased")
    #expect(lines.contains { $0.detail == "The reason of the request can't be read" })
  }

  @Test("a correction names an entry that can be corrected so")
  func corrections() async throws {
    let town = try await Town()
    let beheer = try await town.caller("beheer")
    for (entry, kind, code) in [
      ("charge:P9.1", "refund", "unknown-entry"), ("grant:seals-1", "credit", "not-correctable"),
      ("grant:seals-1", "gift", "invalid"),
    ] {
      let problem = try await refusal {
        _ = try await town.front.correct(
          correction(kind, entry, "1 GPU-h"), key: "k-\(kind)", beheer)
      }
      #expect(problem.code == code, "\(entry) \(kind)")
    }
  }

  @Test("a charge that is not there is said to be that of a run that cost nothing or goes on")
  func noCharge() async throws {
    let town = try await Town()
    let beheer = try await town.caller("beheer")
    let problem = try await refusal {
      _ = try await town.front.correct(
        correction("credit", "charge:P10.1", "1 GPU-h"), key: "k", beheer)
    }
    #expect(problem.detail.contains("a run has no charge before it ended, nor if it cost nothing"))
  }

  @Test("a note has at most the characters of a line of text; what stands is repeated with any")
  func longNote() async throws {
    let town = try await Town()
    let beheer = try await town.caller("beheer")
    func act(_ count: Int, key: String) async throws -> PostingView {
      var request = transfer("1 GPU-h")
      request.note = String(repeating: "é", count: count)
      return try await town.front.transfer(request, key: key, beheer)
    }
    #expect(try await !act(200, key: "k").again)
    #expect(try await act(201, key: "k").again)
    let problem = try await refusal { _ = try await act(201, key: "l") }
    #expect(problem.code == "note" && problem.status == 422)
    #expect(problem.detail.hasPrefix("it has 201 characters, and at most 200"))
  }

  @Test("an adjustment takes the listed reasons alone, a refund those of policy too")
  func reasons() async throws {
    let town = try await Town()
    let beheer = try await town.caller("beheer")
    let id = try #require(AllocationID("longscan-1"))
    await town.store.post(
      .open(EntryID("opening:longscan-1"), id, .hours(20), effective: Town.now))
    for kind in ["credit", "debit"] {
      for reason in ["because", "node-failure", "past-limit"] {
        let problem = try await refusal {
          _ = try await town.front.correct(
            correction(kind, "opening:longscan-1", "1 GPU-h", reason: reason), key: "k", beheer)
        }
        #expect(
          problem.detail
            == "'\(reason)' is no reason of a \(kind); accepted: miscount, goodwill, site-fault")
      }
      for reason in ["miscount", "goodwill", "site-fault"] {
        _ = try await town.front.correct(
          correction(kind, "opening:longscan-1", "1 GPU-h", reason: reason),
          key: "\(kind)-\(reason)", beheer)
      }
    }
    let refund = try await refusal {
      _ = try await town.front.correct(
        correction("refund", "charge:P1.1", "1 GPU-h", reason: "because"), key: "k", beheer)
    }
    #expect(refund.detail.contains("accepted: node-failure, boot-failure, vanished"))
  }

  @Test("nothing leaves a suspended allocation, and an ended one tells the next step")
  func suspended() async throws {
    let town = try await Town()
    let beheer = try await town.caller("beheer")
    let standing = try await town.store.centre()
    var centre = standing
    let id = try #require(AllocationID("longscan-1"))
    let open = try #require(centre.allocations[id])
    centre.allocations[id] = Allocation(
      id: id, project: open.project, programme: open.programme, granted: open.granted,
      window: open.window, opening: .zero, suspended: Town.now)
    let line = AuditLine(actor: "m-1", action: .apply, object: "centre", origin: "a test")
    #expect(
      try await town.store.replaceCentre(
        with: centre, postings: [], ifStill: standing, audit: line) == .done)
    let problem = try await refusal {
      _ = try await town.front.transfer(transfer("1 GPU-h"), key: "k", beheer)
    }
    #expect(problem.code == "suspended" && problem.status == 409)
    #expect(problem.nextStep.contains("without `suspended`"))
    let ended = try await refusal {
      _ = try await town.front.transfer(transfer("1 GPU-h", to: "flood-1"), key: "k", beheer)
    }
    #expect(ended.code == "window" && ended.nextStep.contains("whose window is open"))
  }

  @Test("a period is closed once it is over, for ever, and its seal stays")
  func periods() async throws {
    let town = try await Town()
    let beheer = try await town.caller("beheer")
    let front = town.front
    #expect(
      try await refusal { _ = try await front.close(period: "2026-11", beheer) }.code
        == "period-open")
    let closed = try await front.close(period: "2026-10", beheer)
    #expect(closed.last?.period == "2026-10")
    #expect(
      try await refusal { _ = try await front.close(period: "2026-10", beheer) }.code
        == "period-closed")
    #expect(try await front.periods(beheer) == closed)
    let check = try await front.verifyPeriods(try await town.caller("auditor"))
    #expect(check.broken.isEmpty && check.periods == closed.count)
    #expect(check.entries.isEmpty && check.facts.isEmpty)
    let anouk = try await town.caller("anouk")
    #expect(try await refusal { _ = try await front.periods(anouk) }.status == 403)
  }

  @Test("what a closing would close is told before, and closes so if nothing is booked meanwhile")
  func closing() async throws {
    let town = try await Town()
    let beheer = try await town.caller("beheer")
    let front = town.front
    let told = try await front.closing(of: "2026-10", thenClose: false, beheer)
    #expect(told == (try await front.closing(of: "2026-10", thenClose: true, beheer)))
    #expect(try await front.periods(beheer).isEmpty, "nothing is closed by it")
    let closed = try await front.close(period: "2026-10", beheer)
    #expect(told.periods.map(\.period) == closed.map(\.period))
    #expect(told.periods.map(\.entryCount) == closed.map(\.entryCount))
    #expect(told.periods.map(\.sha256) == closed.map(\.sha256))
    #expect(told.unchargedRuns == 0)
  }

  @Test("a look at what can't be closed is refused, and is a line if it was to be closed then")
  func closingRefused() async throws {
    let town = try await Town()
    let beheer = try await town.caller("beheer")
    let front = town.front
    for (period, code) in [("2026-11", "period-open"), ("2026", "invalid")] {
      for thenClose in [false, true] {
        let problem = try await refusal {
          _ = try await front.closing(of: period, thenClose: thenClose, beheer)
        }
        #expect(problem.code == code)
      }
    }
    let anouk = try await town.caller("anouk")
    let problem = try await refusal {
      _ = try await front.closing(of: "2026-10", thenClose: false, anouk)
    }
    #expect(problem.status == 403)
    let lines = try await front.auditLines(.init(action: "close-period"), beheer)
    #expect(
      lines.map { "\($0.object) \($0.result)" } == [
        "period 2026-10 refused", "period 2026 failed", "period 2026-11 failed",
      ])
  }
}

@Suite("balances as of moments") struct BalanceMomentTests {
  @Test("what was effective or recorded later does not count")
  func moments() async throws {
    let town = try await Town()
    let beheer = try await town.caller("beheer")
    _ = try await town.front.transfer(
      TransferRequest(
        from: "longscan-1", to: "seals-1", amount: "10 GPU-h", approvedBy: "beheer", note: ""),
      key: "k", beheer)
    func granted(_ moments: Front.BalanceMoments) async throws -> [Int64] {
      try await town.front.balances(project: "seals", at: moments, beheer).map(\.available)
    }
    #expect(try await granted(.init()) == [GPUTime.hours(11).milliseconds])
    #expect(try await granted(.init(asOf: "2026-11-18")) == [0])
    #expect(try await granted(.init(knownAt: "2026-11-18")) == [0])
    let tomorrow = try #require(Instant("2026-11-19"))
    await town.store.set(clock: tomorrow)
    #expect(try await granted(.init(asOf: "2026-11-19")) == [GPUTime.hours(11).milliseconds])
    await #expect(throws: Problem.self) { _ = try await granted(.init(asOf: "yesterday")) }
  }

  @Test("an allocation whose grant was taken back whole was awarded all the same")
  func withdrawn() async throws {
    let town = try await Town()
    let anouk = try await town.caller("anouk")
    let id = try #require(AllocationID("longscan-1"))
    await town.store.post(
      .withdraw(EntryID("withdrawal:1"), id, .hours(100), effective: Town.now))
    let view = try await town.front.balances(project: "longscan", anouk).first
    #expect(view?.state == "exhausted" && view?.granted == 0)
    let before = try await town.front.balances(
      project: "longscan", at: .init(asOf: "2026-11-17"), anouk)
    #expect(before.first?.state == "not yet awarded")
  }
}
