import Foundation
import Testing
import Wire

extension SiteTests {
  /// The clock of the machine on which Slurm's controller and the bridge run jumps by an hour.
  @Suite struct Clocks {
    @Test(
      "while Slurm's clock is an hour off nothing starts, and all is charged by Slurm's times",
      .enabled(
        if: ProcessInfo.processInfo.environment["POLDER_TEST_CLOCK"] != nil,
        "POLDER_TEST_CLOCK is not set: slurmctld takes minutes to know its nodes again after it"))
    func jump() async throws {
      let site = try await Site.ready()
      // It is to end at its limit of a minute, and not by this test's clock.
      let limited = try await Site.limited()
      try await limited.desk.wait(
        for: limited.job, toHave: { $0.state == "timed-out" }, atMost: 120)
      let desk = try await Desk(site, "bram", "several")
      try await desk.describe(allocation: "several-clock", seconds: 3600)
      let gpu = ["--gpus-per-node=1", "--allocation=several-clock"]
      let long = try await desk.submit(
        Work(name: "long", seconds: 25, options: gpu + ["--time=3"]))
      try await desk.wait(for: long, toHave: \.isRunning)
      // The bridge's clock is the one that is compared: it is right again after slurmctld's.
      let late = try await FalseClock.run(in: site, of: [.slurmctld, .bridge]) { clock in
        try await clock.set("+1h")
        try await waiting(until: "polder status names the clock") {
          let status = try await site.run(["polder", "status"], as: "beheer")
          return status.status == 75 && status.complaint.contains("not well: clock")
        }
        let late = try await desk.submit(Work(name: "late", options: gpu))
        try await desk.wait(for: late) { $0.reason?.code == "clock" }
        // slurmctld takes an hour for gone and ends what has a limit of minutes.
        try await waiting(until: "the end of long is seen") {
          try await desk.job(long).tasks[0].runs[0].outcome != nil
        }
        #expect(try await !desk.job(late).tasks[0].isBegun)
        return late
      }
      // A slurmctld whose clock was set back schedules nothing until it is started again.
      try await desk.wait(for: late, toHave: { $0.state == "completed" }, atMost: 120)
      // What happens from now on is seen, though Slurm's moments are before those of the false hour.
      let after = try await desk.sbatch(Work(name: "after", options: ["--gpus-per-node=1"]))
      try await desk.wait(for: after, toHave: \.isRunning)
      try await desk.wait(for: after) { $0.state == "completed" }
      let run = try #require(try await desk.job(long).tasks[0].runs.first)
      #expect(run.charged == run.hold, "never more than it held: \(run)")
      try await desk.audit([late, after])
    }
  }
}

/// A clock that runs beside the machine's for some services: libfaketime reads at each look how far.
/// Only the time of day is false; what counts since boot is not.
private struct FalseClock {
  private let site: Site
  private let services: [Site.Service]
  private let file: String

  static func run<Result>(
    in site: Site, of services: [Site.Service], _ act: (FalseClock) async throws -> Result
  ) async throws -> Result {
    let clock = FalseClock(site: site, services: services, file: "\(site.folder)/run/clock")
    try await clock.set("+0")
    let result: Swift.Result<Result, any Error>
    do {
      try await clock.lend()
      result = .success(try await act(clock))
    } catch {
      result = .failure(error)
    }
    try await clock.takeAway()
    return try result.get()
  }

  private func lend() async throws {
    let library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
    let settings = [
      "LD_PRELOAD=\(library)", "FAKETIME_TIMESTAMP_FILE=\(file)", "FAKETIME_NO_CACHE=1",
      "FAKETIME_DONT_FAKE_MONOTONIC=1", "FAKETIME_DONT_RESET=1", "",
    ].joined(separator: "\n")
    for service in services {
      try Data(settings.utf8).write(to: URL(fileURLWithPath: self.settings(of: service)))
      try await restart(service)
    }
  }

  /// - Parameter offset: such as `+1h`.
  func set(_ offset: String) async throws {
    let words = ["sh", "-c", "echo \(offset) > \(file).new; mv \(file).new \(file)"]
    _ = try await site.run(words).orThrow()
  }

  private func takeAway() async throws {
    for service in services {
      _ = try await site.run(["rm", "-f", settings(of: service)]).orThrow()
      try await restart(service)
    }
  }

  private func restart(_ service: Site.Service) async throws {
    try await site.stop(service)
    try await site.start(service)
  }

  private func settings(of service: Site.Service) -> String {
    "\(site.folder)/etc/\(service.rawValue).env"
  }
}
