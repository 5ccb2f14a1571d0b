// Why: with hundreds of runs of a spare class about, each that ends without need is work lost, and
// the more there are the fewer can be tried one by one.
import Domain
import Engine
import Ledger
import Lifecycle
import Scheduling
import Testing

@Suite("preemption among many")
struct PreemptionScaleTests {
  private let site = SmallSite.self
  private static let spare = SmallSite.name("spare", QOSName.self)
  private static let capacity = NodeResources(gpus: 8, cpus: 160, memoryMiB: 512_000)
  private static let eighth = NodeResources(gpus: 1, cpus: 20, memoryMiB: 64_000)

  private static func node(_ number: Int) -> NodeName {
    SmallSite.name("n\(number / 10)\(number % 10)", NodeName.self)
  }

  /// So many nodes, on each eight runs of one GPU of a class that may be preempted; those of a node
  /// began eight seconds after those of the node before, and have that less to lose.
  ///
  /// - Parameter mixed: every other node has one run that does not make way.
  private func full(nodes count: Int, mixed: Bool = false) -> EngineState {
    var state = site.empty
    state.centre.qosClasses = [
      Self.spare: QOSClass(
        id: Self.spare, priority: 0,
        preemption: QOSClass.Preemption(signal: .usr2, notice: .zero))
    ]
    let nodes = (1...count).map(Self.node)
    state.centre.nodes = Dictionary(
      uniqueKeysWithValues: nodes.map {
        ($0, Node(name: $0, gpuType: "h100", capacity: Self.capacity))
      })
    state.nodeStates = Dictionary(uniqueKeysWithValues: nodes.map { ($0, .up) })
    state.centre.partitions[site.gpu] = Partition(
      name: site.gpu, nodes: nodes, wholeNodes: false, defaultTimeLimit: Seconds(60),
      maximumTimeLimit: .hours(24), defaultsPerGPU: Self.eighth,
      rateCards: [
        RateCard(version: 3, inForceFrom: Instant(milliseconds: 0), rates: site.rates)
      ])
    state.centre.partitions[site.whole] = nil
    for (index, node) in nodes.enumerated() {
      for gpu in 1...8 {
        let job = site.job(
          Int64(1000 + 8 * index + gpu),
          site.request(
            perNode: Self.eighth, limit: 50_000, requeue: true,
            wishes: TimeWishes(qos: mixed && gpu == 8 && index % 2 == 1 ? nil : Self.spare)))
        state = state.with(job)
        let task = TaskID(job: job.id, index: nil)
        let run = RunRecord(
          id: RunID(task: task, attempt: 1), allocation: site.large,
          placement: Placement(nodes: [node], perNode: Self.eighth),
          weight: Weight(thousandths: 1000), rateVersion: 3, hold: .hours(1),
          reach: Seconds(50_010), committed: site.at(8 * Int64(index)))
        state.tasks[task]?.state = .running(run.id)
        state.tasks[task]?.attempts = 1
        state.runs[run.id] = run.running(
          since: site.at(8 * Int64(index)), weight: Weight(thousandths: 1000))
      }
    }
    return state
  }

  private func job(_ number: Int64, nodes: Int, gpus: Int) -> JobRecord {
    let share = NodeResources(gpus: gpus, cpus: 20 * gpus, memoryMiB: 64_000 * gpus)
    return site.job(number, site.request(nodes: nodes, perNode: share, limit: 1000))
  }

  /// By node: how many of its runs end.
  private func ended(_ state: EngineState) -> [NodeName: Int] {
    var ended: [NodeName: Int] = [:]
    for decision in site.cycle.run(state, now: site.at(500)).decisions {
      guard case .act(.end(let run, .preempted)) = decision,
        let node = state.runs[run]?.placement.nodes.first
      else { continue }
      ended[node, default: 0] += 1
    }
    return ended
  }

  @Test(
    "128 runs that have to end are those that end, though hundreds more could",
    arguments: [1, 2])
  func many(step: Int) {
    let ended = ended(full(nodes: 60, mixed: step == 2).with(job(1, nodes: 16, gpus: 8)))
    let last = (0..<16).map { Self.node((step == 2 ? 59 : 60) - step * $0) }
    #expect(ended == Dictionary(uniqueKeysWithValues: last.map { ($0, 8) }))
  }

  @Test("of each of many nodes only as many end as the task takes of it")
  func parts() {
    let ended = ended(full(nodes: 60).with(job(1, nodes: 30, gpus: 3)))
    #expect(ended == Dictionary(uniqueKeysWithValues: (31...60).map { (Self.node($0), 3) }))
  }

  @Test("where many tasks wait, each gets room and nothing more ends")
  func tasks() {
    var state = full(nodes: 60)
    for number in 1...40 as ClosedRange<Int64> {
      state = state.with(job(number, nodes: 1, gpus: 4))
    }
    let ended = ended(state)
    #expect(ended.values.reduce(0, +) == 160, "\(ended)")
  }

  @Test("a run on many nodes, which loses most, is spared for more runs that lose less")
  func wide() {
    var state = full(nodes: 20)
    let nodes = (1...10).map(Self.node)
    // One run has a GPU of each of ten nodes in place of ten runs.
    for node in nodes {
      let own = state.runs.values.filter { $0.placement.nodes == [node] }.map(\.id).max()
      guard let own else { continue }
      state.runs[own] = nil
      state.tasks[own.task] = nil
      state.jobs[own.task.job] = nil
    }
    let record = site.job(
      999,
      site.request(
        nodes: 10, perNode: Self.eighth, limit: 50_000, requeue: true,
        wishes: TimeWishes(qos: Self.spare)))
    state = state.with(record)
    let task = TaskID(job: record.id, index: nil)
    let run = RunRecord(
      id: RunID(task: task, attempt: 1), allocation: site.large,
      placement: Placement(nodes: nodes, perNode: Self.eighth),
      weight: Weight(thousandths: 10_000), rateVersion: 3, hold: .hours(1), reach: Seconds(50_010),
      committed: site.at(0))
    state.tasks[task]?.state = .running(run.id)
    state.runs[run.id] = run.running(since: site.at(0), weight: Weight(thousandths: 10_000))
    // Of the first ten nodes seven runs each would do beside it.
    let ended = ended(state.with(job(1, nodes: 10, gpus: 8)))
    #expect(ended == Dictionary(uniqueKeysWithValues: (11...20).map { (Self.node($0), 8) }))
  }
}
