import Domain
import Ledger
import Testing

/// Random acts on a few allocations, runs and members: often sensible, sometimes not.
struct Acts {
  /// 20 January 2026.
  var clock: Int64 = 1_768_867_200_000
  private static let allocations = ["acme", "brek", "cees", "none"]

  private func allocation(_ random: inout SplitMix64) throws -> AllocationID {
    try #require(AllocationID(Self.allocations[random.oneIn(20) ? 3 : random.pick(0...2)]))
  }

  private func run(_ random: inout SplitMix64) -> RunID {
    let task = TaskID(job: JobID(number: Int64(random.pick(1...14))), index: nil)
    return RunID(task: task, attempt: random.pick(1...2))
  }

  private func amount(_ random: inout SplitMix64) -> GPUTime {
    if random.oneIn(60) { return GPUTime.largest + GPUTime(milliseconds: 1) }
    return GPUTime(milliseconds: Int64(random.pick(-1...90)) * 1000)
  }

  func bearer(_ random: inout SplitMix64) throws -> Bearer? {
    if random.oneIn(9) { return nil }
    let (member, project) = (random.pick(1...2), random.pick(1...2))
    return Bearer(
      member: try #require(MemberID("m\(member)")),
      project: try #require(ProjectID("p\(project)")),
      programme: try #require(ProgrammeID("g\(random.pick(1...2))")),
      funder: try #require(FunderID("f\(random.pick(1...2))")), commercial: project == 2)
  }

  func caps(_ random: inout SplitMix64) throws -> [Cap] {
    let scopes: [CapScope] = [
      .member(try #require(MemberID("m1")), try #require(ProjectID("p1"))),
      .project(try #require(ProjectID("p2"))),
      .programmes([try #require(ProgrammeID("g1"))]),
      .funder(try #require(FunderID("f1"))), .commercial(try #require(FunderID("f2"))),
    ]
    let from = Instant(milliseconds: clock - 40 * 86_400_000)
    let to = Instant(milliseconds: clock + Int64(random.pick(1...90)) * 86_400_000)
    var caps: [Cap] = []
    for (index, scope) in scopes.enumerated() where random.oneIn(2) {
      caps.append(
        Cap(
          id: try #require(CapID("c\(index)")), scope: scope,
          limit: GPUTime(milliseconds: Int64(random.pick(20...200)) * 1000), period: from..<to,
          strength: random.oneIn(5) ? .soft : .hard))
    }
    return caps
  }

  /// At the hour, or up to forty days before.
  private func moment(_ random: inout SplitMix64) -> Instant {
    Instant(
      milliseconds: clock - (random.oneIn(3) ? Int64(random.pick(0...40)) * 86_400_000 : 0))
  }

  /// Of an act that takes: as a rule none is named, and it is effective when it is posted.
  private func named(_ moment: Instant, _ random: inout SplitMix64) -> Instant? {
    random.oneIn(3) ? moment : nil
  }

  func posting(_ random: inout SplitMix64, _ step: Int) throws -> Posting {
    let id = EntryID("act:\(random.oneIn(5) ? random.pick(1...step) : step)")
    let effective = moment(&random)
    let run = run(&random)
    switch random.pick(1...24) {
    case 1, 2, 3:
      return .grant(id, try allocation(&random), amount(&random), effective: effective)
    case 4:
      return .withdraw(
        id, try allocation(&random), amount(&random), effective: named(effective, &random))
    case 5: return .open(id, try allocation(&random), amount(&random), effective: effective)
    case 6:
      return .deferral(
        id, try allocation(&random), amount(&random), effective: named(effective, &random))
    case 7: return .instalment(id, try allocation(&random), amount(&random), effective: effective)
    case 8, 9:
      return .transfer(
        Transfer(
          id: id, from: try allocation(&random), to: try allocation(&random),
          amount: amount(&random), approval: approval,
          effective: named(effective, &random)))
    case 10...14:
      return .hold(
        run, try allocation(&random), amount(&random), bearer: try bearer(&random),
        effective: Instant(milliseconds: clock))
    case 15:
      return .extend(
        run, by: amount(&random), extension: random.pick(0...2),
        effective: Instant(milliseconds: clock))
    case 16...18:
      let begin = moment(&random)
      return .settle(
        run, used: amount(&random), pastEnd: random.oneIn(4) ? amount(&random) : .zero,
        over: begin..<max(begin, moment(&random)))
    case 19: return .refund(run, random.oneIn(2) ? .nodeFailure : .vanished, effective: effective)
    case 20, 21, 22: return try correction(&random, id, run, effective)
    case 23:
      return .overrun(
        run, try allocation(&random), amount(&random), .unplanned, effective: effective)
    default:
      let carry =
        random.oneIn(2)
        ? CarryOver(to: try allocation(&random), atMost: amount(&random)) : nil
      let from = try allocation(&random)
      return .expire(id, from, carry: carry?.to == from ? nil : carry, effective: effective)
    }
  }

  private let approval = Approval(requestedBy: "m1", approvedBy: "m2")

  private func correction(
    _ random: inout SplitMix64, _ id: EntryID, _ run: RunID, _ effective: Instant
  ) throws -> Posting {
    let targets = [
      EntryID.charge(run), .charge(run), .charge(run, part: 1), .hold(run),
      EntryID("act:\(random.pick(1...40))"),
    ]
    let kinds: [Correction.Kind] = [.refund, .credit, .debit]
    return .correct(
      Correction(
        id: id, kind: kinds[random.pick(0...2)], corrects: targets[random.pick(0...4)],
        amount: random.oneIn(2) ? amount(&random) : GPUTime(milliseconds: 1000),
        reason: random.oneIn(3) ? .goodwill : .miscount, approval: approval,
        effective: named(effective, &random)))
  }
}
