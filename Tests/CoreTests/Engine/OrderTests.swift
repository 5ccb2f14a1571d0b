import Domain
import Engine
import Ledger
import Lifecycle
import Scheduling
import Testing

/// The order of waiting tasks by a policy, in whole cycles.
@Suite("order")
struct OrderTests {
  private let site = SmallSite.self
  private let anna = OrderTown.anna
  private let bea = OrderTown.bea

  private func town(_ policy: PriorityPolicy?) -> EngineState { OrderTown.with(policy) }

  /// All nodes for 100 s, so that one at a time runs.
  private func job(_ number: Int64, of member: MemberID, at second: Int64 = 0) -> JobRecord {
    OrderTown.job(number, of: member, nodes: 4, at: second)
  }

  private var fairShareOnly: PriorityPolicy {
    var weights = PriorityPolicy.Weights()
    weights.fairShare = 1
    return PriorityPolicy(weights: weights)
  }

  private func end(_ run: RunRecord, at second: Int64, _ refund: EntryReason? = nil) -> Transition {
    .ended(
      run.id,
      RunEnd(
        start: run.started, end: site.at(second), outcome: .completed, exitCode: 0, signal: 0,
        used: run.weight * Seconds(100), refund: refund, requeued: false))
  }

  @Test("without a policy tasks are served by id, whatever was used")
  func noPolicy() {
    var town = town(nil).with(job(1, of: anna)).with(job(2, of: bea))
    town.order.usage.add(.hours(50), of: Leaves.leaf("union/up/alpha/anna"), at: site.at(0))
    #expect(town.cycled(now: site.at(1)).started.map(\.id.task.job.number) == [1])
    #expect(Cycle.explanation(of: JobID(number: 1), town, now: site.at(1)) == nil)
  }

  @Test("age alone is first come, first served by submission, ties by id")
  func ageAlone() {
    let town = town(.firstCome).with(job(1, of: anna, at: 9)).with(job(2, of: bea, at: 5))
      .with(job(3, of: anna, at: 5))
    #expect(town.cycled(now: site.at(10)).started.map(\.id.task.job.number) == [2])
  }

  @Test("a job with a nice value lets others go first that were submitted after it")
  func nice() {
    var weights = PriorityPolicy.Weights()
    weights.nice = 1000
    let policy = PriorityPolicy(weights: weights)
    func nicer(_ number: Int64, _ nice: Int) -> JobRecord {
      let job = job(number, of: anna)
      let request = JobRequest(
        name: "j", member: anna, project: job.request.project, allocation: nil,
        partition: job.request.partition, nodeCount: 4, perNode: job.request.perNode,
        gpuType: nil, timeLimit: job.request.timeLimit, wishes: TimeWishes(nice: nice))
      return JobRecord(
        id: job.id, request: request, origin: .polder, submitted: site.at(0), binding: .unbound)
    }
    var town = town(policy).with(nicer(1, 200)).with(nicer(2, 0)).with(nicer(3, 100))
    let order = Cycle(planning: .conservative, lifecycle: site.policy)
      .queuePicture(town, now: site.at(1)).jobs.map(\.record.id.number)
    #expect(order == [2, 3, 1])
    #expect(town.cycled(now: site.at(1)).started.map(\.id.task.job.number) == [2])
    town.order = OrderState(policy: nil)
    #expect(town.cycled(now: site.at(1)).started.map(\.id.task.job.number) == [1])
  }

  @Test("who used less of the share is served first, and what ended is remembered")
  func fairShare() throws {
    var town = town(fairShareOnly).with(job(1, of: anna)).with(job(2, of: anna))
      .with(job(3, of: bea))
    let (first, started) = town.cycled(now: site.at(0))
    let run = try #require(started.first)
    #expect(run.id.task.job.number == 1)
    town = first.started(run, at: site.at(0))
    let running = try #require(town.runs[run.id])
    town = try #require(town.after(end(running, at: 100)))
    let leaf = Leaves.leaf("union/up/alpha/anna")
    let used = town.order.usage.used(by: leaf, fairShareOnly, at: site.at(100))
    #expect(used == run.weight * Seconds(100))
    #expect(town.cycled(now: site.at(100)).started.map(\.id.task.job.number) == [3])
  }

  @Test("what is given back was never used")
  func refunded() throws {
    let (waiting, started) = town(fairShareOnly).with(job(1, of: anna)).cycled(now: site.at(0))
    let run = try #require(started.first)
    let running = waiting.started(run, at: site.at(0))
    let record = try #require(running.runs[run.id])
    let ended = try #require(running.after(end(record, at: 100, .nodeFailure)))
    #expect(ended.order.usage.byLeaf.isEmpty)
  }

  @Test("a run counts part of its hold from its start on, and more once it has used more")
  func entryCharge() throws {
    let (starting, started) = town(fairShareOnly).with(job(1, of: anna)).with(job(2, of: bea))
      .with(job(3, of: anna)).cycled(now: site.at(0))
    let run = try #require(started.first)
    func used(_ state: EngineState, at second: Int64) throws -> GPUTime {
      let job = JobID(number: 3)
      let explanation = try #require(Cycle.explanation(of: job, state, now: site.at(second)))
      return try #require(explanation.place?.levels.last).usage
    }
    let entry = try #require(run.hold).portion(basisPoints: 1000)
    #expect(try used(starting, at: 1) == entry)
    let running = starting.started(run, at: site.at(5))
    #expect(try used(running, at: 6) == entry, "a second is less than a tenth of the hold")
    #expect(try used(running, at: 65) == run.weight * Seconds(60))
    #expect(try used(running, at: 5000) == run.weight * run.reach, "no more than its hold")
    let place = Cycle.explanation(of: JobID(number: 2), running, now: site.at(6))?.place
    #expect(place?.rank == 1)
  }

  @Test("the funder that is behind is served first")
  func entitlement() throws {
    var weights = PriorityPolicy.Weights()
    weights.entitlement = 1
    var town = town(PriorityPolicy(weights: weights)).with(job(1, of: anna))
      .with(job(2, of: bea))
    town.order.usage.add(.hours(61), of: Leaves.leaf("union/up/alpha/anna"), at: site.at(0))
    town.order.usage.add(.hours(39), of: Leaves.leaf("state/sp/beta/bea"), at: site.at(0))
    #expect(town.cycled(now: site.at(1)).started.map(\.id.task.job.number) == [2])
    let behind = Cycle.explanation(of: JobID(number: 2), town, now: site.at(1))?.entitlement
    #expect(behind?.behindBasisPoints == 100)
  }

  @Test("entries of the ledger give the use that their runs gave, and refunds take it back")
  func fold() throws {
    let charge = GPUTime.hours(3)
    func entry(
      _ kind: EntryKind, _ id: String, _ job: Int64, _ amount: GPUTime, at second: Int64,
      corrects: String? = nil
    ) -> Entry {
      Entry(
        id: EntryID(id), kind: kind, allocation: site.name("alpha-1", AllocationID.self),
        amount: amount,
        run: RunID(task: TaskID(job: JobID(number: job), index: nil), attempt: 1),
        corrects: corrects.map { EntryID($0) }, effective: site.at(second),
        recorded: site.at(second))
    }
    let entries = [
      entry(.hold, "h1", 1, .hours(9), at: 0), entry(.charge, "c1", 1, charge, at: 10),
      entry(.release, "l1", 1, .hours(6), at: 10), entry(.charge, "c2", 1, charge, at: 20),
      entry(.refund, "r2", 1, charge, at: 90_000, corrects: "c2"),
      entry(.charge, "c9", 9, charge, at: 30),
    ]
    let order = OrderState(
      policy: .shared, entries: entries,
      requests: [JobID(number: 1): job(1, of: anna).request], centre: town(nil).centre)
    let leaf = Leaves.leaf("union/up/alpha/anna")
    #expect(Array(order.usage.byLeaf.keys) == [leaf], "job 9 is nobody's")
    let now = site.at(90_000)
    var alone = UsageRecord()
    alone.add(charge, of: leaf, at: site.at(10))
    #expect(order.usage == alone)
    #expect(order.usage.used(by: leaf, .shared, at: now) == alone.used(by: leaf, .shared, at: now))
  }

  @Test("shares that the centre describes count in the tree, funders' by their entitlement")
  func describedShares() {
    var centre = town(nil).centre
    let shares = ShareWeights(
      projects: [site.name("alpha", ProjectID.self): 3], members: [anna: 0])
    centre.order = OrderRule(policy: fairShareOnly, shares: shares)
    let weights = ShareWeights(centre, at: site.at(1))
    #expect(weights.projects == shares.projects && weights.members == [anna: 0])
    #expect(weights.funders == [OrderTown.union: 6000, OrderTown.state: 4000])
  }

  @Test("what an overrun used counts, although the charge was given back")
  func refundedOverrun() throws {
    let (waiting, started) = town(fairShareOnly).with(job(1, of: anna)).cycled(now: site.at(0))
    let run = try #require(started.first)
    let running = waiting.started(run, at: site.at(0))
    let hold = try #require(run.hold)
    let more = GPUTime.hours(1)
    let ended = try #require(
      running.after(
        .ended(
          run.id,
          RunEnd(
            start: site.at(0), end: site.at(5000), outcome: .nodeFailed, exitCode: 0, signal: 0,
            used: hold + more, refund: .nodeFailure, requeued: false))))
    let leaf = Leaves.leaf("union/up/alpha/anna")
    #expect(ended.order.usage.byLeaf[leaf]?.days.map(\.amount) == [more])
  }

  @Test("a job's size is what its GPUs weigh of the machine's")
  func size() throws {
    var weights = PriorityPolicy.Weights()
    weights.size = 1
    var town = town(PriorityPolicy(weights: weights)).with(job(1, of: anna))
    func size() throws -> Int64 {
      let explanation = try #require(
        Cycle.explanation(of: JobID(number: 1), town, now: site.at(1)))
      return try #require(explanation.terms.first { $0.factor == .size }).value
    }
    #expect(try size() == 1_000_000, "all four nodes")
    // 28 slices of an eighth beside the 16 GPUs of the job.
    let cut = site.name("gn09", NodeName.self)
    let slices = site.name("slices", PartitionName.self)
    town.centre.nodes[cut] = Node(
      name: cut, gpuType: "h100_1g.10gb",
      capacity: NodeResources(gpus: 28, cpus: 96, memoryMiB: 1024))
    town.centre.partitions[slices] = Partition(
      name: slices, nodes: [cut], wholeNodes: false, defaultTimeLimit: Seconds(60),
      maximumTimeLimit: .hours(24), defaultsPerGPU: site.oneGPU,
      rateCards: [
        RateCard(
          version: 1, inForceFrom: Instant(milliseconds: 0),
          rates: Rates(
            perGPU: 1000, perCPU: 0, perGiB: 0, perGPUOfType: ["h100_1g.10gb": 125]))
      ])
    #expect(try size() == 16_000_000_000 / 19_500)
  }

  @Test("beyond a soft cap comes last, whatever the priority")
  func softCap() throws {
    var town = town(fairShareOnly).with(job(1, of: anna)).with(job(2, of: bea))
    town.order.usage.add(.hours(5), of: Leaves.leaf("union/up/alpha/anna"), at: site.at(0))
    town.caps = [
      Cap(
        id: site.name("cap", CapID.self), scope: .funder(OrderTown.state), limit: .zero,
        period: site.at(0)..<site.at(900), strength: .soft)
    ]
    #expect(town.cycled(now: site.at(1)).started.map(\.id.task.job.number) == [1])
    let explanation = try #require(
      Cycle.explanation(of: JobID(number: 2), town, now: site.at(1)))
    #expect(explanation.isBeyondSoftCap && explanation.place?.rank == 1)
  }
}
