// Why: a cap below what is taken stops a project at once, and whoever lowers it may not know.
import Domain
import Doubles
import Ledger
import Services
import Testing
import Wire

@Suite("apply: what is said of caps, accounts and nothing at all") struct ApplyWarningTests {
  private static func cap(
    _ amount: String, strength: String = "hard", scope: String = "{project: longscan}"
  ) -> String {
    SmallCentre.text + "---\nkind: Cap\nid: tight\nscope: \(scope)\n"
      + "limit: {amount: \"\(amount) GPU-h\"}\nstrength: \(strength)\n"
  }

  /// The small centre with a cap of 5,000 GPU-h, of which something is taken.
  private func capped(_ use: CapUse) throws -> ApplyContext {
    let applied = try SmallCentre.applied(used: .hours(500))
    var context = ApplyContext(
      now: applied.now, centre: try SmallCentre.plan(Self.cap("5,000"), in: applied).next,
      balances: applied.balances, grantEntries: applied.grantEntries, busyProjects: [],
      busyNodes: [])
    context.capUses[try #require(CapID("tight"))] = use
    return context
  }

  @Test("a cap that is lowered below what is taken says so, and one that leaves room does not")
  func lowered() throws {
    let context = try capped(CapUse(used: .hours(2500), held: .hours(10)))
    let plan = try SmallCentre.plan(Self.cap("2,505"), in: context)
    #expect(plan.refusals == [] && plan.irrevocable == [])
    #expect(
      plan.effects == [
        "cap tight allows 2,505 GPU-h, and 2,510 GPU-h are used and held under it already: nothing "
          + "new starts under it until 2027-01-01T00:00:00Z, unless it is raised"
      ])
    #expect(try SmallCentre.plan(Self.cap("2,510"), in: context).effects == [])
    #expect(try SmallCentre.plan(Self.cap("5,000"), in: context).effects == [])
    #expect(try SmallCentre.plan(Self.cap("6,000"), in: context).effects == [])
    let soft = try SmallCentre.plan(Self.cap("9", strength: "soft"), in: context).effects
    #expect(soft.count == 1 && soft[0].contains("whoever submits under it is warned"))
  }

  @Test("a new hard cap below what is awarded or taken under it says so; openings are no runs")
  func new() throws {
    let spent = try SmallCentre.applied(used: .hours(800), held: .hours(10))
    for scope in ["{project: longscan}", "{programmes: [playground]}", "{funder: state}"] {
      let awarded = try SmallCentre.plan(Self.cap("1,500", scope: scope), in: spent)
      #expect(awarded.refusals == [], "\(scope)")
      #expect(
        awarded.effects == [
          "cap tight allows 1,500 GPU-h, and 2,000 GPU-h are awarded under it: what is above it "
            + "can't be used before 2027-01-01T00:00:00Z, unless it is raised"
        ], "\(scope)")
      let taken = try SmallCentre.plan(Self.cap("300", scope: scope), in: spent).effects
      #expect(
        taken.first?.contains("and 310 GPU-h are used and held under it already") == true,
        "\(scope)")
      #expect(try SmallCentre.plan(Self.cap("2,000", scope: scope), in: spent).effects == [])
    }
    #expect(try SmallCentre.plan(Self.cap("1,500", strength: "soft"), in: spent).effects == [])
  }

  @Test("an apply asks the books what is taken, and names members without an account by id alone")
  func applied() async throws {
    let store = MemoryStore(centre: Centre(), now: SmallCentre.now)
    let front = Front(
      store: store, board: StillBoard(), accounts: Town.People(),
      roles: Roles(administrators: ["beheer"], auditors: [], slurmUser: "slurm"),
      settings: Front.Settings(system: "Test", defaultPartition: "gpu", grace: Seconds(30)))
    let beheer = try await front.caller(uid: 64001)
    func apply(_ text: String) async throws -> ApplyResult {
      try await front.apply(
        ApplyRequest(objects: try SmallCentre.objects(text), dryRun: false), beheer)
    }
    let nobody = Self.cap("5,000").replacing("account: anouk", with: "account: nobody-here")
    let first = try await apply(nobody)
    #expect(first.applied && first.effects.count == 1, "\(first.effects)")
    #expect(first.effects.first?.hasPrefix("no account on this machine for m-0001: ") == true)
    #expect(try await apply(nobody).effects == [], "said once")
    #expect(try await apply(Self.cap("5,000")).effects == [])
    let run = RunID(task: TaskID(job: JobID(number: 7), index: nil), attempt: 1)
    let id = try #require(AllocationID("longscan-1"))
    let bearer = Bearer(
      member: try #require(MemberID("m-0001")), project: try #require(ProjectID("longscan")),
      programme: try #require(ProgrammeID("playground")),
      funder: try #require(FunderID("state")), commercial: false)
    await store.post(.hold(run, id, .hours(100), bearer: bearer, effective: SmallCentre.now))
    let lowered = try await apply(Self.cap("50"))
    #expect(lowered.applied && lowered.effects.first?.contains("and 100 GPU-h are used") == true)
    let lines = try await front.auditLines(.init(action: "apply"), beheer)
    #expect(!lines.contains { $0.detail.contains("nobody-here") })
  }

  @Test("a description of nothing says that it is one")
  func nothing() throws {
    let plan = ApplyPlanner.plan(described: [], context: .empty(now: SmallCentre.now))
    #expect(
      plan.changes == [] && plan.effects == ["nothing is described: the files have no object"])
  }
}
