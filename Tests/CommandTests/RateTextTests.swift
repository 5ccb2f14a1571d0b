// Why: a member who doubts a charge must be able to follow every step of it.
import Foundation
import Testing
import Wire

@testable import polder

@Suite("the arithmetic of a cost")
struct RateTextTests {
  private let clock = Clock(now: 1_795_442_712_000, zone: .gmt)
  private let card = RateCardView(
    partition: "gpu", wholeNodes: false, version: 1, from: 1_793_491_200_000,
    until: 1_798_761_600_000, state: "in force", perGPU: 1000,
    gpuTypes: [RateCardView.GPUType(type: "h100_1g.10gb", perGPU: 143)], perSharedGPU: nil,
    perCPU: 50, perGiB: 8, centsPerGPUHour: 250)

  private func run(weight: Int64) -> RunRateView {
    RunRateView(
      id: "P12.1", card: card,
      shares: [
        RunRateView.Share(
          nodes: ["gn01", "gn02"], nodeCount: 2, gpuType: "h100", gpus: 2, cpus: 40,
          memoryMiB: 250 * 1024, perGPU: 1000, gpuWeight: 2000, cpuWeight: 2000,
          memoryWeight: 2000, largest: "GPU")
      ], weight: weight, start: 1_795_436_400_000, end: 1_795_440_000_000,
      timeLimitSeconds: 7200, graceSeconds: 60,
      bookings: [
        RunRateView.Booking(kind: "hold", amount: 29_040_000, reason: nil),
        RunRateView.Booking(kind: "charge", amount: 14_400_000, reason: nil),
        RunRateView.Booking(kind: "release", amount: 14_640_000, reason: nil),
        RunRateView.Booking(kind: "refund", amount: 14_400_000, reason: "node-failure"),
      ], cost: 14_400_000, costCents: 1000)
  }

  @Test("each step of a run's cost stands on its line")
  func explained() {
    let job = JobRateView(
      id: "P12", name: "train", runs: [run(weight: 4000)], estimate: nil, next: nil)
    let lines = RateText.explanation(job, clock)
    let text = lines.joined(separator: "\n")
    for step in [
      "Run       P12.1", "On        gn01, gn02, 2 nodes, each",
      "2 h100  × 1.000  = 2.000  the largest", "40  × 0.050  = 2.000", "250 GiB  × 0.008  = 2.000",
      "Weight    2 × 2.000 = 4.000 GPU-equivalents",
      "Used      4.000 × 3600 s = 14400000 GPU-ms = 4.0000 GPU-h",
      "Hold      8.0667 GPU-h = 4.000 × (limit 7200 s + grace 60 s)",
      "Charge    4.0000 GPU-h", "Release   4.0667 GPU-h", "Refund    4.0000 GPU-h: node-failure",
      "Cost      4.0000 GPU-h",
      "Worth     4.0000 GPU-h × € 2.50 = € 10.00, at the reference rate; nothing is owed",
    ] {
      #expect(text.contains(step), "\(step) is not in\n\(text)")
    }
  }

  @Test("a limit that grew shows the hold of its start, and what each extension added")
  func extended() {
    var run = run(weight: 4000)
    run.timeLimitSeconds = 9000
    run.bookings.insert(RunRateView.Booking(kind: "hold", amount: 7_200_000, reason: nil), at: 1)
    let job = JobRateView(id: "P12", name: "train", runs: [run], estimate: nil, next: nil)
    let text = RateText.explanation(job, clock).joined(separator: "\n")
    for step in [
      "Hold      8.0667 GPU-h = 4.000 × (limit 7200 s + grace 60 s)",
      "Longer    2.0000 GPU-h = 4.000 × 1800 s", "Charge    4.0000 GPU-h",
    ] {
      #expect(text.contains(step), "\(step) is not in\n\(text)")
    }
  }

  @Test("a weight that Slurm made another is told with what was asked")
  func observed() {
    let job = JobRateView(
      id: "P12", name: "train", runs: [run(weight: 6000)], estimate: nil, next: nil)
    let text = RateText.explanation(job, clock).joined(separator: " ")
      .split(separator: " ").joined(separator: " ")
    #expect(
      text.contains(
        "6.000 GPU-equivalents, of what Slurm allocated (asked: 2 × 2.000 = 4.000)"), "\(text)")
    #expect(text.contains("Hold 8.0667 GPU-h Charge"), "it was not held by this weight: \(text)")
  }

  @Test("a job that waits is explained by what it would cost now, and by what changes")
  func waiting() {
    var next = card
    next.version = 2
    next.from = 1_798_761_600_000
    let job = JobRateView(id: "P13", name: "t", runs: [], estimate: run(weight: 4000), next: next)
    let text = RateText.explanation(job, clock).joined(separator: " ")
      .split(separator: " ").joined(separator: " ")
    #expect(text.contains("Limit 4.000 × 7200 s = 28800000 GPU-ms = 8.0000 GPU-h"), "\(text)")
    #expect(text.contains("version 2 comes into force on Fri 1 Jan 2027 00:00:00 UTC"), "\(text)")
  }

  @Test("rate cards are listed with their types beneath")
  func listed() {
    let lines = RateText.list([card], clock)
    #expect(lines[1].hasPrefix("gpu"))
    #expect(lines[1].hasSuffix("1.000  0.050  0.008   € 2.50"))
    #expect(lines[2] == "    h100_1g.10gb 0.143")
  }
}
