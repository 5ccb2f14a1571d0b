import BridgeProtocol
import Domain
import Scheduling
import Services
import Testing
import Wire

/// What Slurm sets aside, in the plan's words and in a member's.
@Suite struct ReservationTests {
  @Test("a node in a maintenance whose end is known is planned after it; one without is away")
  func maintenance() throws {
    let name = try #require(NodeName("gn01"))
    let node = NodeObservation(
      name: "gn01", state: .idle, flags: [.maintenance], cpus: 80, memoryMiB: 512_000, gpus: [],
      reason: "", reasonSince: nil, partitions: ["gpu"])
    let known = [node].states(foreign: [:], reserved: [name])
    #expect(known[name] == .up)
    let unknown = [node].states(foreign: [:], reserved: [])
    #expect(unknown[name] == .unavailable("in maintenance"))
    var drained = node
    drained.flags.append(.drain)
    #expect([drained].states(foreign: [:], reserved: [name])[name] == .unavailable("drained"))
  }

  @Test("a reservation without nodes or without time is none")
  func empty() {
    var seen = ReservationObservation(
      name: "m1", nodes: ["gn01"], startSeconds: 100, endSeconds: 200, isMaintenance: true)
    #expect(seen.reservation?.window.lowerBound == Instant(seconds: 100))
    seen.endSeconds = 100
    #expect(seen.reservation == nil)
    seen.endSeconds = 200
    seen.nodes = []
    #expect(seen.reservation == nil)
  }

  @Test("a maintenance is named to everybody, any other reservation to administrators alone")
  func words() {
    let hours = { (count: Int64) in Instant(seconds: count * 3600) }
    for isMaintenance in [true, false] {
      let reason = WaitReason.reserved(
        ReservationShortfall(
          reservation: "acme-course", isMaintenance: isMaintenance, window: hours(6)..<hours(7),
          wouldEnd: hours(12), wantedNodes: 2, openNodes: 1))
      let member = Wording { _ in false }.view(reason)
      #expect(member.code == "reserved")
      #expect(member.text.contains("of the 2 nodes that it needs 1 is free of that"))
      #expect(member.text.contains("acme-course") == isMaintenance)
      let administrator = Wording(seesSums: true) { _ in true }.view(reason)
      #expect(administrator.text.contains("acme-course"))
    }
  }
}
