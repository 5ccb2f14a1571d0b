// Why: a funder reads from it what became of each award; its sums must be those of the report of access time.
import Domain
import Ledger
import Reporting
import Testing

@Suite("projects and their allocations") struct ProjectsReportTests {
  private static func at(_ day: String) -> Instant {
    guard let instant = Instant(day) else { preconditionFailure("\(day) is an instant") }
    return instant
  }
  private static func id<Kind>(_ text: String) -> Identifier<Kind> {
    guard let id = Identifier<Kind>(text) else { preconditionFailure("\(text) is an id") }
    return id
  }

  private static let november = at("2026-11-01")..<at("2026-12-01")

  private static let centre: Centre = {
    var centre = Centre()
    for (funder, name) in [("eu", "European Union"), ("nl", "Dutch state")] {
      centre.funders[id(funder)] = Funder(
        id: id(funder), name: name, contributions: [],
        shares: [.init(from: CivilDate(at("2026-01-01")), basisPoints: 5000)])
    }
    for (programme, funder, mode) in [("pg", "eu", "Playground"), ("sc", "nl", "AI for Science")] {
      centre.programmes[id(programme)] = Programme(
        id: id(programme), name: mode, funder: id(funder), mode: mode,
        amount: .zero...GPUTime.hours(10_000), maximumMonths: 12, demand: .open,
        accessWorkingDays: 2)
    }
    centre.organisations[id("dairy")] = Organisation(
      id: id("dairy"), name: "Dairy BV", type: .sme, country: "NL", sector: "agriculture")
    for (project, commercial) in [("milk", true), ("seals", false)] {
      centre.projects[id(project)] = Project(
        id: id(project), reference: "EHPC-\(project)", title: "On \(project)",
        organisation: id(project == "milk" ? "dairy" : "gone"), commercial: commercial,
        members: [])
    }
    for (allocation, project, programme, from, until) in [
      ("milk-1", "milk", "pg", "2026-10-01", "2026-12-01"),
      ("milk-2", "milk", "sc", "2026-11-10T12:00", "2026-11-30T12:00"),
      ("seals-1", "seals", "sc", "2026-09-01", "2027-09-01"),
      ("seals-0", "seals", "sc", "2026-01-01", "2026-02-01"),
    ] {
      centre.allocations[id(allocation)] = Allocation(
        id: id(allocation), project: id(project), programme: id(programme), granted: .hours(100),
        window: at(from)..<at(until), opening: .zero)
    }
    return centre
  }()

  private static func hours(_ figures: [String: Int64]) -> [AllocationID: GPUTime] {
    Dictionary(uniqueKeysWithValues: figures.map { (id($0.key), .hours($0.value)) })
  }

  private static func facts(asOf: Instant? = nil, late: Set<AllocationID> = []) -> ProjectsFacts {
    let access = AccessTimeFacts(
      system: "polder", period: november, asOf: asOf ?? november.upperBound, centre: centre,
      delivered: hours(["milk-1": 30, "milk-2": 5, "seals-1": -1]),
      used: hours(["milk-1": 50, "milk-2": 5, "seals-1": 9, "seals-0": 100]),
      granted: hours(["milk-1": 100, "milk-2": 100, "seals-1": 100, "seals-0": 100]),
      bookedLate: late, months: MonthStanding.all(of: november, closings: [:]), nodeChanges: [])
    let grant = Entry(
      id: EntryID("grant:milk-1:1"), kind: .grant, allocation: id("milk-1"), amount: .hours(100),
      effective: at("2026-10-01"), recorded: at("2026-09-30"))
    return ProjectsFacts(
      access: access, described: centre,
      figures: [
        id("milk-1"): .init(refunded: .hours(2), jobs: 12, acts: [grant]),
        id("seals-1"): .init(refunded: GPUTime(milliseconds: 1), jobs: 1),
      ])
  }

  private let report = ProjectsReport(facts()).report

  private func cell(_ allocation: String, _ column: String, share: String? = nil) throws -> String {
    let place = try #require(report.columns.firstIndex(of: column), "no column \(column)")
    let row = try #require(
      report.rows.first { $0[4] == allocation && (share == nil || $0[2] == share) })
    return row[place]
  }

  @Test("each allocation that counts has a row under its share; then its sum, and at last all")
  func rows() {
    #expect(
      report.rows.map { Array($0[2...4]) } == [
        ["European Union", "milk", "milk-1"], ["European Union", "all", "all"],
        ["Dutch state", "milk", "milk-2"], ["Dutch state", "seals", "seals-1"],
        ["Dutch state", "all", "all"], ["all", "all", "all"],
      ])
    for row in report.rows { #expect(row.count == report.columns.count) }
    let late = ProjectsReport(Self.facts(late: [Self.id("seals-0")])).report
    #expect(late.rows.contains { $0[4] == "seals-0" }, "what is booked late is in it")
    let early = ProjectsReport(Self.facts(asOf: Self.at("2026-11-05"))).report
    #expect(!early.rows.contains { $0[4] == "milk-2" }, "its window has not begun")
  }

  @Test("figures are exact and sums are of them, those of access time among them")
  func figures() throws {
    #expect(try cell("milk-1", "used %") == "50.00")
    // 61 of 61 days are over.
    #expect(try cell("milk-1", "expected %") == "100.00")
    #expect(try cell("seals-1", "refunded GPU-h") == "0.0000")
    #expect(try cell("seals-1", "delivered GPU-h") == "-1.0000")
    #expect(try cell("all", "jobs", share: "all") == "13")
    #expect(try cell("all", "refunded GPU-h", share: "all") == "2.0000")
    let access = AccessTimeReport(Self.facts().access).report
    for row in report.rows where row[4] == "all" {
      let told = try #require(access.rows.first { $0[2] == row[2] && $0[3] == "all" })
      // Awarded, delivered, used % of the award.
      #expect([row[5], row[9], row[7]] == [told[5], told[6], told[7]], "\(row[2])")
    }
  }

  @Test("what is expected follows the pace up to the moment that the report is as of")
  func expected() throws {
    let report = ProjectsReport(Self.facts(asOf: Self.at("2026-10-16T06:00"))).report
    let row = try #require(report.rows.first { $0[4] == "milk-1" })
    // 15.25 of 61 days.
    #expect(row[8] == "25.00")
  }

  @Test("a final report is due three calendar months after the last day")
  func due() throws {
    #expect(try cell("milk-1", "end") == "2026-11-30")
    #expect(try cell("milk-1", "final report due") == "2027-02-28")
    #expect(try cell("milk-2", "start") == "2026-11-10")
    #expect(try cell("milk-2", "end") == "2026-11-30", "its window ends within that day")
    #expect(try cell("seals-1", "final report due") == "2027-11-30")
  }

  @Test("what is described stands with it, and what is not is left empty")
  func described() throws {
    let columns = ["JU id", "mode", "use", "title", "organisation", "type", "country", "sector"]
    #expect(
      try columns.map { try cell("milk-1", $0) } == [
        "EHPC-milk", "Playground", "commercial", "On milk", "dairy", "SME", "NL", "agriculture",
      ])
    #expect(
      try columns.map { try cell("seals-1", $0) } == [
        "EHPC-seals", "AI for Science", "other", "On seals", "gone", "", "", "",
      ])
  }

  @Test(
    "up to form 4 a closed month has window, mode, use and type of its closing, and titles of today"
  )
  func frozen() throws {
    let frozen = PeriodFacts(
      Self.november, form: .fourth, system: "polder", centre: Self.centre, nodeChanges: [])
    var now = Self.centre
    now.projects[Self.id("milk")] = Project(
      id: Self.id("milk"), reference: "EHPC-new", title: "New", organisation: Self.id("dairy"),
      commercial: false, members: [])
    now.organisations[Self.id("dairy")] = Organisation(
      id: Self.id("dairy"), name: "Dairy", type: .largeEnterprise, country: "BE", sector: "food")
    now.allocations[Self.id("milk-1")] = nil
    let open = Self.facts()
    let access = AccessTimeFacts(
      form: .fourth, system: "polder", period: Self.november, asOf: Self.november.upperBound,
      centre: frozen.centre, delivered: open.access.delivered, used: open.access.used,
      granted: open.access.granted, nodeChanges: [])
    let report = ProjectsReport(
      ProjectsFacts(access: access, described: now, figures: open.figures)
    ).report
    let row = try #require(report.rows.first { $0[4] == "milk-1" })
    #expect(
      Array(row[12...22]) == [
        "EHPC-new", "Playground", "commercial", "2026-10-01", "2026-11-30", "2027-02-28", "New",
        "dairy", "SME", "BE", "food",
      ])
    #expect(report.notes.last?.contains("titles, countries, sectors") == true)
  }

  @Test("since form 5 all that a closed month tells is of its closing")
  func frozenWhole() throws {
    let open = Self.facts()
    let bytes = PeriodFacts(
      Self.november, system: "polder", centre: Self.centre, nodeChanges: []
    ).bytes
    let frozen = try #require(PeriodFacts(bytes: bytes))
    let access = AccessTimeFacts(
      form: frozen.form, system: "polder", period: Self.november, asOf: Self.november.upperBound,
      centre: frozen.centre, delivered: open.access.delivered, used: open.access.used,
      granted: open.access.granted, months: open.access.months, nodeChanges: [])
    let facts = ProjectsFacts(access: access, described: frozen.centre, figures: open.figures)
    #expect(ProjectsReport(facts).report == ProjectsReport(open).report)
    #expect(report.notes.last?.hasPrefix("Months: nothing can change of a month") == true)
  }
}
