import Domain
import Ledger
import Reporting
import Testing

/// The text of journals. That bookkeeping programs agree with it is tested with the programs.
@Suite("journals")
struct JournalTests {
  private let centre: Centre
  private let books: Books

  init() throws {
    let programme = Programme(
      id: try #require(ProgrammeID("play")), name: "", funder: try #require(FunderID("eu")),
      mode: "", amount: .hours(1)...GPUTime.hours(9), maximumMonths: 3, demand: .open,
      accessWorkingDays: 2)
    let project = try #require(ProjectID("acme"))
    let allocation = try #require(AllocationID("acme_1"))
    let start = try #require(Instant("2026-03-30"))
    var centre = Centre()
    centre.programmes[programme.id] = programme
    centre.allocations[allocation] = Allocation(
      id: allocation, project: project, programme: programme.id, granted: .hours(2),
      window: start..<(start + Seconds.hours(2400)), opening: .zero)
    self.centre = centre
    let run = RunID(task: TaskID(job: JobID(number: 7), index: nil), attempt: 1)
    var books = Books()
    _ = books.post(
      .grant(EntryID("grant \"1\""), allocation, .hours(2), effective: start), now: start)
    _ = books.post(
      .hold(run, allocation, .hours(1), effective: start + Seconds.hours(30)), now: start)
    _ = books.post(
      .settle(
        run, used: .hours(1), over: (start + Seconds.hours(30))..<(start + Seconds.hours(54))),
      now: Instant(milliseconds: start.milliseconds + 7))
    self.books = books
  }

  @Test("what is booked within a second stands in the order of posting: a release after its hold")
  func withinASecond() throws {
    let allocation = try #require(AllocationID("acme_1"))
    let run = RunID(task: TaskID(job: JobID(number: 8), index: nil), attempt: 1)
    let second = try #require(Instant("2026-04-02"))
    // Held by the store's clock; begun and ended by Slurm's, which tells whole seconds: nothing is
    // released before it was held.
    let held = Instant(milliseconds: second.milliseconds + 700)
    var books = books
    _ = books.post(.hold(run, allocation, .hours(1), effective: held), now: held)
    _ = books.post(.settle(run, used: .zero, over: second..<second), now: held + Seconds(1))
    let text = Journal(.hledger, of: "project acme", books.entries, centre: centre).text
    let places = ["hold:P8.1", "release:P8.1"].map { text.firstRange(of: $0)?.lowerBound }
    #expect(try #require(places[0]) < #require(places[1]))
    let late = Journal(.hledger, of: "acme", books.entries, centre: centre, from: held).text
    #expect(late.contains("hold:P8.1") && late.contains("release:P8.1"))
  }

  @Test("an entry is a transaction with its id, its run and both of its times")
  func entries() {
    let text = Journal(.hledger, of: "project acme", books.entries, centre: centre).text
    let place = "Funder-eu:Programme-play:Project-acme:Allocation-acme-x5f-1"
    #expect(
      text.contains(
        """

        2026-03-30 * (grant%20%221%22) grant
          ; effective: 2026-03-30T00:00:00.000Z
          ; recorded: 2026-03-30T00:00:00.000Z
          Assets:\(place):Available  7200000 GPUMS
          Equity:\(place):Funding  -7200000 GPUMS

        """))
    #expect(
      text.contains(
        """

        2026-03-31 * (charge:P7.1) charge
          ; run: P7.1
          ; part: 0
          ; effective: 2026-03-31T23:59:59.999Z
          ; recorded: 2026-03-30T00:00:00.007Z
          Expenses:\(place):Charged  2700000 GPUMS
          Assets:\(place):Held  -2700000 GPUMS

        2026-03-31 * balances

        """.dropLast()))
  }

  @Test("what must stand in each account is said at the end of a month, and at the end")
  func assertions() {
    let place = "Funder-eu:Programme-play:Project-acme:Allocation-acme-x5f-1"
    let ledger = Journal(.ledger, of: "project acme", books.entries, centre: centre).text
    #expect(ledger.contains("  Assets:\(place):Held  0 GPUMS = 900000 GPUMS\n"))
    #expect(ledger.contains("  Assets:\(place):Held  0 GPUMS = 0 GPUMS\n"))
    let beancount = Journal(.beancount, of: "project acme", books.entries, centre: centre).text
    #expect(beancount.contains("2026-04-01 balance Assets:\(place):Held 900000 GPUMS\n"))
    #expect(beancount.contains("2026-04-02 balance Expenses:\(place):Charged 3600000 GPUMS\n"))
    #expect(beancount.contains("  id: \"grant%20%221%22\"\n"))
  }

  @Test("a period begins with what was brought forward, and ends with its last day")
  func period() throws {
    let april = try #require(AccountingPeriod(year: 2026, month: 4))
    let place = "Funder-eu:Programme-play:Project-acme:Allocation-acme-x5f-1"
    let text = Journal(
      .ledger, of: "project acme", books.entries, centre: centre, from: april.start, to: april.end
    ).text
    #expect(
      text.contains(
        """

        2026-04-01 * brought forward
          ; allocation: acme_1
          Equity:\(place):Funding  -7200000 GPUMS
          Assets:\(place):Available  3600000 GPUMS
          Assets:\(place):Held  900000 GPUMS
          Expenses:\(place):Charged  2700000 GPUMS

        """))
    #expect(!text.contains("\n2026-03-"))
    #expect(text.contains("\n2026-04-30 * balances\n"))
  }

  @Test("the text is the same for equal books, and its pieces are the text")
  func determinism() {
    let journal = Journal(.beancount, of: "project acme", books.entries, centre: centre)
    var pieces: [String] = []
    journal.write { pieces.append($0) }
    #expect(pieces.joined() == journal.text)
    #expect(pieces.count > books.entries.count)
  }

  @Test(
    "a name leads back to its id, whatever the id looks like",
    arguments: 1...200 as ClosedRange<UInt64>)
  func names(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let characters = Array("a-x.2_eX5")
    for length in 1...20 {
      let id = String((0..<length).map { _ in characters[random.pick(0...characters.count - 1)] })
      let part = JournalAccount.escaped(id)
      #expect(JournalAccount.unescaped(part) == id, "seed \(seed)")
      #expect(part.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" }, "seed \(seed)")
    }
  }
}
