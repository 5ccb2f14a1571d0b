// Why: administrators close partitions in Slurm daily; a run that is placed there all the same takes
// a hold, starts nothing, and is taken back, again and again.
import Domain
import Engine
import Ledger
import Lifecycle
import Scheduling
import Testing

@Suite("partitions as Slurm has them")
struct ClosedPartitionTests {
  private let site = SmallSite.self
  private let task = TaskID(job: JobID(number: 1), index: nil)

  private func state(
    _ conditions: [PartitionName: PartitionCondition], _ request: JobRequest = SmallSite.request(),
    _ origin: JobOrigin = .polder, bound: Int64? = nil
  ) -> EngineState {
    var state = site.empty.with(site.job(1, request, origin, bound: bound))
    state.partitionStates = conditions
    return state
  }

  private func reason(_ state: EngineState) -> WaitReason? {
    for case .wait(task, let reason, _) in site.cycle.run(state, now: site.at(0)).decisions {
      return reason
    }
    return nil
  }

  @Test(
    "nothing starts in a partition that Slurm has closed, and says so; it starts once that is up",
    arguments: [PartitionCondition.State.down, .drain, .inactive, .missing])
  func closed(condition: PartitionCondition.State) {
    var town = state([site.gpu: PartitionCondition(condition)])
    #expect(reason(town) == .partition(site.gpu, .closed(condition)))
    #expect(town.balances[site.large]?.held == .zero)
    town.partitionStates[site.gpu] = PartitionCondition(.up)
    #expect(town.cycled(now: site.at(1)).started.count == 1)
  }

  @Test("a partition that drains starts what stands in it, and takes nothing more")
  func drains() {
    let drain = [site.gpu: PartitionCondition(.drain)]
    let inside = state(drain, site.request(), .slurm, bound: 17)
    #expect(inside.cycled(now: site.at(0)).started.count == 1)
    let again = state(drain, site.request(), .polder, bound: 17)
    #expect(again.cycled(now: site.at(0)).started.count == 1)
  }

  @Test("what is longer or wider than Slurm allows waits with both figures")
  func limits() {
    let short = state(
      [site.gpu: PartitionCondition(.up, longest: Seconds(60))], site.request(limit: 120))
    #expect(
      reason(short) == .partition(site.gpu, .tooLong(Seconds(120), most: Seconds(60))))
    let narrow = state([site.gpu: PartitionCondition(.up, mostNodes: 1)], site.request(nodes: 2))
    #expect(reason(narrow) == .partition(site.gpu, .tooWide(2, most: 1)))
    let fits = state(
      [site.gpu: PartitionCondition(.up, longest: Seconds(120), mostNodes: 2)],
      site.request(nodes: 2, limit: 120))
    #expect(fits.cycled(now: site.at(0)).started.count == 1)
  }

  @Test("what may be shortened starts with the longest limit that Slurm takes, and holds for that")
  func shortened() {
    let wishes = TimeWishes(minimumTime: Seconds(60))
    let town = state(
      [site.gpu: PartitionCondition(.up, longest: Seconds(120))],
      site.request(limit: 600, wishes: wishes))
    #expect(town.cycled(now: site.at(0)).started.map(\.reach) == [Seconds(130)])
  }

  @Test("of a list of partitions those that are open take it, and the run says which")
  func listed() throws {
    let request = site.request().within([site.gpu, site.whole])
    let town = state([site.gpu: PartitionCondition(.down)], request)
    let run = try #require(town.cycled(now: site.at(0)).started.first)
    #expect(run.placement.partition == site.whole)
    #expect(run.weight == Weight(thousandths: 4000), "by the rates of whole nodes")
    // In a list of which one drains it would have to be moved: Slurm takes it in the other.
    let drains = state([site.gpu: PartitionCondition(.drain)], request, .slurm, bound: 17)
    #expect(drains.cycled(now: site.at(0)).started.first?.placement.partition == site.whole)
    let none = state(
      [site.gpu: PartitionCondition(.down), site.whole: PartitionCondition(.inactive)], request)
    #expect(reason(none) == .partition(site.gpu, .closed(.down)))
  }

  @Test("a promise in a partition that is closed meanwhile is not kept for its task")
  func promised() {
    let others = (2...5).map { site.job($0, site.request(partition: site.whole, limit: 1000)) }
    var town = others.reduce(site.empty) { $0.with($1) }
    for run in town.cycled(now: site.at(0)).started {
      town = town.cycled(now: site.at(0)).state.started(run, at: site.at(0))
    }
    town = town.cycled(now: site.at(0)).state
    town = town.with(site.job(1, site.request(partition: site.whole)))
    let promises = site.cycle.run(town, now: site.at(10)).promises
    #expect(promises.map(\.task) == [task])
    town.partitionStates = [site.whole: PartitionCondition(.down)]
    let result = site.cycle.run(town, promises: promises, now: site.at(20))
    #expect(result.promises.isEmpty)
    #expect(reason(town) == .partition(site.whole, .closed(.down)))
  }

  @Test("a forecast for a closed partition says that it is closed")
  func forecast() {
    let town = state([site.gpu: PartitionCondition(.down)])
    let outcomes = site.cycle.forecasts(of: [site.request()], town, now: site.at(0))
    #expect(
      outcomes == [.wait(.partition(site.gpu, .closed(.down)), expectedStart: nil)])
  }

  @Test("a pause after a start in vain doubles each time, up to a quarter of an hour")
  func pauses() {
    var pause: StartPause?
    var lengths: [Int64] = []
    for _ in 1...8 {
      pause = StartPause.after(pause, first: Seconds(30), cause: "no", now: site.at(0))
      lengths.append(pause?.until.seconds(since: site.at(0)).count ?? 0)
    }
    #expect(lengths == [30, 60, 120, 240, 480, 900, 900, 900])
    #expect(pause?.lifted(at: site.at(5)) == StartPause(until: site.at(5), cause: "no", count: 8))
  }

  @Test("a task that pauses says why, and until when")
  func paused() throws {
    let pause = StartPause(until: site.at(30), cause: "Slurm did not start it")
    let decisions = site.cycle.run(state([:]), barred: [task: pause], now: site.at(0)).decisions
    #expect(decisions == [.wait(task, .paused(pause), expectedStart: nil)])
  }
}
