// Why: a funder lends what it does not use. One whose tasks can't run, whatever is free, uses nothing,
// and must not hold its share back nor come first.
import Domain
import Engine
import Ledger
import Lifecycle
import Scheduling
import Testing

@Suite("who is in demand")
struct DemandTests {
  private let site = SmallSite.self

  private func job(
    _ number: Int64, after: [Dependency] = [], notBefore: Instant? = nil, limit: Int64 = 100,
    array: [Int] = [], throttle: Int? = nil
  ) -> JobRecord {
    let base = OrderTown.job(number, of: OrderTown.anna, nodes: 1, at: 0)
    return JobRecord(
      id: base.id,
      request: JobRequest(
        name: "j", member: OrderTown.anna, project: base.request.project, allocation: nil,
        partition: site.gpu, nodeCount: 1, perNode: site.capacity, gpuType: nil,
        timeLimit: Seconds(limit), arrayIndices: array, arrayThrottle: throttle,
        dependencies: after, notBefore: notBefore),
      origin: .polder, submitted: site.at(0), binding: .unbound)
  }

  /// Holds the entitlement of the other funder, whose own is 40 %, with what it borrows, beside what
  /// waits of this one.
  private func expect(
    _ points: Int64, _ comment: Comment? = nil, at place: SourceLocation = #_sourceLocation,
    _ change: (inout EngineState) -> Void
  ) throws {
    var state = OrderTown.with(.shared)
      .with(OrderTown.job(50, of: OrderTown.bea, nodes: 1, at: 0))
    change(&state)
    let explanation = try #require(
      Cycle.explanation(of: JobID(number: 50), state, now: site.at(1)))
    let entitlement = try #require(explanation.entitlement)
    #expect(entitlement.effectiveBasisPoints == points, comment, sourceLocation: place)
  }

  @Test("a funder whose task could start, if there were room, is")
  func eligible() throws {
    try expect(4000) { $0 = $0.with(job(1)) }
    try expect(10_000, "nothing waits") { _ in }
  }

  @Test("one whose tasks wait for a begin time, another job, or their throttle lends")
  func waits() throws {
    try expect(10_000) { $0 = $0.with(job(1, notBefore: site.at(2))) }
    try expect(4000, "it may begin") { $0 = $0.with(job(1, notBefore: site.at(1))) }
    let running = TaskID(job: JobID(number: 2), index: 1)
    try expect(10_000) { state in
      state = state.with(job(2, array: [1, 2], throttle: 1))
      let run = RunRecord(
        id: RunID(task: running, attempt: 1), allocation: site.name("alpha-1", AllocationID.self),
        placement: Placement(nodes: [site.nodes[0]], perNode: site.capacity),
        weight: Weight(thousandths: 4000), rateVersion: 3, hold: .hours(1), reach: Seconds(110),
        committed: site.at(0))
      state.tasks[running]?.state = .starting(run.id)
      state.runs[run.id] = run
      state = state.with(
        job(3, after: [Dependency(condition: .afterok, job: JobID(number: 2))]))
    }
  }

  @Test("one whose tasks nothing pays for now lends, and comes before nobody")
  func broke() throws {
    let alpha = site.name("alpha-1", AllocationID.self)
    try expect(10_000) {
      $0 = $0.with(job(1))
      $0.balances[alpha] = Balance(granted: GPUTime(milliseconds: 1000))
    }
    try expect(10_000, "it would not end inside its window") {
      $0 = $0.with(job(1, limit: 900_000))
    }
    try expect(10_000, "a cap has nothing left") {
      $0 = $0.with(job(1))
      $0.caps = [
        Cap(
          id: site.name("cap", CapID.self), scope: .funder(OrderTown.union), limit: .zero,
          period: site.at(0)..<site.at(900), strength: .hard)
      ]
    }
  }

  private static let days: Int64 = 30

  private func parts(_ town: FunderTown, of funders: [String]) -> [Int64] {
    let sum = funders.reduce(Int64(0)) { $0 + (town.delivered[$1]?.milliseconds ?? 0) }
    return funders.map { (town.delivered[$0]?.milliseconds ?? 0) * 10_000 / max(sum, 1) }
  }

  @Test(
    "thirty days beside a funder that can't use its share end within a point of 35/30 of the rest",
    arguments: [true, false])
  func rest(sleeps: Bool) {
    var town = FunderTown(seed: 4, planning: .conservative, promised: 100)
    if sleeps { town.sleeps("state") } else { town.isOut("state") }
    let demand: Set<String> = sleeps ? ["eurohpc", "region"] : Set(FunderTown.funders)
    while town.now < site.at(Self.days * 86_400) { town.step(demand: demand) }
    #expect(town.delivered["state"] == nil)
    let parts = parts(town, of: ["eurohpc", "region"])
    #expect(abs(parts[0] - 10_000 * 35 / 65) <= 100, "\(parts)")
  }

  @Test("thirty days in which funders come and go end within a point of 35/35/30, with lending")
  func comeAndGo() {
    var town = FunderTown(seed: 5, planning: .conservative, promised: 100)
    for funder in FunderTown.funders { town.sleeps(funder) }
    var (lent, away) = (Int64(0), Int64(0))
    while town.now < site.at(Self.days * 86_400) {
      // Every ten days each is away for two; the others have what it leaves.
      let day = town.now.seconds(since: site.at(0)).count / 86_400 % 10
      let gone = ["eurohpc", "state", "region", nil, nil][min(Int(day / 2), 4)]
      town.step(demand: Set(FunderTown.funders.filter { $0 != gone }))
      guard let gone, town.occupied(by: gone) == 0 else { continue }
      away += 1
      lent += FunderTown.funders.reduce(0) { $0 + town.occupied(by: $1) }
    }
    #expect(away > 100 && lent * 10 >= FunderTown.gpus * away * 8, "\(lent) in \(away) rounds")
    let parts = parts(town, of: FunderTown.funders)
    for (part, funder) in zip(parts, FunderTown.funders) {
      #expect(abs(part - (FunderTown.basisPoints[funder] ?? 0)) <= 100, "\(funder): \(parts)")
    }
  }
}
