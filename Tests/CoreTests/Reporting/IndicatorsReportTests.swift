// Why: a funder judges by it whom the AI factory reached; who is counted twice, or in no quarter, is a
// false figure.
import Domain
import Reporting
import Testing

@Suite("indicators of the AI factory") struct IndicatorsReportTests {
  private static func at(_ day: String) -> Instant {
    guard let instant = Instant(day) else { preconditionFailure("\(day) is an instant") }
    return instant
  }

  /// Days of 24 hours, of which each second one is a working day.
  private static func report(_ facts: IndicatorsFacts) -> Report {
    IndicatorsReport(facts) { from, to in
      let days = Int((to.milliseconds - from.milliseconds) / 86_400_000)
      return .init(days: days, workingDays: days / 2)
    }.report
  }

  private static func cells(_ report: Report, _ sector: String, _ type: String) throws -> [String] {
    let row = try #require(report.rows.first { $0[2] == sector && $0[3] == type })
    // Organisations, new, returning, allocations begun; first jobs, medians, moved.
    return Array(row[4...7] + row[11...15])
  }

  @Test("who came, came back, began and moved on, by sector and type")
  func quarter() throws {
    let report = Self.report(Town.facts(Town.fourth, asOf: Town.fourth.upperBound))
    #expect(
      report.rows.map { Array($0[2...3]) } == [
        ["agriculture", "SME"], ["health care", "public administration"],
        ["health care", "university"], ["all", "all"],
      ])
    // Milk: on Playground since August, on Fast Lane since 15 October, where it began after four days.
    #expect(
      try Self.cells(report, "agriculture", "SME")
        == ["1", "0", "1", "1", "1", "4", "2", "1", "0"])
    // Seals: new, twice, and nothing run of one; a job on the second day of the other.
    #expect(
      try Self.cells(report, "health care", "public administration")
        == ["1", "1", "0", "2", "1", "1", "0", "0", "0"])
    // Uni: goes on. Its first job was long ago.
    #expect(
      try Self.cells(report, "health care", "university")
        == ["1", "0", "0", "0", "0", "", "", "0", "0"])
    #expect(try Self.cells(report, "all", "all") == ["3", "1", "1", "3", "2", "1", "0", "1", "0"])
    for row in report.rows { #expect(row.count == report.columns.count) }
  }

  @Test("in all it says what access time says, and rows sum to it")
  func sums() throws {
    let facts = Town.facts(Town.fourth, asOf: Town.fourth.upperBound)
    let report = Self.report(facts)
    let access = AccessTimeReport(facts.access).report
    let (told, total) = (try #require(access.rows.last), try #require(report.rows.last))
    #expect([total[8], total[10]] == [told[5], told[6]])
    #expect(report.rows.dropLast().map { $0[9] } == ["30.0000", "20.0000", "9.0000"])
    #expect(total[8...10] == ["400.0000", "59.0000", "8.0000"])
  }

  @Test("what has not begun by the moment that the report is as of does not count")
  func early() throws {
    let report = Self.report(Town.facts(Town.fourth, asOf: Self.at("2026-10-10")))
    #expect(
      try Self.cells(report, "agriculture", "SME")
        == ["1", "0", "0", "0", "0", "", "", "0", "0"])
    #expect(report.rows.last?[5] == "1")
  }

  @Test(
    "up to form 4 a closed month has type, mode and window of its closing, and sectors of today")
  func frozen() throws {
    let open = Town.facts(Town.fourth, asOf: Town.fourth.upperBound)
    let frozen = PeriodFacts(
      Town.fourth, form: .fourth, system: "polder", centre: Town.centre, nodeChanges: [])
    let access = AccessTimeFacts(
      form: .fourth, system: "polder", period: Town.fourth, asOf: Town.fourth.upperBound,
      centre: frozen.centre,
      delivered: open.access.delivered, used: open.access.used, granted: open.access.granted,
      nodeChanges: [])
    var now = Town.centre
    for (id, organisation) in now.organisations {
      now.organisations[id] = Organisation(
        id: id, name: "", type: .other, country: "BE", sector: "new \(organisation.sector)")
    }
    let report = Self.report(
      IndicatorsFacts(access: access, described: now, firstJobs: open.firstJobs))
    let before = Self.report(open)
    #expect(report.rows.map { Array($0[3...15]) } == before.rows.map { Array($0[3...15]) })
    #expect(report.rows.map { $0[2] }.dropLast() == before.rows.map { "new \($0[2])" }.dropLast())
  }

  @Test("quarters sum to the year, and rows to all, as counted one by one", arguments: 1...40)
  func additive(seed: Int) throws {
    let history = RandomHistory(seed: seed)
    // New, allocations begun, first jobs, and who moved: each in one quarter alone.
    let once = [5, 7, 11, 14, 15]
    var sums = once.map { _ in 0 }
    for quarter in history.quarters {
      let report = Self.report(history.facts(quarter))
      let total = try #require(report.rows.last)
      for (place, column) in once.enumerated() { sums[place] += Int(total[column]) ?? -1 }
      for column in [4, 5, 6, 7, 11, 14, 15] {
        let rows = report.rows.dropLast().reduce(0) { $0 + (Int($1[column]) ?? -1) }
        #expect(rows == Int(total[column]), "seed \(seed), \(report.columns[column])")
      }
      #expect(Int(total[5]) == history.new(in: quarter), "seed \(seed)")
      #expect(Int(total[6]) == history.returning(in: quarter), "seed \(seed)")
      #expect(Int(total[14]) == history.moved(from: [0], to: 1, in: quarter), "seed \(seed)")
      #expect(Int(total[15]) == history.moved(from: [0, 1], to: 2, in: quarter), "seed \(seed)")
    }
    let year = try #require(Self.report(history.facts(history.year)).rows.last)
    #expect(once.map { Int(year[$0]) } == sums, "seed \(seed)")
  }
}

/// Three organisations, worked by hand.
private enum Town {
  static let fourth = instant("2026-10-01")..<instant("2027-01-01")

  static func instant(_ day: String) -> Instant {
    guard let instant = Instant(day) else { preconditionFailure("\(day) is an instant") }
    return instant
  }

  static func allocation(_ id: String) -> AllocationID { SmallSite.name(id, AllocationID.self) }

  static let centre: Centre = {
    var centre = Centre()
    for (programme, mode) in [
      ("pg", "playground"), ("fl", "Fast Lane"), ("sc", "AI for Science"),
    ] {
      centre.add(programme: programme, mode: mode)
    }
    centre.add(organisation: "dairy", .sme, "agriculture", projects: ["milk"])
    centre.add(
      organisation: "pieterburen", .publicAdministration, "health care",
      projects: ["seals", "sea"])
    centre.add(organisation: "uni", .university, "health care", projects: ["long"])
    for (id, project, programme, from, until) in [
      ("milk-1", "milk", "pg", "2026-08-01", "2026-11-01"),
      ("milk-2", "milk", "fl", "2026-10-15", "2027-02-01"),
      ("seals-1", "seals", "pg", "2026-10-01", "2027-01-01"),
      ("sea-1", "sea", "pg", "2026-11-01", "2027-01-01"),
      ("long-1", "long", "sc", "2026-01-01", "2027-01-01"),
      ("long-2", "long", "sc", "2027-01-01", "2028-01-01"),
    ] {
      centre.add(
        allocation: id, of: project, programme, instant(from)..<instant(until))
    }
    return centre
  }()

  static func facts(_ period: Range<Instant>, asOf: Instant) -> IndicatorsFacts {
    func hours(_ figures: [String: Int64]) -> [AllocationID: GPUTime] {
      Dictionary(uniqueKeysWithValues: figures.map { (allocation($0.key), .hours($0.value)) })
    }
    let firstJobs = [
      allocation("milk-2"): instant("2026-10-19T08:00"),
      allocation("seals-1"): instant("2026-10-02T08:00"),
    ].filter { $0.value < asOf }
    return IndicatorsFacts(
      access: AccessTimeFacts(
        system: "polder", period: period, asOf: asOf, centre: centre,
        delivered: hours(["milk-1": 3, "seals-1": 5]),
        used: hours(["milk-1": 30, "seals-1": 20, "long-1": 9]),
        granted: hours(["milk-1": 50, "milk-2": 50, "seals-1": 100, "sea-1": 100, "long-1": 100]),
        nodeChanges: []),
      described: centre, firstJobs: firstJobs)
  }
}

/// Allocations of a year and the half before it, each of which counts in the quarter in which it begins.
private struct RandomHistory {
  let quarters: [Range<Instant>]
  let year: Range<Instant>
  private var centre = Centre()
  private var firstJobs: [AllocationID: Instant] = [:]
  /// Of each organisation, when its allocations began, and on which rung of the ladder.
  private var begins: [Int: [(at: Instant, rung: Int)]] = [:]

  init(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    let bounds = ["2026-01-01", "2026-04-01", "2026-07-01", "2026-10-01", "2027-01-01"]
      .map(Town.instant)
    quarters = zip(bounds, bounds.dropFirst()).map { $0..<$1 }
    year = bounds[0]..<bounds[4]
    for (rung, mode) in (IndicatorsReport.ladder + ["Other"]).enumerated() {
      centre.add(programme: "p\(rung)", mode: mode)
    }
    let types = OrganisationType.allCases
    for number in 0...7 {
      centre.add(
        organisation: "o\(number)", types[random.pick(0...2)], "sector \(random.pick(0...1))",
        projects: ["o\(number)-a", "o\(number)-b"])
    }
    for number in 1...random.pick(1...25) {
      let owner = random.pick(0...7)
      let rung = random.pick(0...3)
      let begin = year.lowerBound + .hours(Int64(random.pick(-4000...8700)))
      let end = begin + .hours(Int64(random.pick(1...4000)))
      centre.add(
        allocation: "a\(number)", of: "o\(owner)-\(random.oneIn(2) ? "a" : "b")", "p\(rung)",
        begin..<end)
      begins[owner, default: []].append((at: begin, rung: rung))
      if random.oneIn(2), end < year.upperBound {
        firstJobs[Town.allocation("a\(number)")] = end + .minutes(-1)
      }
    }
  }

  func facts(_ period: Range<Instant>) -> IndicatorsFacts {
    IndicatorsFacts(
      access: AccessTimeFacts(
        system: "polder", period: period, asOf: period.upperBound, centre: centre, delivered: [:],
        used: [:], granted: [:], nodeChanges: []),
      described: centre, firstJobs: firstJobs.filter { period.contains($0.value) })
  }

  func new(in period: Range<Instant>) -> Int {
    begins.values.count { begins in
      begins.contains { period.contains($0.at) }
        && !begins.contains { $0.at < period.lowerBound }
    }
  }

  func returning(in period: Range<Instant>) -> Int {
    begins.values.count { begins in
      begins.contains { period.contains($0.at) }
        && begins.contains { $0.at < period.lowerBound }
    }
  }

  func moved(from smaller: Set<Int>, to rung: Int, in period: Range<Instant>) -> Int {
    begins.values.count { begins in
      let own = begins.filter { $0.rung == rung && $0.at < period.upperBound }
      return begins.contains { one in
        smaller.contains(one.rung) && own.allSatisfy { one.at < $0.at }
      } && !own.isEmpty && own.allSatisfy { $0.at >= period.lowerBound }
    }
  }
}

extension Centre {
  fileprivate mutating func add(programme id: String, mode: String) {
    let id = SmallSite.name(id, ProgrammeID.self)
    programmes[id] = Programme(
      id: id, name: mode, funder: SmallSite.name("eu", FunderID.self), mode: mode,
      amount: .zero...GPUTime.hours(10_000), maximumMonths: 12, demand: .open,
      accessWorkingDays: 2)
  }

  fileprivate mutating func add(
    organisation id: String, _ type: OrganisationType, _ sector: String, projects ids: [String]
  ) {
    let id = SmallSite.name(id, OrganisationID.self)
    organisations[id] = Organisation(
      id: id, name: "", type: type, country: "NL", sector: sector)
    for project in ids {
      let project = SmallSite.name(project, ProjectID.self)
      projects[project] = Project(
        id: project, reference: "", title: "", organisation: id, commercial: false, members: [])
    }
  }

  fileprivate mutating func add(
    allocation id: String, of project: String, _ programme: String, _ window: Range<Instant>
  ) {
    let id = SmallSite.name(id, AllocationID.self)
    allocations[id] = Allocation(
      id: id, project: SmallSite.name(project, ProjectID.self),
      programme: SmallSite.name(programme, ProgrammeID.self), granted: .zero, window: window,
      opening: .zero)
  }
}
