import Domain
import Ledger
import Testing

/// Where a money table plays: its clock and its caps, and how its lines become acts.
struct MoneyScene {
  private(set) var now = Instant(seconds: 0)
  private var isSet = false
  private(set) var caps: [Cap] = []

  /// A second for each line, until the table sets the clock, which then stands.
  mutating func tick() {
    if !isSet { now = now + Seconds(1) }
  }

  mutating func set(_ moment: Instant) {
    now = moment
    isSet = true
  }

  /// `cap NAME SCOPE LIMIT STRENGTH`, with a scope such as `member:m1:acme` or `funder:state`.
  mutating func add(cap act: [String]) throws {
    let scope = act[2].split(separator: ":").map(String.init)
    let id = try #require(CapID(act[1]))
    let limit = GPUTime.hours(try #require(Int64(act[3])))
    let strength = try #require(CapStrength(rawValue: act[4]))
    let whose: CapScope =
      switch scope[0] {
      case "member":
        .member(try #require(MemberID(scope[1])), try #require(ProjectID(scope[2])))
      case "project": .project(try #require(ProjectID(scope[1])))
      case "programmes": .programmes(Set(scope.dropFirst().compactMap { ProgrammeID($0) }))
      case "commercial": .commercial(try #require(FunderID(scope[1])))
      default: .funder(try #require(FunderID(scope[1])))
      }
    caps.removeAll { $0.id == id }
    let ever = Instant(seconds: 0)..<Instant(seconds: 10_000_000_000)
    caps.append(Cap(id: id, scope: whose, limit: limit, period: ever, strength: strength))
  }

  /// The act of a line; `on INSTANT` says when it is effective, which is now without it.
  func posting(_ act: [String]) throws -> Posting? {
    var act = act
    let said = try moment(after: "on", &act)
    let effective = said ?? now
    let since = try moment(after: "since", &act) ?? now
    let pastEnd = try hours(after: "past", &act)
    let most = try act.contains("most") ? hours(after: "most", &act) : nil
    let amount = act.lazy.compactMap { Int64($0) }.first.map(GPUTime.hours) ?? .zero
    let entry = EntryID(act.count > 1 ? act[1] : "")
    let run = act.count > 1 ? RunID(act[1]) : nil
    let allocation = act.count > 2 ? AllocationID(act[2]) : nil
    let reason = act.last.flatMap { EntryReason(rawValue: $0) }
    switch (act.first, run, allocation, reason) {
    case ("grant", _, let allocation?, _):
      return .grant(entry, allocation, amount, effective: effective)
    case ("withdraw", _, let allocation?, _):
      return .withdraw(entry, allocation, amount, effective: said)
    case ("open", _, let allocation?, _):
      return .open(entry, allocation, amount, effective: effective)
    case ("defer", _, let allocation?, _):
      return .deferral(entry, allocation, amount, effective: said)
    case ("instalment", _, let allocation?, _):
      return .instalment(entry, allocation, amount, effective: effective)
    case ("transfer", _, let from?, _):
      return .transfer(
        Transfer(
          id: entry, from: from, to: try #require(AllocationID(act[3])), amount: amount,
          mostAwarded: most, approval: approval, effective: said))
    case ("expire", _, let allocation?, _):
      let carry =
        act.count > 5
        ? CarryOver(to: try #require(AllocationID(act[4])), atMost: amount) : nil
      return .expire(entry, allocation, carry: carry, effective: effective)
    case ("hold", let run?, let allocation?, _):
      return .hold(
        run, allocation, amount, bearer: try bearer(of: allocation, act), effective: effective)
    case ("extend", let run?, _, _):
      return .extend(
        run, by: amount, extension: try #require(Int(act[3])), effective: effective)
    case ("settle", let run?, _, _):
      return .settle(run, used: amount, pastEnd: pastEnd, over: since..<effective)
    case ("refund", let run?, _, let reason?): return .refund(run, reason, effective: effective)
    case ("overrun", let run?, let allocation?, let reason?):
      return .overrun(run, allocation, amount, reason, effective: effective)
    case ("correct", _, _, let reason?):
      return try correction(act, amount, reason, effective: said)
    default: return nil
    }
  }

  private let approval = Approval(requestedBy: "m1", approvedBy: "m2")

  /// `past HOURS`: of a use, what came after the end of the allocation. `most HOURS`: what the receiver
  /// of a transfer may have been awarded in all.
  private func hours(after word: String, _ act: inout [String]) throws -> GPUTime {
    guard let index = act.firstIndex(of: word) else { return .zero }
    defer { act.removeSubrange(index...) }
    return GPUTime.hours(try #require(Int64(act[index + 1])))
  }

  private func moment(after word: String, _ act: inout [String]) throws -> Instant? {
    guard let index = act.firstIndex(of: word) else { return nil }
    defer { act.removeSubrange(index...) }
    let moment: Instant = try #require(Instant(act[index + 1]))
    return moment
  }

  /// `for MEMBER`: a member of the project that is named like the allocation.
  private func bearer(of allocation: AllocationID, _ act: [String]) throws -> Bearer? {
    guard let index = act.firstIndex(of: "for") else { return nil }
    return Bearer(
      member: try #require(MemberID(act[index + 1])),
      project: try #require(ProjectID(allocation.text)),
      programme: try #require(ProgrammeID("open")), funder: try #require(FunderID("state")),
      commercial: false)
  }

  /// `correct KIND ID ENTRY AMOUNT REASON`.
  private func correction(
    _ act: [String], _ amount: GPUTime, _ reason: EntryReason, effective: Instant?
  ) throws -> Posting {
    let kinds: [String: Correction.Kind] = ["refund": .refund, "credit": .credit, "debit": .debit]
    return .correct(
      Correction(
        id: EntryID(act[2]), kind: try #require(kinds[act[1]]), corrects: EntryID(act[3]),
        amount: amount, reason: reason, approval: approval, effective: effective))
  }
}
