import Scheduling
import Testing

/// A profile against an array with a value for every unit of time.
@Suite("profiles")
struct ProfileTests {
  private static let horizon: Int64 = 400

  @Test(
    "a profile answers like an array with a value for every moment, whatever was added to it",
    arguments: 1...200 as ClosedRange<UInt64>)
  func array(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    // The lane that is asked for stands beside one that goes its own way.
    let lane = random.pick(0...1)
    var profile = Profile(from: 0, values: [50, 50])
    // The last value holds for ever.
    var array = [Int64](repeating: 50, count: Int(Self.horizon) + 1)
    for _ in 0..<random.pick(1...150) {
      let from = random.pick(0...Int(Self.horizon) - 1)
      let until = random.oneIn(12) ? Int(Self.horizon) : random.pick(from...Int(Self.horizon))
      let amount = Int64(random.pick(-9...9))
      let amounts = [Int64(random.pick(-9...9)), Int64(random.pick(-1...1))]
      profile.add(
        (lane == 0 ? [amount, amounts[1]] : [amounts[0], amount])[...], from: Int64(from),
        until: until == Int(Self.horizon) ? .max : Int64(until))
      for moment in from..<max(from, until) { array[moment] += amount }
      if until == Int(Self.horizon) { array[until] += amount }
      check(profile, lane, array, &random, "seed \(seed)")
    }
  }

  @Test(
    "a profile made from changes is the one that they add up to",
    arguments: 1...50 as ClosedRange<UInt64>)
  func bulk(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let changes = (0..<random.pick(0...300)).map { _ in
      (time: Int64(random.pick(1...200)), amount: Int64(random.pick(-5...5)))
    }.sorted { $0.time < $1.time }
    let bulk = Profile(
      from: 0, values: [7], times: changes.map(\.time), changes: changes.map(\.amount))
    var single = Profile(from: 0, values: [7])
    for change in changes { single.add([change.amount], from: change.time, until: .max) }
    for moment in 0...210 as ClosedRange<Int64> {
      #expect(
        bulk.value(of: 0, at: moment) == single.value(of: 0, at: moment),
        "seed \(seed) at \(moment)")
    }
  }

  @Test("what is taken and given back leaves no step behind")
  func joins() {
    var profile = Profile(from: 0, values: [10])
    for begin in stride(from: Int64(5), to: 5000, by: 7) {
      profile.add([-3], from: begin, until: begin + 20)
    }
    #expect(profile.stepCount > 500)
    for begin in stride(from: Int64(5), to: 5000, by: 7) {
      profile.add([3], from: begin, until: begin + 20)
    }
    #expect(profile.stepCount == 1)
  }

  @Test("what is past is forgotten, and the rest stays", arguments: 1...30 as ClosedRange<UInt64>)
  func forget(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var profile = Profile(from: 0, values: [20])
    for _ in 0..<300 {
      let from = Int64(random.pick(0...5000))
      profile.add([-1], from: from, until: from + Int64(random.pick(1...400)))
    }
    let whole = profile
    profile.forget(before: 2500)
    #expect(profile.stepCount < whole.stepCount)
    for moment in stride(from: Int64(2500), to: 5600, by: 11) {
      #expect(profile.value(of: 0, at: moment) == whole.value(of: 0, at: moment), "seed \(seed)")
      #expect(
        profile.earliest(15, of: 0, span: 90, notBefore: moment)
          == whole.earliest(15, of: 0, span: 90, notBefore: moment), "seed \(seed)")
    }
  }

  @Test("an amount that never gets free has no earliest start")
  func never() {
    var profile = Profile(from: 0, values: [4])
    profile.add([-2], from: 10, until: .max)
    #expect(profile.earliest(4, of: 0, span: 10, notBefore: 0) == 0)
    #expect(profile.earliest(4, of: 0, span: 11, notBefore: 0) == .max)
    #expect(profile.earliest(2, of: 0, span: .max, notBefore: 3) == 3)
  }

  private func check(
    _ profile: Profile, _ lane: Int, _ array: [Int64], _ random: inout SplitMix64,
    _ comment: Comment
  ) {
    func value(_ moment: Int64) -> Int64 { array[Int(min(moment, Self.horizon))] }
    let floor = Int64(random.pick(0...Int(Self.horizon) + 50))
    let span = Int64(random.pick(1...120))
    let amount = Int64(random.pick(0...70))
    func fits(_ start: Int64) -> Bool {
      (start..<start + span).allSatisfy { value($0) >= amount }
    }
    #expect(profile.value(of: lane, at: floor) == value(floor), comment)
    #expect(profile.has(amount, of: lane, from: floor, span: span) == fits(floor), comment)
    let found = (floor...max(floor, Self.horizon)).first(where: fits)
    #expect(
      profile.earliest(amount, of: lane, span: span, notBefore: floor) == found ?? .max, comment)
    let ceiling = floor + Int64(random.pick(0...150))
    let latest = floor + Int64(random.pick(0...150))
    let bounded = (floor..<max(floor, min(ceiling, latest + 1))).first { start in
      (start..<min(start + span, ceiling)).allSatisfy { value($0) >= amount }
    }
    #expect(
      profile.earliest(
        amount, of: lane, span: span, notBefore: floor, notAfter: latest, freeFrom: ceiling)
        == bounded ?? ceiling, comment)
  }
}
