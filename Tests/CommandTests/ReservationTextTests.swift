// Why: an administrator reads once, before the maintenance, whether what was typed is what is set aside.
import Foundation
import Testing
import Wire

@testable import polder

@Suite("reservations, in words") struct ReservationTextTests {
  @Test("what was done is told with nodes, time and what runs on")
  func act() throws {
    let zone = try #require(TimeZone(identifier: "UTC"))
    let clock = Clock(now: 1_795_000_000_000, zone: zone)
    var view = ReservationActView(
      name: "m1", act: "created", nodes: ["gn01", "gn02"], start: 1_795_003_600_000,
      end: 1_795_010_800_000, runs: 2)
    #expect(
      ReservationText.line(view, clock)
        == "Reservation m1 is created: 2 nodes from 12:06:40 until 14:06:40; 2 runs may last into "
        + "it and run on.")
    view.act = "unchanged"
    view.runs = 0
    #expect(ReservationText.line(view, clock).hasPrefix("Reservation m1 stands already: 2 nodes"))
    let gone = ReservationActView(name: "m1", act: "deleted")
    #expect(ReservationText.line(gone, clock) == "Reservation m1 is deleted.")
  }
}
