// Why: "requested 0.0006 GPU-h; 0.0006 GPU-h is left" contradicts itself.
import Domain
import Ledger
import Testing
import Wire

@testable import Services

@Suite("amounts that read alike")
struct LikeAmountTests {
  private func told(_ requested: Int64, _ left: Int64) -> String {
    Wording.problem(
      .moreThanCharged(
        EntryID("charge:P13.1"), requested: GPUTime(milliseconds: requested),
        left: GPUTime(milliseconds: left))
    ).detail
  }

  @Test("are told in GPU-seconds, others in GPU-hours")
  func seconds() {
    #expect(told(2160, 2000).hasPrefix("requested 2.160 GPU-s; 2.000 GPU-s is left of"))
    #expect(told(3_600_000, 1_800_000).hasPrefix("requested 1.0000 GPU-h; 0.5000 GPU-h is left of"))
  }
}
