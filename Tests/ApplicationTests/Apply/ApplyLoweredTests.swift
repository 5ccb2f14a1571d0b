// Why: a grant can be lowered to what is gone from it and no further, whatever was moved and however
// it is released; a plan that promised more was answered with a conflict each time, for ever.
import Domain
import Doubles
import Ledger
import Services
import Testing
import Wire

@Suite("apply: a grant that is lowered") struct ApplyLoweredTests {
  private let store = MemoryStore(centre: Centre(), now: SmallCentre.now)
  private let one: AllocationID
  private let other: AllocationID

  init() throws {
    one = try #require(AllocationID("longscan-1"))
    other = try #require(AllocationID("longscan-2"))
  }

  /// Applies the centre with two allocations, of which the first has another grant.
  private func apply(
    _ hours: String, monthly: Bool = false, opening: String = "500"
  ) async throws -> ApplyResult {
    let front = Front(
      store: store, board: StillBoard(), accounts: Town.People(),
      roles: Roles(administrators: ["beheer"], auditors: [], slurmUser: "slurm"),
      settings: Front.Settings(system: "Test", defaultPartition: "gpu", grace: Seconds(30)))
    let second = """
      ---
      kind: Allocation
      id: longscan-2
      project: longscan
      programme: playground
      granted: 2,000 GPU-h
      window: {from: 2026-11-01, until: 2027-01-01}

      """
    let text = (try SmallCentre.text("granted: 2,000", "granted: \(hours)") + second)
      .replacing("opening: 500", with: "opening: \(opening)")
      .replacing(
        "accessWorkingDays: 2",
        with: "accessWorkingDays: 2" + (monthly ? "\nrelease: {pace: monthly}" : ""))
    return try await front.apply(
      ApplyRequest(objects: try SmallCentre.objects(text), dryRun: false),
      try await front.caller(uid: 64001))
  }

  private func move(_ hours: Int64, from: AllocationID, to: AllocationID) async {
    await store.post(
      .transfer(
        Transfer(
          id: EntryID("transfer:by-hand-x"), from: from, to: to, amount: .hours(hours),
          approval: Approval(requestedBy: "m-1", approvedBy: "m-2"), effective: SmallCentre.now)))
  }

  private func use(_ hours: Int64) async {
    let run = RunID(task: TaskID(job: JobID(number: 7), index: nil), attempt: 1)
    let now = SmallCentre.now
    await store.post(.hold(run, one, .hours(hours), effective: now))
    await store.post(.settle(run, used: .hours(hours), over: now..<(now + .hours(1))))
  }

  private func balance() async throws -> Balance {
    try #require(try await store.balances()[one])
  }

  @Test("is not lowered below what was used and moved out, and the numbers are told")
  func movedOut() async throws {
    #expect(try await apply("2,000").applied)
    await move(700, from: one, to: other)
    let refused = try await apply("1,199")
    #expect(
      refused.refusals.map(\.message) == [
        "granted: 1,199 GPU-h is less than is gone from longscan-1: used 500 GPU-h + held 0 GPU-h "
          + "+ expired 0 GPU-h + moved out 700 GPU-h = 1,200 GPU-h; grant at least that"
      ])
    #expect(try await apply("1,200").applied)
    #expect(try await balance().available == .zero)
  }

  @Test("can be lowered below what was used, where what was moved in makes up for it")
  func movedIn() async throws {
    #expect(try await apply("2,000").applied)
    await move(500, from: other, to: one)
    await use(1100)
    let refused = try await apply("1,099")
    #expect(
      refused.refusals.map(\.message) == [
        "granted: 1,099 GPU-h is less than is gone from longscan-1: used 1,600 GPU-h + held 0 GPU-h "
          + "+ expired 0 GPU-h - moved in 500 GPU-h = 1,100 GPU-h; grant at least that"
      ])
    #expect(try await apply("1,100").applied)
    #expect(try await balance().available == .zero)
  }

  @Test("that is released monthly is described with more use than was released by now")
  func openingAheadOfRelease() async throws {
    #expect(try await apply("2,000", monthly: true, opening: "1,100").applied)
    #expect(try await balance().available == .zero)
    #expect(try await balance().deferred == .hours(900))
  }

  @Test("brings forward what was used before the smaller grant would have released it")
  func monthly() async throws {
    #expect(try await apply("2,000", monthly: true).applied)
    #expect(try await balance().deferred == .hours(1000))
    await use(500)
    #expect(try await apply("1,200", monthly: true).applied)
    #expect(try await balance().available == .zero)
    #expect(try await balance().deferred == .hours(200))
    #expect(try await apply("1,000", monthly: true).applied)
    #expect(try await balance().deferred == .zero)
  }
}
