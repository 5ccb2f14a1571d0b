// Why: why one waits behind another has to be read at a glance.
import Foundation
import Testing
import Wire

@testable import polder

@Suite("what is printed of priorities")
struct PriorityTextTests {
  private func view(_ place: Int, _ job: String, isLate: Bool = false) -> PriorityView {
    PriorityView(
      job: job, project: "longscan", owner: "anouk", partition: "gpu", place: place, waiting: 9,
      priority: 8_250_000_000,
      terms: [
        PriorityView.Term(
          factor: "fair share", value: 750_000, weight: 10_000, product: 7_500_000_000),
        PriorityView.Term(factor: "age", value: 750_000, weight: 1000, product: 750_000_000),
        PriorityView.Term(factor: "nice", value: 0, weight: 1000, product: 0),
      ], isBeyondSoftCap: isLate, shareRank: 2, shareCount: 4)
  }

  @Test("the table has a column for each factor that counts, in points, and the count of all")
  func table() {
    let lines = PriorityText.lines(
      PrioritiesView(jobs: [view(2, "P1"), view(7, "P12", isLate: true)], waiting: 9, asOf: 0))
    #expect(lines.count == 5)
    #expect(lines[0] == "PLACE  JOB  PROJECT   OWNER  PRIORITY  FAIR SHARE    AGE")
    #expect(lines[1] == "    2  P1   longscan  anouk    8250.0      7500.0  750.0")
    #expect(lines[3].contains("beyond a soft cap"))
    #expect(lines[4] == "9 jobs waiting in all.")
  }

  @Test("of one job each product is told as it is made, with the rank in the tree of shares")
  func job() {
    var job = Sample.job("P1", tasks: [Sample.task("P1", "waiting")])
    job.priority = view(2, "P1")
    let text = JobText(job, Clock(now: 0, zone: .gmt)).lines.joined(separator: "\n")
    #expect(text.contains("8250.0, place 2 of 9 in the queue"))
    #expect(text.contains("fair share 7500.0 = 0.75 × 10000 (rank 2 of 4)"))
    #expect(!text.contains("nice"))
  }

  @Test("points are rounded down to a tenth, whatever the sign")
  func points() {
    #expect(PriorityText.points(199_999) == "0.1" && PriorityText.points(-199_999) == "-0.1")
    #expect(PriorityText.fraction(333_333) == "0.333333" && PriorityText.fraction(0) == "0")
    #expect(PriorityText.fraction(-1_500_000) == "-1.5")
    #expect(PriorityText.fraction(2_000_000) == "2")
    #expect(PriorityText.points(0) == "0.0" && PriorityText.points(-50_000) == "0.0")
  }
}
