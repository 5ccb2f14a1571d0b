import Domain
import Testing

@Suite("GPU time and weights")
struct GPUTimeTests {
  @Test(
    "GPU-hours are rounded half away from zero",
    arguments: [
      (0, 4, "0.0000"), (3_600_000, 4, "1.0000"), (180, 4, "0.0001"), (179, 4, "0.0000"),
      (-180, 4, "-0.0001"), (-179, 4, "0.0000"), (5_400_000, 0, "2"), (5_399_999, 0, "1"),
      (-5_400_000, 0, "-2"), (3_599_999, 2, "1.00"), (1_800, 6, "0.000500"),
      (9_223_372_036_854_775_807, 0, "2562047788015"),
      (-9_223_372_036_854_775_808, 4, "-2562047788015.2155"),
    ] as [(Int64, Int, String)])
  func hours(milliseconds: Int64, decimals: Int, text: String) {
    #expect(GPUTime(milliseconds: milliseconds).hoursText(decimals: decimals) == text)
  }

  @Test("a printed amount carries its unit")
  func unit() {
    #expect(GPUTime.hours(12).description == "12.0000 GPU-h")
    #expect(Weight(thousandths: 1_250).description == "1.250")
    #expect(Weight(thousandths: 7).description == "0.007")
  }

  @Test("a weight times whole seconds is exact, and a GPU for an hour is a GPU-hour")
  func product() {
    #expect(Weight(thousandths: 1000) * .hours(1) == .hours(1))
    #expect(Weight(thousandths: 333) * Seconds(1) == GPUTime(milliseconds: 333))
  }

  @Test("a portion is rounded half away from zero, at any size")
  func portions() {
    #expect(GPUTime.hours(5720).portion(basisPoints: 3500) == .hours(2002))
    #expect(GPUTime(milliseconds: 1).portion(basisPoints: 5000) == GPUTime(milliseconds: 1))
    #expect(GPUTime(milliseconds: 1).portion(basisPoints: 4999) == .zero)
    #expect(GPUTime(milliseconds: -1).portion(basisPoints: 5000) == GPUTime(milliseconds: -1))
    #expect(GPUTime.largest.portion(basisPoints: 10_000) == .largest)
  }
}
