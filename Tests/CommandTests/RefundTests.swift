// Why: a refund whose answer was lost is repeated under its key. What is left of the charge by then
// must not make it another act.
import Testing
import Wire

@testable import polder

@Suite struct RefundTests {
  private func entry(
    _ id: String, _ kind: String, _ amount: Int64, corrects: String? = nil
  ) -> EntryView {
    EntryView(
      id: id, kind: kind, allocation: "a", amount: amount, from: "held", to: "charged",
      run: "P5.1", reason: nil, corrects: corrects, effective: 0, recorded: 0, availableAfter: 0)
  }

  /// A run that was charged in two months.
  private var charged: [EntryView] {
    [entry("charge:P5.1", "charge", 700), entry("charge:P5.1/2", "charge", 300)]
  }

  private func steps(_ entries: [EntryView], key: String = "k") throws -> [String] {
    let charges = Refund.charges(of: "P5.1", entries)
    return try Refund.steps(charges, "P5.1", nil, key, entries).map {
      "\($0.charge.left) under \($0.key)\($0.booked.map { ", booked \($0)" } ?? "")"
    }
  }

  @Test("all that is left is given back, each charge under a key of its own")
  func all() throws {
    #expect(try steps(charged) == ["700 under k", "300 under k-1"])
    let partly = charged + [entry("credit:x", "credit", 700, corrects: "charge:P5.1")]
    #expect(try steps(partly) == ["300 under k-1"])
  }

  @Test("a run that was never charged is no valid id, and one that was given back is refused")
  func codes() throws {
    let unknown = #expect(throws: Failure.self) { try steps([]) }
    #expect(unknown?.code == .invalidInput)
    let gone = [
      charged[0], entry("refund:by-hand-x", "refund", 700, corrects: "charge:P5.1"),
    ]
    let refused = #expect(throws: Failure.self) { try steps(gone) }
    #expect(refused?.code == .refused)
  }

  @Test("a run under way is said to be so: nothing of it is charged yet")
  func underWay() throws {
    let held = entry("hold:P5.1", "hold", 900)
    let running = #expect(throws: Failure.self) { try steps([held]) }
    #expect(running?.code == .refused && running?.text.contains("is under way") == true)
    let free = [held, entry("release:P5.1", "release", 900)]
    let ended = #expect(throws: Failure.self) { try steps(free) }
    #expect(
      ended?.text.contains("P5.1 has ended and cost nothing: there is no charge of run P5.1")
        == true)
    #expect(ended?.code == .refused)
  }

  @Test("a job that is named for its run is led to the runs that were charged")
  func job() throws {
    func failure(_ job: String) -> Failure? {
      #expect(throws: Failure.self) {
        try Refund.steps(Refund.charges(of: job, charged), job, nil, "k", charged)
      }
    }
    #expect(failure("P5")?.text.contains("P5 is no run; charged is P5.1\n") == true)
    #expect(failure("P5")?.text.contains("polder refund PROJECT P5.1") == true)
    #expect(failure("P")?.text.contains("there is no charge of run P ") == true)
  }

  @Test("what was booked under the key is done, also if it was cut short in between")
  func again() throws {
    let first = entry("refund:by-hand-k", "refund", 700, corrects: "charge:P5.1")
    let second = entry("refund:by-hand-k-1", "refund", 300, corrects: "charge:P5.1/2")
    #expect(try steps(charged + [first]) == ["0 under k, booked 700", "300 under k-1"])
    #expect(
      try steps(charged + [first, second]) == ["0 under k, booked 700", "0 under k-1, booked 300"])
    #expect(throws: Failure.self) { try steps(charged + [first, second], key: "other") }
  }

  @Test("an adjustment is a credit or a debit; a refund has a command of its own")
  func adjusted() {
    for kind in ["credit", "debit"] {
      #expect(throws: Never.self) { try Adjust.requireAdjustment(kind) }
    }
    let refund = #expect(throws: Failure.self) { try Adjust.requireAdjustment("refund") }
    #expect(refund?.code == .usage && refund?.text.contains("polder refund PROJECT RUN") == true)
    let other = #expect(throws: Failure.self) { try Adjust.requireAdjustment("gift") }
    #expect(other?.text.contains("accepted: credit, debit") == true)
  }

  @Test("whom Postgres takes for somebody else is told so in words, and what to do")
  func notAdmitted() {
    let raw = "Postgres is unavailable: connection to server on socket \"/run/x\" failed: FATAL:  "
    let peer = DatabaseOption.notAdmitted(
      "anouk", raw + "Peer authentication failed for user \"polder_owner\"")
    #expect(peer.code == .refused && !peer.text.contains("FATAL") && !peer.text.contains("socket"))
    #expect(
      peer.text.hasPrefix(
        "polder: Postgres does not let this account in: anouk is not the role polder_owner, and "))
    #expect(peer.text.contains("Next: run it as that owner (sudo -u polder_owner polder admin"))
    let other = DatabaseOption.notAdmitted("anouk", raw + "role \"x\" does not exist")
    #expect(other.text.contains("let this account in: role \"x\" does not exist\n"))
  }
}
