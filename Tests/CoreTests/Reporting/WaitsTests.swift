// Why: a quantile that is interpolated, or a wait that counts from elsewhere, is another figure than the one
// that its note defines.
import Domain
import Reporting
import Testing

@Suite("waits of tasks") struct WaitsTests {
  @Test(
    "a quantile is the wait at the nearest rank",
    arguments: [
      ([7], 7, 7), ([9, 1], 1, 9), ([3, 2, 1], 2, 3), ([4, 3, 2, 1], 2, 4),
      (Array(1...19), 10, 19), (Array(1...20), 10, 19), (Array(1...21), 11, 20),
      (Array(1...100), 50, 95), (Array(1...101), 51, 96), ([5, 5, 5, 0], 5, 5),
    ] as [([Int64], Int64, Int64)])
  func nearestRank(waits: [Int64], median: Int64, p95: Int64) {
    let expected = Waits(count: waits.count, medianMilliseconds: median, p95Milliseconds: p95)
    #expect(Waits(waits) == expected)
    #expect(Waits(waits.reversed()) == expected)
  }

  @Test("there is no quantile of nothing")
  func none() { #expect(Waits([]) == nil) }

  private static func wait(_ request: JobRequest, submitted: Int64, began: Int64) -> Int64? {
    Waits.milliseconds(
      of: request, submitted: SmallSite.at(submitted), began: SmallSite.at(began))
  }

  @Test(
    "a wait begins with the submission, or with the begin time that was asked for if that is later")
  func eligible() {
    #expect(Self.wait(SmallSite.request(), submitted: 10, began: 70) == 60_000)
    for (notBefore, expected) in [(5, 60_000), (40, 30_000), (70, 0)] as [(Int64, Int64)] {
      let request = SmallSite.request(notBefore: SmallSite.at(notBefore))
      #expect(Self.wait(request, submitted: 10, began: 70) == expected)
    }
    #expect(
      Self.wait(SmallSite.request(), submitted: 10, began: 9) == 0,
      "Slurm's clock may be behind")
  }

  @Test("of what waits for others by its own wish it is not known since when it could run")
  func unknown() {
    let other = Dependency(condition: .afterok, job: JobID(number: 1))
    for request in [
      SmallSite.request(after: [other]),
      SmallSite.request(wishes: TimeWishes(isSingleton: true)),
      SmallSite.request(array: [1, 2, 3], throttle: 2),
    ] {
      #expect(Self.wait(request, submitted: 10, began: 70) == nil)
    }
    let wide = SmallSite.request(array: [1, 2, 3], throttle: 3)
    #expect(Self.wait(wide, submitted: 10, began: 70) == 60_000, "no task waits for another")
  }
}
