import Domain
import Testing

@Suite("instants and lengths of time")
struct InstantTests {
  @Test(
    "an instant is printed and read as the same whole second",
    arguments: 1...20 as ClosedRange<UInt64>)
  func roundTrip(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 1...50 {
      let instant = Instant(seconds: Int64(random.pick(-62_135_596_800...253_402_300_799)))
      #expect(Instant(instant.description) == instant, "seed \(seed)")
    }
  }

  @Test(
    "the accepted ways of writing an instant",
    arguments: [
      ("2026-11-23T20:39:11Z", 1_795_466_351), ("2026-11-23T20:39:11", 1_795_466_351),
      ("2026-11-23T20:39", 1_795_466_340), ("2026-11-23", 1_795_392_000),
      ("1969-12-31T23:59:59Z", -1),
    ])
  func accepted(text: String, seconds: Int64) {
    #expect(Instant(text)?.wholeSeconds == seconds)
  }

  @Test(
    "what is no instant is refused",
    arguments: [
      "2026-11-23T24:00", "2026-11-23T20:60", "2026-11-23T20", "2026-11-23 20:39", "T20:39",
      "2026-11-23T20:39:11+01:00", "2026-11-23T20:39:11.5Z", "", "Z", "2026-11-23T2:39",
    ])
  func refused(text: String) {
    #expect(Instant(text) == nil)
  }

  @Test("printing rounds to the past second, before 1970 too")
  func rounding() {
    #expect(Instant(milliseconds: 1999).description == "1970-01-01T00:00:01Z")
    #expect(Instant(milliseconds: -1).description == "1969-12-31T23:59:59Z")
  }

  @Test("an elapsed time is rounded up, so that a limit is never short")
  func elapsed() {
    let start = Instant(seconds: 100)
    #expect(Instant(milliseconds: 100_001).seconds(since: start) == Seconds(1))
    #expect(Instant(milliseconds: 101_000).seconds(since: start) == Seconds(1))
    #expect(Instant(milliseconds: 98_999).seconds(since: start) == Seconds(-1))
  }

  @Test(
    "a length of time is printed as Slurm prints limits",
    arguments: [
      (0, "00:00:00"), (3_599, "00:59:59"), (86_399, "23:59:59"), (86_400, "1-00:00:00"),
      (93_784, "1-02:03:04"),
    ])
  func lengths(count: Int64, text: String) {
    #expect(Seconds(count).description == text)
  }
}
