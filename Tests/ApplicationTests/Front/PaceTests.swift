// Why: a pace is told from sums by day. Where a window, the last 14 days or the moment of the question
// cut a day in two, the figures must be those of the entries one by one.
import Domain
import Doubles
import Ledger
import Seeds
import Services
import Testing
import Wire

@Suite("the pace as it is told") struct PaceTests {
  private struct Charge {
    let at: Instant
    let amount: GPUTime
  }

  /// Runs that end at random milliseconds of the allocation's window, up to the present.
  private func charges(_ town: Town, _ random: inout SplitMix64) async throws -> [Charge] {
    let id = try #require(AllocationID("longscan-1"))
    let window = try #require(try await town.store.centre().allocations[id]).window
    await town.store.post(
      .grant(EntryID("grant:first"), id, .hours(100), effective: window.lowerBound))
    var charges: [Charge] = []
    for number in 1...60 {
      let run = RunID(task: TaskID(job: JobID(number: Int64(number)), index: nil), attempt: 1)
      let span = Town.now.milliseconds - window.lowerBound.milliseconds
      let at = Instant(
        milliseconds: window.lowerBound.milliseconds + Int64(random.pick(0...Int(span - 1))))
      let amount = GPUTime(milliseconds: Int64(random.pick(1...3_600_000)))
      await town.store.post(.hold(run, id, amount, effective: at))
      let result = await town.store.post(.settle(run, used: amount, over: at..<at))
      guard case .posted = result else { continue }
      charges.append(Charge(at: at, amount: amount))
    }
    return charges
  }

  @Test(
    "is exact to the millisecond, where days are cut and windows begin at some hour",
    arguments: 1...20 as ClosedRange<UInt64>)
  func exact(seed: UInt64) async throws {
    var random = SplitMix64(seed: seed)
    let town = try await Town()
    let charges = try await charges(town, &random)
    #expect(charges.count == 60, "seed \(seed)")
    let told = try await town.front.pace(
      project: "longscan", onlyUnderUse: false, try await town.caller("anouk"))
    let view = try #require(told.first { $0.allocation == "longscan-1" })
    // The naive figures: of a grant of 100 hours, over 30 days before and 30 after the present.
    let used = charges.map(\.amount.milliseconds).reduce(0, +)
    let left = 100 * 3_600_000 - used
    let since = Town.now - Seconds(14 * 86_400)
    let recent = charges.filter { $0.at >= since }.map(\.amount.milliseconds).reduce(0, +)
    #expect(view.used == used && view.left == left, "seed \(seed)")
    #expect(view.throughout == Self.forecast(left, used, days: 30), "seed \(seed)")
    #expect(view.recently == Self.forecast(left, recent, days: 14), "seed \(seed)")
  }

  /// If as much is used as in so many days before the present, over the 30 days that remain.
  private static func forecast(_ left: Int64, _ used: Int64, days: Int64) -> PaceView.Forecast {
    let more = used * 30 / days
    guard more >= left else { return PaceView.Forecast(runsOut: nil, left: left - more) }
    let lasts = (Int128(left) * Int128(days * 86_400_000) + Int128(used) - 1) / Int128(used)
    return PaceView.Forecast(runsOut: Town.now.milliseconds + Int64(lasts), left: 0)
  }

  @Test("counts what is used in the first hours of a window that begins at noon")
  func firstDay() async throws {
    let town = try await Town()
    let id = try #require(AllocationID("longscan-1"))
    let begin = try #require(try await town.store.centre().allocations[id]).window.lowerBound
    #expect(begin != CivilDate(begin).start)
    await town.store.post(.grant(EntryID("grant:first"), id, .hours(100), effective: begin))
    let run = RunID(task: TaskID(job: JobID(number: 1), index: nil), attempt: 1)
    await town.store.post(.hold(run, id, .hours(30), effective: begin))
    await town.store.post(.settle(run, used: .hours(30), over: begin..<(begin + .hours(1))))
    let told = try await town.front.pace(
      project: "longscan", onlyUnderUse: false, try await town.caller("anouk"))
    let view = try #require(told.first { $0.allocation == "longscan-1" })
    #expect(view.throughout.left == GPUTime.hours(40).milliseconds)
  }
}
