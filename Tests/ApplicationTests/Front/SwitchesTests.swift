// Why: who wants nodes that are near each other is told until when the job waits for them.
import Domain
import Doubles
import Engine
import Lifecycle
import Scheduling
import Services
import Testing
import Wire

@Suite("submitting for few switches") struct SwitchesTests {
  @Test("is accepted by both ways in, and waits as long as it says, from when it may start")
  func accepted() async throws {
    let town = try await Town()
    let usual = try await town.submit("bram", "--gpus=4 -N2 -t 60 --switches=1")
    #expect(usual.conditions == ["--switches=1 until \(Town.now + .minutes(5))"])
    let later = try await town.submit(
      "bram", "--gpus=4 -N2 -t 60 --begin=now+1hour --switches=2@30", key: "later")
    #expect(later.conditions == ["--switches=2 until \(Town.now + .minutes(90))"])
    var seen = PluginSubmission(submitUID: 64012, userUID: 64012)
    seen.tresPerJob = "gres:gpu:1"
    seen.timeLimitMinutes = 10
    seen.switches = 3
    seen.switchesWaitSeconds = 60
    #expect(
      try await town.front.pluginSubmit(seen, peerUID: 64030).hasPrefix("decision=accept\n"))
    // None, and for no time.
    seen.switches = 0
    #expect(
      try await town.front.pluginSubmit(seen, peerUID: 64030).hasPrefix("decision=accept\n"))
    let wishes = await town.store.state.jobs.values.sorted { $0.id < $1.id }
      .map(\.request.terms.switches)
    #expect(
      wishes.dropFirst(2) == [SwitchWish(most: 3, until: Town.now + .minutes(1)), nil])
  }

  @Test("the reason names how many, and until when it waits")
  func reason() {
    let view = Wording { _ in false }.view(
      .switches(SwitchWish(most: 1, until: Town.now), wantedNodes: 2))
    #expect(view.code == "switches")
    #expect(
      view.text
        == "2 nodes that could hold it are free, but behind more than one switch; from "
        + "\(Town.now) on it takes any")
  }
}
