import Domain
import Reporting
import Testing

/// A month of the example machine's funders, small enough to be worked by hand.
///
/// November 2026 has 720 hours. Two nodes of four GPUs: 8 × 720 = 5,760 GPU-h of capacity. gn02 was
/// down for ten hours: 4 × 10 = 40 GPU-h. Available: 5,720 GPU-h. Delivered: 400 + 350 + 250 = 1,000.
@Suite("access time by share")
struct AccessTimeReportTests {
  private static let november = at("2026-11-01")..<at("2026-12-01")

  private let report = AccessTimeReport(facts()).report

  /// One cell, by share, mode and column.
  private func cell(_ share: String, _ mode: String, _ column: String) throws -> String {
    let position = try #require(report.columns.firstIndex(of: column), "no column \(column)")
    let row = try #require(
      report.rows.first { $0[2] == share && $0[3] == mode }, "no row \(share) \(mode)")
    return row[position]
  }

  @Test("each funder is held against its entitlement of all that was delivered")
  func shares() throws {
    let expected = [
      ("European Union", "400.0000", "35.00", "40.00", "5.00"),
      ("Dutch state", "350.0000", "35.00", "35.00", "0.00"),
      ("Region", "250.0000", "30.00", "25.00", "-5.00"),
    ]
    for (share, delivered, entitlement, actual, deviation) in expected {
      #expect(try cell(share, "all", "delivered GPU-h") == delivered)
      #expect(try cell(share, "all", "entitlement %") == entitlement)
      #expect(try cell(share, "all", "actual %") == actual)
      #expect(try cell(share, "all", "deviation points") == deviation)
    }
    #expect(try cell("all", "all", "delivered GPU-h") == "1000.0000")
    #expect(try cell("all", "all", "entitlement %") == "100.00")
    #expect(try cell("all", "all", "actual %") == "100.00")
  }

  @Test("capacity counts every GPU in service, and downtime is told apart from it")
  func capacity() throws {
    #expect(try cell("all", "all", "capacity GPU-h") == "5760.0000")
    #expect(try cell("all", "all", "downtime GPU-h") == "40.0000")
    #expect(try cell("all", "all", "available GPU-h") == "5720.0000")
  }

  @Test("capacity counts GPUs as they are charged: by what they weighed at the time")
  func weighed() throws {
    // gn01 has 28 slices of 0.143, from 11 November on of 0.25; gn02 four whole GPUs.
    let slices = [("2026-11-01", 4004), ("2026-11-11", 7000)].map { day, weight in
      AccessTimeFacts.NodeChange(
        node: SmallSite.nodes[0], at: Self.at(day), up: true, gpus: 28,
        weight: Weight(thousandths: Int64(weight)))
    }
    let report = AccessTimeReport(Self.facts(nodes: slices + Self.changes.dropFirst())).report
    let total = try #require(report.rows.last)
    // 240 h of 4.004, 480 h of 7, 720 h of 4.
    #expect(total[8...10] == ["7200.9600", "40.0000", "7160.9600"])
  }

  @Test("commercial use is held against the cap on the funder's share of available capacity")
  func commercialCap() throws {
    // 20 % of 35 % of 5,720 GPU-h is 400.4 GPU-h, of which 100 is 24.975 %.
    #expect(try cell("European Union", "all", "commercial GPU-h") == "100.0000")
    #expect(try cell("European Union", "all", "% of commercial cap") == "24.98")
    #expect(try cell("Dutch state", "all", "% of commercial cap") == "", "it has no cap")
  }

  @Test("use taken over counts as used of the award and not as delivered in the period")
  func takenOver() throws {
    #expect(try cell("European Union", "Playground", "awarded GPU-h") == "2000.0000")
    #expect(try cell("European Union", "Playground", "delivered GPU-h") == "400.0000")
    #expect(try cell("European Union", "Playground", "used % of award") == "25.00")
    #expect(try cell("European Union", "Playground", "active projects") == "2")
  }

  @Test("a programme without an allocation in the period has no row; each row fills the columns")
  func rows() {
    let modes = report.rows.map { $0[3] }
    #expect(
      modes == [
        "AI for Science", "all", "Fast Lane", "all", "Playground", "all", "all",
      ])
    #expect(report.rows.map { $0[2] }.first == "Dutch state", "funders stand by id")
    for row in report.rows { #expect(row.count == report.columns.count) }
    #expect(report.rows.allSatisfy { $0[0] == "2026-11-01/2026-11-30" })
  }

  @Test("the same facts give the same bytes")
  func canonical() {
    #expect(AccessTimeReport(Self.facts()).report.csv == report.csv)
  }

  @Test("a late refund is in the report of its period, though the window is over")
  func late() throws {
    let month = Self.at("2099-01-01")..<Self.at("2099-02-01")
    let quiet = AccessTimeReport(Self.facts(period: month, delivered: [:])).report
    #expect(!quiet.rows.contains { $0[3] == "Playground" })
    let report = AccessTimeReport(Self.facts(period: month, delivered: ["pg-1": -10])).report
    let row = try #require(report.rows.first { $0[3] == "Playground" })
    #expect(row[5] == "1000.0000" && row[6] == "-10.0000")
    #expect(report.rows.last?[6] == "-10.0000")
  }

  @Test("a late award is in the report of its period, though the window is over and it is unused")
  func lateAward() throws {
    let month = Self.at("2099-01-01")..<Self.at("2099-02-01")
    let report = AccessTimeReport(
      Self.facts(period: month, delivered: [:], bookedLate: ["pg-1"])
    ).report
    let row = try #require(report.rows.first { $0[3] == "Playground" })
    #expect(row[4...7] == ["1", "1000.0000", "0.0000", "40.00"])
    #expect(report.rows.last?[5] == "1000.0000", "and no other one is")
  }

  @Test("a month that was closed under the first form has its rules and its words for ever")
  func firstForm() {
    let month = Self.at("2099-01-01")..<Self.at("2099-02-01")
    let late = ["pg-1"]
    let first = AccessTimeReport(
      Self.facts(form: .first, period: month, delivered: [:], bookedLate: late)
    ).report
    #expect(!first.rows.contains { $0[3] == "Playground" })
    #expect(
      first.notes == [
        "As of 2099-02-01T00:00:00Z. Times are UTC, the period includes both days. 1 GPU-h = one "
          + "GPU-equivalent for one hour; figures are rounded once, at print.",
        "Awarded: grants less withdrawals, and transfers in less those out, of allocations whose "
          + "window meets the period, or that were charged or refunded in it.",
        "Delivered: charges and debits less refunds and credits, of runs that ended in the period, "
          + "from the ledger. Use taken over from an earlier accounting is in 'used', not in "
          + "'delivered'.",
        "Capacity: GPUs of nodes in service × time since each node was first recorded; downtime: "
          + "the part of it that nodes were down; available = capacity − downtime.",
        "Entitlement: the funder's dated share. Actual: its part of all delivered GPU-h. "
          + "Deviation = actual − entitlement, in percentage points.",
        "Commercial cap: the funder's cap × its entitlement × available capacity.",
      ])
    let second = AccessTimeReport(
      Self.facts(form: .second, period: month, delivered: [:], bookedLate: late)
    ).report
    #expect(second.rows.contains { $0[3] == "Playground" })
    #expect(second.notes != first.notes && second.notes.count == first.notes.count)
    #expect(second.notes[1].hasSuffix("charged, refunded, awarded late or corrected in it."))
    #expect(second.notes[3].contains("in the rate card then in force"))
    #expect(!second.columns.contains("months"))
    #expect(ReportForm.current == .fifth)
  }

  @Test("from the fourth form on it says of which capacity the commercial cap is a part")
  func partOfCapacity() throws {
    let month = Self.at("2099-01-01")..<Self.at("2099-02-01")
    func notes(_ form: ReportForm) -> [String] {
      AccessTimeReport(Self.facts(form: form, period: month, delivered: [:], bookedLate: [])).report
        .notes
    }
    let (third, fourth) = (notes(.third), notes(.fourth))
    #expect(
      third.contains("Commercial cap: the funder's cap × its entitlement × available capacity."))
    #expect(zip(third, fourth).filter { $0 != $1 }.count == 1 && third.count == fourth.count)
    let note = try #require(fourth.first { $0.hasPrefix("% of commercial cap: ") })
    #expect(note.contains("available capacity, of the period so far"))
    #expect(note.contains("planned capacity of its whole period"))
  }

  @Test("a report says of each of its months whether it is closed, when, and under which form")
  func months() throws {
    let period = Self.at("2026-10-15")..<Self.at("2026-12-01")
    let october = try #require(AccountingPeriod(year: 2026, month: 10))
    let closing = MonthStanding.Closing(closed: Self.at("2026-11-03T10:00Z"), form: .second)
    let months = MonthStanding.all(of: period, closings: [october: closing])
    let facts = AccessTimeFacts(
      system: "polder", period: period, asOf: Self.at("2026-11-20"), centre: Self.centre,
      delivered: [:], used: [:], granted: [:], months: months, nodeChanges: [])
    let report = AccessTimeReport(facts).report
    #expect(report.columns.suffix(2) == ["months", "as of"])
    for row in report.rows {
      #expect(
        row.suffix(2) == [
          "2026-10 closed 2026-11-03T10:00:00Z form 2; 2026-11 open", "2026-11-20T00:00:00Z",
        ])
    }
    #expect(report.months == months)
  }

  @Test("what a report counts is defined in its notes")
  func definitions() {
    for word in ["Active projects:", "Used % of award:", "Commercial GPU-h:", "Months:"] {
      #expect(report.notes.contains { $0.hasPrefix(word) }, "\(word)")
    }
  }

  @Test("a period without any use says nothing of parts of nothing")
  func nothingDelivered() {
    let facts = Self.facts(delivered: [:], used: [:], granted: [:])
    let total = AccessTimeReport(facts).report.rows.last
    #expect(total?[6] == "0.0000")
    #expect(total?[12] == "")
  }

  @Test("ten years of forty thousand GPUs stay inside the numbers")
  func largest() throws {
    let years = Self.at("2026-01-01")..<Self.at("2036-01-01")
    let machine = AccessTimeFacts.NodeChange(
      node: SmallSite.nodes[0], at: years.lowerBound, up: true, gpus: 40_000)
    let report = AccessTimeReport(Self.facts(period: years, nodes: [machine])).report
    let union = try #require(report.rows.first { $0[2] == "European Union" && $0[3] == "all" })
    // 3,652 days × 24 h × 40,000 GPUs × 35 % × 20 %: 100 GPU-h of it round to nothing.
    #expect(union[15] == "0.00")
    #expect(report.rows.last?[8] == "3505920000.0000")
  }

  // MARK: The facts

  private static func at(_ day: String) -> Instant {
    guard let instant = Instant(day) else { preconditionFailure("\(day) is an instant") }
    return instant
  }

  private static func facts(
    form: ReportForm = .current, period: Range<Instant> = november,
    nodes: [AccessTimeFacts.NodeChange] = changes,
    delivered: [String: Int64] = ["pg-1": 300, "pg-2": 100, "sc-1": 350, "fl-1": 250],
    used: [String: Int64] = ["pg-1": 400, "pg-2": 100, "sc-1": 350, "fl-1": 250],
    granted: [String: Int64] = ["pg-1": 1000, "pg-2": 1000, "sc-1": 5000, "fl-1": 3000],
    bookedLate: [String] = []
  ) -> AccessTimeFacts {
    AccessTimeFacts(
      form: form, system: "polder", period: period, asOf: period.upperBound, centre: centre,
      delivered: hours(delivered), used: hours(used), granted: hours(granted),
      bookedLate: Set(bookedLate.map { SmallSite.name($0, AllocationID.self) }),
      nodeChanges: nodes)
  }

  private static func hours(_ figures: [String: Int64]) -> [AllocationID: GPUTime] {
    Dictionary(
      uniqueKeysWithValues: figures.map {
        (SmallSite.name($0.key, AllocationID.self), .hours($0.value))
      })
  }

  private static let changes: [AccessTimeFacts.NodeChange] = [
    change(0, "2026-11-01", up: true), change(1, "2026-11-01", up: true),
    change(1, "2026-11-10", up: false), change(1, "2026-11-10T10:00", up: true),
  ]

  private static func change(
    _ node: Int, _ at: String, up: Bool
  ) -> AccessTimeFacts.NodeChange {
    AccessTimeFacts.NodeChange(node: SmallSite.nodes[node], at: Self.at(at), up: up, gpus: 4)
  }

  private static var centre: Centre {
    var centre = Centre()
    add(funder: "union", "European Union", basisPoints: 3500, cap: 2000, to: &centre)
    add(funder: "nl", "Dutch state", basisPoints: 3500, cap: nil, to: &centre)
    add(funder: "region", "Region", basisPoints: 3000, cap: nil, to: &centre)
    add(programme: "pg", "Playground", of: "union", to: &centre)
    add(programme: "empty", "Extreme", of: "union", to: &centre)
    add(programme: "sc", "AI for Science", of: "nl", to: &centre)
    add(programme: "fl", "Fast Lane", of: "region", to: &centre)
    for (project, commercial) in [("seals", false), ("acme", true), ("flood", false)] {
      let id = SmallSite.name(project, ProjectID.self)
      centre.projects[id] = Project(
        id: id, reference: project, title: project,
        organisation: SmallSite.name("uni", OrganisationID.self), commercial: commercial,
        members: [])
    }
    add(allocation: "pg-1", of: "seals", "pg", to: &centre)
    add(allocation: "pg-2", of: "acme", "pg", to: &centre)
    add(allocation: "sc-1", of: "flood", "sc", to: &centre)
    add(allocation: "fl-1", of: "flood", "fl", to: &centre)
    return centre
  }

  private static func add(
    funder id: String, _ name: String, basisPoints: Int, cap: Int?, to centre: inout Centre
  ) {
    let id = SmallSite.name(id, FunderID.self)
    centre.funders[id] = Funder(
      id: id, name: name, contributions: [],
      shares: [Funder.Share(from: CivilDate(at("2026-01-01")), basisPoints: basisPoints)],
      commercialCapBasisPoints: cap)
  }

  private static func add(
    programme id: String, _ mode: String, of funder: String, to centre: inout Centre
  ) {
    let id = SmallSite.name(id, ProgrammeID.self)
    centre.programmes[id] = Programme(
      id: id, name: mode, funder: SmallSite.name(funder, FunderID.self), mode: mode,
      amount: .zero...GPUTime.hours(10_000), maximumMonths: 12, demand: .open,
      accessWorkingDays: 2)
  }

  private static func add(
    allocation id: String, of project: String, _ programme: String, to centre: inout Centre
  ) {
    let id = SmallSite.name(id, AllocationID.self)
    centre.allocations[id] = Allocation(
      id: id, project: SmallSite.name(project, ProjectID.self),
      programme: SmallSite.name(programme, ProgrammeID.self), granted: .hours(1000),
      window: at("2026-10-01")..<at("2027-01-01"), opening: .zero)
  }
}
