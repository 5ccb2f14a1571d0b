import Domain
import Engine
import Lifecycle
import Scheduling
import Testing

/// Licences, from their description to the cycle.
@Suite("licences")
struct LicenceTests {
  private typealias site = SmallSite
  private static let matlab = SmallSite.name("matlab", LicenceName.self)

  private func town(_ count: Int64) -> EngineState {
    var town = site.empty
    town.centre.licences[Self.matlab] = Licence(id: Self.matlab, count: count)
    return town
  }

  private func job(_ number: Int64, needs count: Int64, array: [Int] = []) -> JobRecord {
    let shares = count > 0 ? [LicenceShare(name: Self.matlab, count: count)] : []
    return site.job(number, site.request(array: array).needing(shares))
  }

  private func numbers(_ runs: [RunRecord]) -> [Int64] { runs.map(\.id.task.job.number) }

  @Test("as many licences are lent as there are, others pass, and the wait has its numbers")
  func lent() throws {
    let town = town(3).with(job(1, needs: 2)).with(job(2, needs: 2)).with(job(3, needs: 1))
      .with(job(4, needs: 0))
    let (after, started) = town.cycled(now: site.at(0))
    #expect(numbers(started) == [1, 3, 4])
    #expect(
      site.cycle.run(after, now: site.at(1)).decisions == [
        .wait(
          TaskID(job: JobID(number: 2), index: nil),
          .limit(
            LimitShortfall(
              counter: .licence(Self.matlab), scope: nil, measure: .licences, wants: 2, most: 3,
              inUse: 3, promisedAhead: 0)), expectedStart: site.at(110))
      ])
    #expect(after.licenceStandings.map(\.lent) == [3])
  }

  @Test("each task of an array has licences of its own")
  func array() {
    let started = town(5).with(job(1, needs: 2, array: [0, 1, 2])).cycled(now: site.at(0)).started
    #expect(started.map(\.id.task.index) == [0, 1])
  }

  @Test("of a licence that left the description nothing is lent, and what runs goes on")
  func gone() {
    var (state, started) = town(2).with(job(1, needs: 1)).cycled(now: site.at(0))
    #expect(numbers(started) == [1])
    state.centre.licences = [:]
    let decisions = site.cycle.run(state.with(job(2, needs: 1)), now: site.at(1)).decisions
    guard case .wait(_, .limit(let shortfall), nil) = decisions.first, decisions.count == 1 else {
      Issue.record("\(decisions)")
      return
    }
    #expect((shortfall.most, shortfall.inUse) == (0, 1))
  }

  @Test("a start that would lend more than there is changes nothing")
  func guarded() throws {
    let before = town(2).with(job(1, needs: 2)).with(job(2, needs: 1))
    let (state, started) = before.cycled(now: site.at(0))
    let run = try #require(started.first)
    let task = TaskID(job: JobID(number: 2), index: nil)
    let other = RunRecord(
      id: RunID(task: task, attempt: 1), allocation: run.allocation, placement: run.placement,
      weight: run.weight, rateVersion: run.rateVersion, hold: run.hold, reach: run.reach,
      committed: site.at(1))
    #expect(state.licenceLacking(for: other) == Self.matlab)
    #expect(state.after(.start(other)) == nil)
  }
}
