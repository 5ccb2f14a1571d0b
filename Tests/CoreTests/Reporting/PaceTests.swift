import Domain
import Ledger
import Reporting
import Testing

/// Expected use, forecasts and under-use, on a window of 100 days and a grant of 1000 GPU-h: 10 a
/// day on a straight line.
@Suite("pace")
struct PaceTests {
  private let allocation: AllocationID
  private let window: Range<Instant>

  init() throws {
    allocation = try #require(AllocationID("acme"))
    let start = try #require(Instant("2026-01-01"))
    window = start..<(start + Seconds(100 * 86_400))
  }

  private func day(_ number: Int64) -> Instant { window.lowerBound + Seconds(number * 86_400) }

  private func entry(_ kind: EntryKind, _ hours: Int64, day number: Int64) -> Entry {
    Entry(
      id: EntryID("\(kind):\(number)"), kind: kind, allocation: allocation, amount: .hours(hours),
      effective: day(number), recorded: day(number))
  }

  private func pace(
    _ entries: [Entry], day number: Int64, curve: PaceCurve = .linear,
    rule: UnderUseRule = .standard
  ) -> Pace {
    Pace(
      [entry(.grant, 1000, day: -5)] + entries, window: window, curve: curve, rule: rule,
      asOf: day(number))
  }

  @Test(
    "as much of the grant is expected as of the window is over",
    arguments: [(-5, 0), (0, 0), (1, 10), (50, 500), (99, 990), (100, 1000), (130, 1000)]
      as [(Int64, Int64)])
  func linear(number: Int64, hours: Int64) {
    #expect(pace([], day: number).expected == .hours(hours))
  }

  @Test(
    "what comes is expected over the rest of the window, what goes as if it had never been there")
  func during() {
    let came = [entry(.transferIn, 500, day: 50), entry(.withdrawal, 100, day: 75)]
    // 1000 × 80/100 + 400 × 30/50: what came last goes first.
    #expect(pace(came, day: 80).expected == .hours(800 + 240))
    #expect(pace(came, day: 100).expected == .hours(1400))
    #expect(pace(came, day: 80).awarded == .hours(1400))
  }

  @Test(
    "what comes and goes at once changes nothing: a grant raised by mistake, a transfer sent back")
  func cameAndWent() {
    for (come, go) in [(.grant, .withdrawal), (.transferIn, .transferOut)]
      as [(EntryKind, EntryKind)]
    {
      let mistake = [entry(come, 700, day: 40), entry(go, 700, day: 40)]
      for number in [39, 41, 70, 100] as [Int64] {
        #expect(
          pace(mistake, day: number).expected == .hours(number * 10), "\(come), day \(number)")
      }
    }
    // Brought forward: granted once more from day 20 on, and withdrawn where it was to begin.
    let grants = [
      entry(.grant, 500, day: 60), entry(.grant, 500, day: 20), entry(.withdrawal, 500, day: 60),
    ]
    #expect(pace(grants, day: 60).expected == .hours(600 + 250))
    #expect(pace(grants, day: 80).expected == .hours(800 + 375))
  }

  @Test("what goes and comes back at once changes nothing, and nothing makes less than nothing due")
  func thereAndBack() {
    let short = [entry(.transferOut, 400, day: 50), entry(.transferIn, 400, day: 50)]
    #expect(pace(short, day: 60).expected == .hours(600))
    // 600 × 80/100, and of 400 first a half, then a half of the rest.
    let long = [entry(.transferOut, 400, day: 50), entry(.transferIn, 400, day: 60)]
    #expect(pace(long, day: 55).expected == .hours(330))
    #expect(pace(long, day: 80).expected == .hours(480 + 300))
    #expect(pace(long, day: 100).expected == .hours(1000))
    // More goes than came last: of what was there before the rest is expected, from when it came.
    let cut = [entry(.grant, 300, day: 50), entry(.withdrawal, 1200, day: 50)]
    #expect(pace(cut, day: 51).expected == .hours(51))
    #expect(pace(cut, day: 75).expected == .hours(75))
  }

  @Test(
    "whatever comes and goes, no less than nothing and no more than the award is expected",
    arguments: 1...50 as ClosedRange<UInt64>)
  func bounded(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var (acts, awarded) = ([] as [Entry], 1000)
    for number in 0..<30 {
      let hours = random.pick(1...max(1, awarded))
      let isOut = random.oneIn(2) && hours <= awarded
      awarded += isOut ? -hours : hours
      acts.append(
        Entry(
          id: EntryID("act:\(number)"), kind: isOut ? .transferOut : .transferIn,
          allocation: allocation, amount: .hours(Int64(hours)), effective: day(Int64(number) * 3),
          recorded: day(Int64(number) * 3)))
    }
    for number in 0...101 {
      let pace = pace(acts, day: Int64(number))
      #expect((.zero...pace.awarded).contains(pace.expected), "seed \(seed), day \(number)")
    }
    #expect(pace(acts, day: 101).expected == .hours(Int64(awarded)), "seed \(seed)")
  }

  @Test("a late award is expected from its booking, one in use before from the window's beginning")
  func late() {
    func late(_ kind: EntryKind, _ hours: Int64) -> Entry {
      Entry(
        id: EntryID("\(kind):late"), kind: kind, allocation: allocation, amount: .hours(hours),
        effective: day(31), recorded: day(40))
    }
    func expected(_ entries: [Entry]) -> GPUTime {
      Pace(entries, window: window, asOf: day(50)).expected
    }
    // 690 over the 60 days from when it was booked; 10 of them are over.
    #expect(expected([late(.grant, 690)]) == .hours(115))
    #expect(expected([late(.grant, 690), late(.opening, 100)]) == .hours(345))
    #expect(
      expected([late(.grant, 690), late(.opening, 100), entry(.transferIn, 50, day: 45)])
        == .hours(345) + GPUTime(milliseconds: 50 * 3_600_000 * 5 / 55))
  }

  @Test("a mode's curve bends the line")
  func curve() throws {
    let slow = try #require(
      PaceCurve([.init(time: 2_500, amount: 1_000), .init(time: 5_000, amount: 4_000)]))
    let expected = [0: 0, 10: 40, 25: 100, 40: 280, 50: 400, 75: 700, 100: 1000] as [Int64: Int64]
    for (number, hours) in expected {
      #expect(pace([], day: number, curve: slow).expected == .hours(hours), "day \(number)")
    }
    #expect(PaceCurve([.init(time: 10, amount: 1), .init(time: 10, amount: 2)]) == nil)
    #expect(PaceCurve([.init(time: 10, amount: 3), .init(time: 11, amount: 2)]) == nil)
    #expect(PaceCurve([.init(time: 0, amount: 3)]) == nil)
    #expect(PaceCurve([]) == .linear)
  }

  @Test("the largest grant over ten years is expected exactly")
  func largest() {
    let years = window.lowerBound..<(window.lowerBound + Seconds(3_660 * 86_400))
    let half = window.lowerBound + Seconds(1_830 * 86_400)
    let curve = PaceCurve([.init(time: 9_999, amount: 9_999)]) ?? .linear
    #expect(curve.expected(of: .largest, over: years, at: half) == .hours(500_000_000))
  }

  @Test("expected use never falls, and reaches the whole", arguments: 1...50 as ClosedRange<UInt64>)
  func monotonic(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let times = Set((0..<random.pick(0...6)).map { _ in random.pick(1...9_999) }).sorted()
    let amounts = times.map { _ in random.pick(0...10_000) }.sorted()
    let curve = try #require(
      PaceCurve(zip(times, amounts).map { PaceCurve.Point(time: $0, amount: $1) }))
    var last = GPUTime.zero
    for number in 0...200 {
      let now = window.lowerBound + Seconds(Int64(number) * 43_200)
      let expected = curve.expected(of: .hours(777), over: window, at: now)
      #expect(expected >= last, "seed \(seed)")
      last = expected
    }
    #expect(last == .hours(777), "seed \(seed)")
  }

  @Test("the day of exhaustion is told from the last 14 days, and from the whole window")
  func forecast() {
    // 20 a day on days 36 to 49, nothing before: 280 used, 720 left.
    let uses = (36...49 as ClosedRange<Int64>).map { entry(.charge, 20, day: $0) }
    let pace = pace(uses, day: 50)
    #expect(pace.used == .hours(280))
    #expect(pace.left == .hours(720))
    #expect(pace.recently == .runsOut(day(86)))
    // 5.6 a day: 280 more in the 50 days that remain.
    #expect(pace.throughout == .lasts(left: .hours(440)))
  }

  @Test("what lasts exactly to the end lasts")
  func exactly() {
    let uses = (0...49 as ClosedRange<Int64>).map { entry(.charge, 10, day: $0) }
    #expect(pace(uses, day: 50).recently == .lasts(left: .zero))
    #expect(pace(uses, day: 50).throughout == .lasts(left: .zero))
  }

  @Test("without use all lasts, and without anything left nothing does")
  func ends() {
    #expect(pace([], day: 50).recently == .lasts(left: .hours(1000)))
    #expect(pace([], day: -1).throughout == .lasts(left: .hours(1000)))
    #expect(pace([entry(.charge, 1000, day: 3)], day: 50).recently == .exhausted)
    #expect(pace([entry(.expiry, 1000, day: 100)], day: 101).recently == .exhausted)
  }

  @Test("what was given back was not used, and what is effective later does not count yet")
  func corrections() {
    let entries = [
      entry(.charge, 100, day: 10), entry(.refund, 40, day: 11), entry(.debit, 5, day: 12),
      entry(.opening, 7, day: 0), entry(.charge, 900, day: 60),
    ]
    #expect(pace(entries, day: 50).used == .hours(72))
  }

  @Test("an award that is booked late is under-used when enough of its own time is over")
  func lateAward() {
    for (number, isUnderUsed) in [(70, false), (79, false), (80, true)] as [(Int64, Bool)] {
      let late = Pace(
        [entry(.grant, 1000, day: 70)], window: window, curve: .linear, rule: .standard,
        asOf: day(number))
      #expect(late.isUnderUsed == isUnderUsed, "day \(number)")
    }
  }

  @Test("nor is what came on top, or came back, before enough of its time is over")
  func onTop() {
    let used = (1...4).map { entry(.charge, 25, day: $0 * 10) }
    for (number, isUnderUsed) in [(70, false), (79, false), (80, true)] as [(Int64, Bool)] {
      // All of the first is used; ten times as much comes on day 70.
      let topped = [entry(.grant, 100, day: 0)] + used + [entry(.grant, 1000, day: 70)]
      #expect(
        Pace(topped, window: window, rule: .standard, asOf: day(number)).isUnderUsed
          == isUnderUsed, "day \(number)")
      // A day was it there before; with that day it is a third a little earlier.
      let back = [
        entry(.grant, 1000, day: 0), entry(.withdrawal, 1000, day: 1), entry(.grant, 1000, day: 70),
      ]
      #expect(
        Pace(back, window: window, rule: .standard, asOf: day(number)).isUnderUsed
          == isUnderUsed, "back, day \(number)")
    }
    // What was away for an instant was there all the time.
    let away = [
      entry(.grant, 1000, day: 0), entry(.withdrawal, 1000, day: 70), entry(.grant, 1000, day: 70),
    ]
    #expect(Pace(away, window: window, rule: .standard, asOf: day(71)).isUnderUsed)
  }

  @Test(
    "less than half of what is expected after a third of the window is under-use",
    arguments: [
      (33, 164, false), (34, 170, false), (34, 169, true), (34, 0, true), (100, 499, true),
    ] as [(Int64, Int64, Bool)])
  func underUse(number: Int64, hours: Int64, isUnderUsed: Bool) {
    let uses = hours > 0 ? [entry(.charge, hours, day: 1)] : []
    #expect(pace(uses, day: number).isUnderUsed == isUnderUsed)
  }

  @Test("months of little use are named, those that are over only")
  func months() {
    let uses = [
      entry(.charge, 154, day: 1), entry(.charge, 140, day: 32), entry(.charge, 1, day: 61),
    ]
    let months = pace(uses, day: 80).monthsUnderUse.map(\.description)
    #expect(months == ["2026-01"])
    #expect(pace(uses, day: 90).monthsUnderUse.map(\.description) == ["2026-01", "2026-03"])
    // The last month is over with the window.
    #expect(
      pace(uses, day: 100).monthsUnderUse.map(\.description) == ["2026-01", "2026-03", "2026-04"])
  }

  @Test("use that was taken over is of no month, and those before it was are not judged")
  func takenOver() {
    func opening(day recorded: Int64, effective: Int64) -> Entry {
      Entry(
        id: EntryID("opening"), kind: .opening, allocation: allocation, amount: .hours(400),
        effective: day(effective), recorded: day(recorded))
    }
    func months(_ entries: [Entry]) -> [String] {
      pace(entries, day: 100).monthsUnderUse.map(\.description)
    }
    // Taken over at the beginning: January was known, and too little was used in it.
    let all = ["2026-01", "2026-02", "2026-03", "2026-04"]
    #expect(months([opening(day: -3, effective: 0)]) == all)
    // On 10 February (day 40): of what January and February had nobody knows.
    #expect(months([opening(day: 40, effective: 0)]) == ["2026-03", "2026-04"])
    // Booked late, as of 1 March (day 59), it is no use of March, and no recent one.
    let late = opening(day: 61, effective: 59)
    #expect(months([late]) == ["2026-04"])
    #expect(pace([late], day: 65).recently == .lasts(left: .hours(600)))
    // Nor is what is corrected of it.
    let debit = Entry(
      id: EntryID("debit"), kind: .debit, allocation: allocation, amount: .hours(100),
      corrects: EntryID("opening"), effective: day(95), recorded: day(95))
    #expect(months([opening(day: 0, effective: 0), debit]).last == "2026-04")
    #expect(pace([opening(day: 0, effective: 0), debit], day: 99).used == .hours(500))
  }
}
