// Why: slurmctld records local times. A run of the night in which clocks go back was charged an hour too
// much or too little, by which line happened to be read before its own.
import BridgeProtocol
import Foundation
import Testing

@testable import SlurmControl

@Suite("local times of Slurm's record")
struct LocalTimeTests {
  /// 2027-10-31T00:00:00Z: 02:00 in Amsterdam, where an hour later it is 02:00 again.
  private static let first = 1_824_940_800

  private let amsterdam: LocalZone

  init() throws { amsterdam = try Self.zone("Europe/Amsterdam") }

  private static func zone(_ name: String) throws -> LocalZone {
    let zone = try #require(TimeZone(identifier: name))
    return LocalZone {
      zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval($0)))
    }
  }

  private func instants(_ text: String) -> [Int] {
    amsterdam.instants(text).map { $0 - Self.first }
  }

  /// Of a line in that night: what its submission, start and end can mean.
  private func readings(
    submit: String = "00:20:00", start: String, end: String, state: String = "COMPLETED",
    limit: Int = 1440
  ) -> [[Int]] {
    let day = "2027-10-31T"
    let line = EndedRunLineTests.line(
      state: state, start: day + start, limit: limit, end: day + end, submit: day + submit)
    guard case .run(let run) = EndedRunLine(line, zone: amsterdam) else { return [] }
    return run.readings.map { times in
      [times.submit, times.start ?? 0, times.end ?? 0].map { $0 - Self.first }
    }
  }

  @Test("a local time means one instant, or both in the hour that comes twice")
  func twice() {
    #expect(instants("2027-10-31T01:59:59") == [-1])
    #expect(instants("2027-10-31T02:00:00") == [0, 3600])
    #expect(instants("2027-10-31T02:30:00") == [1800, 5400])
    #expect(instants("2027-10-31T02:59:59") == [3599, 7199])
    #expect(instants("2027-10-31T03:00:00") == [7200])
    #expect(instants("Unknown") == [])
  }

  @Test("what a time means does not depend on what was read before it")
  func anyOrder() {
    for before in ["2027-07-01T12:00:00", "2027-12-01T12:00:00"] {
      _ = instants(before)
      #expect(instants("2027-10-31T02:30:00") == [1800, 5400], "\(before)")
    }
  }

  @Test("a time that the clocks left out is one instant, by the offset before")
  func leftOut() throws {
    // 01:00Z: 02:00 becomes 03:00.
    let change = 1_806_195_600
    #expect(amsterdam.instants("2027-03-28T01:59:59") == [change - 1])
    #expect(amsterdam.instants("2027-03-28T02:30:00") == [change + 1800])
    #expect(amsterdam.instants("2027-03-28T03:00:00") == [change])
  }

  @Test("zones whose clocks go back by half an hour, or for good, are read likewise")
  func otherZones() throws {
    // 2027-04-03T15:00Z: from 02:00 back to 01:30.
    let back = 1_806_764_400
    #expect(
      try Self.zone("Australia/Lord_Howe").instants("2027-04-04T01:45:00")
        == [back - 900, back + 900])
    // 2014-10-25T22:00Z: from 02:00 back to 01:00, and no summer time since.
    let good = 1_414_274_400
    #expect(
      try Self.zone("Europe/Moscow").instants("2014-10-26T01:30:00") == [good - 1800, good + 1800])
  }

  @Test("the process's own zone is that of the machine")
  func own() {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .current
    for instant in stride(from: 1_700_000_000, to: Self.first, by: 9_999_991) {
      let civil = calendar.dateComponents(
        [.year, .month, .day, .hour, .minute, .second],
        from: Date(timeIntervalSince1970: TimeInterval(instant)))
      let numbers = [civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second]
      let text = String(
        format: "%04d-%02d-%02dT%02d:%02d:%02d", arguments: numbers.map { $0 ?? 0 })
      #expect(LocalZone.own.instants(text).contains(instant), "\(text)")
    }
  }

  @Test("a line has all readings that are in order, the shortest run first")
  func readings() {
    #expect(
      readings(start: "02:10:00", end: "03:20:00") == [[-6000, 4200, 8400], [-6000, 600, 8400]])
    #expect(
      readings(start: "00:30:00", end: "02:30:00") == [
        [-6000, -5400, 1800], [-6000, -5400, 5400],
      ])
    // A run that ends at an earlier time than it began at.
    #expect(readings(start: "02:50:00", end: "02:10:00") == [[-6000, 3000, 4200]])
    #expect(
      readings(submit: "02:00:00", start: "02:10:00", end: "02:20:00") == [
        [3600, 4200, 4800], [0, 4200, 4800], [0, 600, 1200], [0, 600, 4800],
      ])
    #expect(readings(start: "00:30:00", end: "03:30:00") == [[-6000, -5400, 9000]])
  }

  @Test("a run is not read longer than its limit, nor shorter if it ran into that")
  func limits() {
    let early = [-6000, -5400, 1800], late = [-6000, -5400, 5400]
    #expect(readings(start: "00:30:00", end: "02:30:00", limit: 120) == [early, late])
    #expect(
      readings(start: "00:30:00", end: "02:30:20", state: "TIMEOUT", limit: 180).first
        == [-6000, -5400, 5420])
    #expect(
      readings(start: "02:10:00", end: "03:20:00", state: "TIMEOUT", limit: 130).first
        == [-6000, 600, 8400])
  }
}
