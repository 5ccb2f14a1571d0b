// Why: what alone is more than a hard cap allows could never start; to let it wait, and to say that
// time helps, would be untrue.
import Domain
import Doubles
import Ledger
import Scheduling
import Services
import Testing
import Wire

@Suite("what a hard cap never allows is refused")
struct CapRefusalTests {
  /// A town in which one GPU for an hour holds 1.0083 GPU-h, under a cap.
  private func town(
    _ hours: Int64, _ span: CapRule.Span = .calendarYear, _ strength: CapStrength = .hard
  ) async throws -> Town {
    let town = try await Town()
    try await town.change { centre in
      let programme = try #require(ProgrammeID("playground"))
      centre.programmes[programme] = Programme(
        id: programme, name: "Playground", funder: try #require(FunderID("state")),
        mode: "Playground",
        amount: .hours(1)...(.hours(1000)), maximumMonths: 3, demand: .open, accessWorkingDays: 2)
      let id = try #require(CapID("roof"))
      centre.capRules[id] = CapRule(
        id: id, scope: .project(try #require(ProjectID("longscan"))), limit: .amount(.hours(hours)),
        span: span, strength: strength)
    }
    return town
  }

  private let script = "--account=longscan --gpus=1 --time="

  @Test("more than a whole hard cap is refused with the numbers and the longest limit that fits")
  func beyond() async throws {
    let town = try await town(2)
    let problem = try await town.refusal("bram", script + "120")
    #expect(problem.code == "cap" && problem.status == 403)
    #expect(
      problem.detail == "this needs a hold of 2.0083 GPU-h for each task, and cap roof allows "
        + "2.0000 GPU-h in all in a calendar year")
    #expect(
      problem.nextStep
        == "ask for --time=01:59:00 or less (less still, as far as the cap is used: see "
        + "`polder caps`), or ask an administrator to raise it")
    let wide = try await town.refusal("bram", "--account=longscan --gpus=4 --time=60")
    #expect(wide.nextStep.hasPrefix("ask for --time=00:29:00 or less, or for fewer GPUs (less "))
    _ = try await town.submit("bram", script + "119")
  }

  @Test("a soft cap refuses nothing, nor one whose window ends before the allocation does")
  func within() async throws {
    _ = try await town(1, .calendarYear, .soft).submit("bram", script + "120")
    let allocation = try #require(AllocationID("longscan-1"))
    let window = try #require(try await Town().store.centre().allocations[allocation]).window
    let early = window.lowerBound..<(window.upperBound - .hours(24))
    _ = try await town(1, .window(early)).submit("bram", script + "120")
    let late = window.lowerBound..<(window.upperBound - .hours(2))
    let problem = try await town(1, .window(late)).refusal("bram", script + "120")
    #expect(problem.code == "cap", "the two hours after it are too few for job and grace")
  }

  @Test("nor what could start in another allocation, on lighter nodes, or by another rate card")
  func elsewhere() async throws {
    let town = try await town(2)
    try await town.change { centre in
      let next = try #require(AllocationID("longscan-2"))
      let old = try #require(centre.allocations.values.first { $0.id.text == "longscan-1" })
      let free = try #require(ProgrammeID("fast-lane"))
      centre.programmes[free] = Programme(
        id: free, name: "Fast lane", funder: try #require(FunderID("state")), mode: "Fast lane",
        amount: .hours(1)...(.hours(1000)), maximumMonths: 3, demand: .open, accessWorkingDays: 2)
      centre.allocations[next] = Allocation(
        id: next, project: old.project, programme: free, granted: .hours(100),
        window: (Town.now + .hours(48))..<(Town.now + .hours(480)), opening: .zero)
      let cap = try #require(CapID("roof"))
      centre.capRules[cap] = CapRule(
        id: cap, scope: .programmes([old.programme]), limit: .amount(.hours(2)),
        span: .calendarYear, strength: .hard)
    }
    _ = try await town.submit("bram", script + "120", key: "later")
    let named = try await town.refusal("bram", script + "120 --allocation=longscan-1")
    #expect(named.code == "cap", "of the allocation that it names there is no other")

    let sizes = try await self.town(40)
    try await sizes.change { centre in
      let small = try #require(NodeName("gn01"))
      centre.nodes[small] = Node(
        name: small, gpuType: "h100",
        capacity: NodeResources(gpus: 1, cpus: 20, memoryMiB: 128_000))
    }
    // A whole node of four is 48.03 GPU-h, and one of one GPU 12.
    _ = try await sizes.submit("bram", "--account=longscan --partition=whole --gpus=1 --time=720")
    let both = try await sizes.refusal(
      "bram", "--account=longscan --partition=whole --gpus=4 --time=720")
    #expect(both.code == "cap")

    let cheaper = try await self.town(2)
    try await cheaper.change { centre in
      let name = try #require(PartitionName("gpu"))
      let old = try #require(centre.partitions[name])
      centre.partitions[name] = Partition(
        name: name, nodes: old.nodes, wholeNodes: false, defaultTimeLimit: old.defaultTimeLimit,
        maximumTimeLimit: old.maximumTimeLimit, defaultsPerGPU: old.defaultsPerGPU,
        rateCards: old.rateCards + [
          RateCard(
            version: 2, inForceFrom: Town.now + .hours(24),
            rates: Rates(perGPU: 500, perCPU: 25, perGiB: 4))
        ])
    }
    _ = try await cheaper.submit("bram", script + "120")
  }

  @Test("of partitions that are listed the lightest node of any counts, also for a longer limit")
  func listed() async throws {
    let town = try await town(2)
    try await town.change { centre in
      // All nodes of the one weigh 1.5 for a GPU; the other has lighter and heavier ones, so that what it
      // holds at most is more.
      let name = try #require(PartitionName("gpu"))
      let gpu = try #require(centre.partitions[name])
      let (nodes, now) = (gpu.nodes, Town.now - .hours(24))
      for (place, type) in ["h100", "b200"].enumerated() {
        let node = try #require(centre.nodes[nodes[place]])
        centre.nodes[node.name] = Node(name: node.name, gpuType: type, capacity: node.capacity)
      }
      func partition(_ name: String, _ rates: Rates) throws {
        let id = try #require(PartitionName(name))
        centre.partitions[id] = Partition(
          name: id, nodes: Array(nodes.prefix(2)), wholeNodes: false,
          defaultTimeLimit: gpu.defaultTimeLimit, maximumTimeLimit: gpu.maximumTimeLimit,
          defaultsPerGPU: gpu.defaultsPerGPU,
          rateCards: [RateCard(version: 1, inForceFrom: now, rates: rates)])
      }
      try partition("even", Rates(perGPU: 1500, perCPU: 0, perGiB: 0))
      try partition(
        "mixed", Rates(perGPU: 3000, perCPU: 0, perGiB: 0, perGPUOfType: ["h100": 500]))
    }
    let list = "--account=longscan --gpus=1 --time=120 --partition="
    #expect(try await town.refusal("bram", list + "even").code == "cap")
    _ = try await town.submit("bram", list + "even,mixed")
    let job = try await town.submit(
      "bram", list.replacing("120", with: "60") + "even,mixed", key: "shorter")
    let bram = try await town.caller("bram")
    _ = try await town.front.changeLimit(job.id, LimitRequest(timeLimit: "2:00:00"), bram)
  }

  @Test("a cap of nothing advises no smaller job, and one that is shared no look at what is used")
  func nothing() async throws {
    let town = try await town(0)
    #expect(
      try await town.refusal("bram", script + "1").nextStep
        == "ask an administrator to raise it")
    try await town.change { centre in
      let cap = try #require(CapID("roof"))
      centre.capRules[cap] = CapRule(
        id: cap, scope: .funder(try #require(FunderID("state"))), limit: .amount(.hours(1)),
        span: .calendarYear, strength: .hard)
    }
    #expect(
      try await town.refusal("bram", script + "120").nextStep
        == "ask for --time=00:59:00 or less (less still, as far as the cap is used), or ask an "
        + "administrator to raise it")
  }

  @Test("of several caps the one that allows least is named, and with --time-min that option")
  func advice() async throws {
    let town = try await town(2)
    try await town.change { centre in
      let cap = try #require(CapID("beam"))
      centre.capRules[cap] = CapRule(
        id: cap, scope: .funder(try #require(FunderID("state"))), limit: .amount(.hours(1)),
        span: .calendarYear, strength: .hard)
    }
    let problem = try await town.refusal("bram", script + "240 --time-min=180")
    #expect(problem.detail.contains("cap beam allows 1.0000 GPU-h"))
    #expect(problem.nextStep.hasPrefix("ask for --time-min=00:59:00 or less"))
  }

  @Test("who waits for a cap is told when it is counted anew, where its allocation is open then")
  func told() throws {
    let noon = Town.now
    let room = CapRoom(
      limit: .hours(10), used: .hours(9), held: .zero, isShared: false, ends: noon,
      limitAfter: .hours(10))
    for (reopens, text) in [
      (nil, "it can't start before the cap is raised, unless it asks for less"),
      (
        noon,
        "it can't start before the cap is raised or its period ends at \(noon), unless it asks for less"
      ),
    ] {
      let shortfall = CapShortfall(
        cap: try #require(CapID("roof")), needs: .hours(2), room: room, promisedAhead: .zero,
        reopens: reopens)
      let view = Wording(seesSums: true) { _ in true }.view(.cap(shortfall))
      #expect(view.nextStep == text)
    }
  }
}
