import Domain
import Ledger
import Manifests
import Services
import Testing
import Wire

/// The centre of `config/example`, read from its files and applied to nothing.
@Suite struct ExampleCentreTests {
  let now: Instant
  let plan: ApplyPlan

  init() throws {
    now = try #require(Instant("2026-11-23T21:17:41Z"))
    plan = try ExampleCentre.plan(on: now)
  }

  @Test("nothing stands against the example, and all of it is new")
  func applies() {
    #expect(plan.refusals == [])
    #expect(plan.changes.count == 3 + 10 + 4 + 2 + 6 + 10 + 8 + 8 + 2 + 1 + 2 + 1)
    #expect(plan.changes.allSatisfy { $0.action == "create" })
    #expect(plan.unchanged == 0)
    #expect(plan.notDescribed == [])
  }

  @Test("the example keeps every promise on any day of the year")
  func anyDay() throws {
    let first = try #require(CivilDate("2027-12-30"))
    // Where months of different lengths meet, over a leap year.
    let days = (0..<430).map { first.advanced(days: $0) }.filter { $0.day == 1 || $0.day >= 28 }
    for day in days {
      let plan = try ExampleCentre.plan(on: day.start)
      try #require(plan.refusals == [])
    }
  }

  @Test("the books take the postings, and show one project nearly exhausted")
  func books() throws {
    var books = Books()
    for posting in plan.postings {
      guard case .posted = books.post(posting, now: now) else {
        Issue.record("\(posting) was not posted")
        continue
      }
    }
    #expect(books.verify())
    let seals = try #require(AllocationID("seals-1"))
    let flood = try #require(AllocationID("flood-1"))
    #expect(books.balances[seals]?.available.description == "0.0500 GPU-h")
    #expect(books.balances[flood]?.used.description == "6300.5000 GPU-h")
  }

  @Test("windows show one that expires soon and one that has expired")
  func windows() throws {
    let traffic = try #require(AllocationID("traffic-1"))
    let weather = try #require(AllocationID("weather-1"))
    #expect(plan.next.allocations[traffic]?.window.upperBound == Instant("2026-11-26"))
    #expect(plan.next.allocations[weather]?.window.upperBound == Instant("2026-10-01"))
    let soon = try ExampleCentre.plan(on: now, soon: "2026-11-23T21:27:41Z")
    #expect(
      soon.next.allocations[traffic]?.window.upperBound == Instant("2026-11-23T21:27:41Z"))
  }

  @Test("applying it again plans nothing")
  func again() throws {
    let context = ApplyContext(
      now: now, centre: plan.next, balances: [:], grantEntries: [:], busyProjects: [],
      busyNodes: [])
    let again = ApplyPlanner.plan(described: try ExampleCentre.objects(on: now), context: context)
    #expect(again.changes == [])
    #expect(again.postings == [])
    #expect(again.refusals == [])
    #expect(again.unchanged == plan.changes.count)
    #expect(again.next == plan.next)
  }

  @Test("applied again after midnight, it moves the windows that are open")
  func nextDay() throws {
    let tomorrow = try #require(Instant("2026-11-24T00:00:03Z"))
    let again = try planned(again: tomorrow, by: ExampleCentre.objects(on: tomorrow))
    #expect(again.refusals == [])
    #expect(again.changes.map(\.action) == Array(repeating: "update", count: 7))
  }

  @Test("as of the day of its first application it is the same on any later day")
  func laterDay() throws {
    let later = try #require(Instant("2026-12-24"))
    let again = try planned(again: later, by: ExampleCentre.objects(on: later, today: "2026-11-23"))
    #expect(again.refusals == [])
    #expect(again.changes == [])
  }

  private func planned(again now: Instant, by objects: [DescribedObject]) throws -> ApplyPlan {
    ApplyPlanner.plan(described: objects, context: .empty(now: now, centre: plan.next))
  }

  @Test("one member is in two projects, and each has a principal investigator")
  func members() throws {
    let anouk = try #require(plan.next.member(account: "anouk"))
    #expect(plan.next.projects(of: anouk.id).map(\.id.text) == ["longscan", "seals"])
    #expect(plan.next.partitions.values.allSatisfy { $0.nodes.count == 4 })
    #expect(plan.next.partitions.values.allSatisfy { $0.rateCards.map(\.version) == [1] })
  }
}

/// The files of the example as they stand in the repository.
enum ExampleCentre {
  static func objects(
    on now: Instant, soon: String? = nil, today: String? = nil
  ) throws -> [DescribedObject] {
    let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    let variables = ["soon": soon, "today": today].compactMapValues { $0 }
    let reader = ManifestReader(variables: variables, today: CivilDate(now))
    return try reader.read(paths: ["/\(root)/config/example"]).get()
  }

  static func plan(on now: Instant, soon: String? = nil) throws -> ApplyPlan {
    ApplyPlanner.plan(
      described: try objects(on: now, soon: soon), context: .empty(now: now))
  }
}

extension ApplyContext {
  /// A centre of which nothing was said yet.
  static func empty(now: Instant, centre: Centre = Centre()) -> ApplyContext {
    ApplyContext(
      now: now, centre: centre, balances: [:], grantEntries: [:], busyProjects: [],
      busyNodes: [])
  }
}
