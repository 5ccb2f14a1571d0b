import Domain
import Engine
import Lifecycle
import Scheduling
import Testing

/// What starts where runs end, before all is planned anew, and when nothing may.
@Suite("standing")
struct StandingTests {
  private let site = SmallSite.self
  private static let cycle = SmallSite.cycle

  /// Four jobs take a node each for an hour; of two that wait, one wants two nodes, the other one.
  private struct Town {
    var state: EngineState
    var standing: Standing?
    let runs: [RunRecord]

    init() {
      let site = SmallSite.self
      var state = site.empty
      for number in 1...4 as ClosedRange<Int64> {
        state = state.with(
          site.job(number, site.request(partition: site.whole, limit: 3600)))
      }
      runs = state.cycled(now: site.at(0)).started
      state = state.cycled(now: site.at(0)).state
      for run in runs { state = state.started(run, at: site.at(0)) }
      state = state.with(
        site.job(5, site.request(partition: site.whole, nodes: 2, limit: 1800)))
      state = state.with(site.job(6, site.request(partition: site.whole, limit: 600)))
      self.state = state
      standing = StandingTests.cycle.run(state, now: site.at(60)).standing
    }

    mutating func end(_ index: Int, at second: Int64) {
      let run = runs[index]
      let end = RunEnd(
        start: SmallSite.at(0), end: SmallSite.at(second), outcome: .completed, exitCode: 0,
        signal: 0, used: run.weight * Seconds(second), refund: nil, requeued: false)
      state.apply(.ended(run.id, end))
    }

    mutating func starts(at second: Int64, barred: [TaskID: StartPause] = [:]) -> [RunRecord] {
      StandingTests.cycle.startsAtOnce(
        state, &standing, barred: barred, now: SmallSite.at(second))
    }
  }

  private func task(_ job: Int64) -> TaskID { TaskID(job: JobID(number: job), index: nil) }

  @Test("where a run ends, who fits beside all slots starts, as the next full plan has it")
  func starts() throws {
    var town = Town()
    #expect(town.starts(at: 61).isEmpty, "nothing has ended")
    town.end(0, at: 120)
    let full = site.cycle.run(town.state, now: site.at(121)).decisions
    let start = try #require(town.starts(at: 121).first)
    #expect(start.id.task == task(6))
    #expect(full.contains(.start(start)), "the very same run, hold and nodes")
    town.state.apply(.start(start))
    #expect(town.starts(at: 122).isEmpty, "it is told once")
  }

  @Test("several that end together make room for one that needs them all")
  func together() {
    var town = Town()
    town.end(0, at: 120)
    town.end(2, at: 120)
    #expect(town.starts(at: 121).map(\.id.task) == [task(5)])
  }

  @Test("nobody starts once the centre, a node or what is set aside is another")
  func changed() throws {
    for change in 0...2 {
      var town = Town()
      town.end(0, at: 120)
      switch change {
      case 0: town.state.nodeStates[site.nodes[3]] = .unavailable("DOWN")
      case 1: town.state.centre.nodes[site.nodes[3]] = nil
      default:
        town.state.reserved = try [
          #require(
            Reservation(
              name: "maint", nodes: site.nodes, from: site.at(200), until: site.at(300),
              isMaintenance: true))
        ]
      }
      #expect(town.starts(at: 121).isEmpty, "\(change)")
    }
  }

  @Test("nobody starts beside a run that the plan did not know")
  func stranger() {
    var town = Town()
    town.end(0, at: 120)
    let stranger = town.runs[0]
    town.state.runs[RunID(task: stranger.id.task, attempt: 9)] = stranger
    #expect(town.starts(at: 121).isEmpty)
  }

  @Test("while a run makes way for a task nobody else gets what others leave")
  func makingWay() {
    var town = Town()
    town.state.runs[town.runs[1].id]?.closing = RunClosing(evictedAt: site.at(300))
    town.end(0, at: 120)
    #expect(town.starts(at: 121).isEmpty)
  }

  @Test("a task that ended, is held back or asks for something else by now does not start")
  func other() {
    var town = Town()
    town.end(0, at: 120)
    var ended = town
    ended.state.tasks[task(6)]?.state = .ended(.cancelled)
    #expect(ended.starts(at: 121).isEmpty)
    var longer = town
    longer.state.tasks[task(6)]?.limit = Seconds(900)
    #expect(longer.starts(at: 121).isEmpty)
    var barred = town
    let pause = StartPause(until: site.at(150), cause: "refused")
    #expect(barred.starts(at: 121, barred: [task(6): pause]).isEmpty)
    #expect(town.starts(at: 121).map(\.id.task) == [task(6)], "but for that it does")
  }

  @Test("a task whose window ends before it would does not start")
  func window() {
    var town = Town()
    town.end(0, at: 120)
    #expect(town.starts(at: 89_900).isEmpty)
  }
}
