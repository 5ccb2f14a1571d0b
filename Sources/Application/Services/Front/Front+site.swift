import BridgeProtocol
import Domain
import Engine
import Ledger
import Lifecycle
package import Wire

extension Front {
  // MARK: The machine

  /// The nodes and what is in use on them: the same for every member, without whose it is.
  package func nodes(_ caller: Caller) async throws(Problem) -> [NodeView] {
    let state = await board.current()
    let snapshot = try await asked { () async throws(StoreError) in try await store.snapshot() }
    let runs = snapshot.state.runs.values
    return snapshot.state.centre.nodes.values.sorted { $0.name < $1.name }.map { node in
      let seen = state.nodes.first { $0.name == node.name.text }
      let shares = runs.filter { $0.placement.nodes.contains(node.name) }.map(\.placement.perNode)
      let inUse = min(shares.map(\.gpus).reduce(0, +), node.capacity.gpus)
      let whole = shares.filter { $0.gpuThousandths == 0 }.map(\.gpus).reduce(0, +)
      let shards = node.shardsPerGPU > 0 ? node.shardsPerGPU * node.capacity.gpus : nil
      let taken = shares.compactMap { node.shards(in: $0) }.reduce(0, +)
      let foreign = state.foreign[node.name]
      return NodeView(
        name: node.name.text,
        state: seen.map { $0.takesJobs ? "up" : $0.inWords } ?? "unknown to Slurm",
        reason: seen?.reason ?? "", gpuType: node.gpuType, gpus: node.capacity.gpus,
        gpusInUse: foreign == nil ? inUse : node.capacity.gpus, cpus: node.capacity.cpus,
        memoryMiB: node.capacity.memoryMiB,
        shardsFree: shards.map {
          foreign == nil ? max($0 - whole * node.shardsPerGPU - taken, 0) : 0
        }, shards: shards, foreign: foreign)
    }
  }

  /// What Slurm has set aside and has not ended, the first to begin first: for every member, but its
  /// name only for whom it is.
  package func reservations(_ caller: Caller) async throws(Problem) -> [ReservationView] {
    let state = await board.current()
    let now = try await asked { () async throws(StoreError) in try await store.glance() }.asOf
    let own = projects(of: caller, in: try await centre())
    return state.reserved.filter { $0.window.upperBound > now }
      .sorted { ($0.window.lowerBound, $0.name) < ($1.window.lowerBound, $1.name) }
      .map { reservation in
        let isShown =
          reservation.isMaintenance || caller.role == .administrator
          || own.contains { reservation.access.admits(caller.account, of: $0) }
        return ReservationView(
          name: isShown ? reservation.name : nil,
          purpose: reservation.isMaintenance ? "maintenance" : "reserved",
          nodes: reservation.nodes.map(\.text),
          start: reservation.window.lowerBound.milliseconds,
          end: reservation.window.upperBound.milliseconds)
      }
  }

  /// Whether Polder and what it stands on are well: for everyone, since it says nothing of anyone.
  package func health() async throws(Problem) -> HealthView {
    let state = await board.current()
    let audit: BooksAudit
    do throws(StoreError) {
      audit = try await store.glance()
    } catch {
      throw Wording.health(error, answered: state.storeAnswered)
    }
    let skew = state.clockSkewMilliseconds
    return HealthView(
      parts: [
        HealthView.Part(name: "postgres", well: true, detail: "answers"),
        part("slurm", slurmCondition(state, now: audit.asOf)),
        HealthView.Part(
          name: "clock", well: state.clocksAgree,
          detail: "Slurm's clock is \(skew) ms ahead of Postgres's"),
        gracePart(state),
      ],
      booksBalance: audit.balanced, openHolds: audit.openHolds, waitingTasks: audit.waitingTasks,
      runningTasks: audit.runningTasks, foreignNodes: state.foreign.count,
      transactions: HealthView.Transactions(store.counts), asOf: audit.asOf.milliseconds)
  }

  private func gracePart(_ state: BoardState) -> HealthView.Part {
    let needed = state.graceNeeded
    return HealthView.Part(
      name: "grace", well: needed.map { $0 <= settings.grace } ?? false,
      detail: "a hold reaches \(settings.grace.count) s past the limit; Slurm may take "
        + (needed.map { "\($0.count) s" } ?? "longer than is known"))
  }

  /// A round that takes long waits for Slurm: libslurm tries for its own time-out.
  private func slurmCondition(_ state: BoardState, now: Instant) -> BoardState.Condition {
    guard case .well = state.slurm, let last = state.lastCycle else { return state.slurm }
    let silence = now.seconds(since: last)
    return silence > Seconds(4) ? .unreachable("no answer for \(silence.count) s") : .well
  }

  private func part(_ name: String, _ condition: BoardState.Condition) -> HealthView.Part {
    switch condition {
    case .well: HealthView.Part(name: name, well: true, detail: "answers")
    case .unreachable(let why): HealthView.Part(name: name, well: false, detail: why)
    }
  }

  // MARK: The description

  /// Applies a description of the centre, or shows what it would change. Administrators only.
  package func apply(
    _ request: ApplyRequest, _ caller: Caller
  ) async throws(Problem) -> ApplyResult {
    try await requireAdministrator(caller, to: "describe the centre", .apply, "centre")
    let context = try await asked { () async throws(StoreError) in
      try await store.applyContext()
    }
    let plan = try await plan(request.objects, context)
      .noting(accountsMissing: accounts, since: context.centre)
    let detail = "description sha256 \(request.digest): \(plan.summary)"
    if !request.dryRun || request.thenApply == true, !plan.refusals.isEmpty {
      let why = plan.refusalSummary(of: request.objects)
      try await record(caller.line(.apply, "centre", .refused, detail: "\(why); \(detail)"))
    }
    guard plan.refusals.isEmpty, !request.dryRun, !plan.changes.isEmpty else {
      return plan.result(applied: false)
    }
    let line = caller.line(.apply, "centre", detail: detail)
    let outcome: GuardedOutcome
    do throws(StoreError) {
      outcome = try await store.replaceCentre(
        with: plan.next, postings: plan.postings, ifStill: context.centre, audit: line)
    } catch {
      await attempt(caller.line(.apply, "centre", .failed, detail: "\(error.word); \(detail)"))
      throw error.problem
    }
    guard outcome == .done else {
      try await record(caller.line(.apply, "centre", .failed, detail: "conflict; \(detail)"))
      throw Problem(
        title: "The centre changed meanwhile", status: 409, code: "conflict",
        detail: "someone else applied a description, or the books got an entry that stands against "
          + "this one, in the same moment",
        nextStep: "run it again: the difference is made anew")
    }
    await board.wake()
    return plan.result(applied: true)
  }

  /// Plans it, and again with what the books have of allocations that it would end in the past or begin
  /// earlier, and of caps that it would move.
  private func plan(
    _ objects: [DescribedObject], _ context: ApplyContext
  ) async throws(Problem) -> ApplyPlan {
    let plan = ApplyPlanner.plan(described: objects, context: context)
    let ended = plan.next.ended(by: context.now, since: context.centre)
    let forward = plan.next.broughtForward(by: context.now, since: context.centre)
    let movesCaps = plan.next.caps(at: context.now) != context.centre.caps(at: context.now)
    guard !ended.isEmpty || !forward.isEmpty || movesCaps else { return plan }
    var context = context
    if movesCaps {
      let standings = try await asked { () async throws(StoreError) in try await store.capUses() }
      for standing in standings { context.capUses[standing.cap.id] = standing.use }
    }
    for (id, end) in ended {
      context.lastEntries[id] = try await lastEntry(of: id, from: end)
    }
    for id in forward where ended[id] == nil {
      context.lastEntries[id] = try await lastEntry(of: id, from: context.now)
    }
    // What is booked between this look and the write, the write looks for itself.
    return ApplyPlanner.plan(described: objects, context: context)
  }

  /// When the last entry of an allocation is effective, if any is at or after an instant.
  private func lastEntry(
    of id: AllocationID, from begin: Instant
  ) async throws(Problem) -> Instant? {
    var filter = EntryFilter(allocation: id, effectiveFrom: begin, limit: 10_000)
    var last: Instant?
    repeat {
      let asked = filter
      let page = try await self.asked { () async throws(StoreError) in
        try await store.entries(asked)
      }
      for entry in page.entries { last = max(last ?? entry.effective, entry.effective) }
      filter.after = page.next
    } while filter.after != nil
    return last
  }
}

extension HealthView.Transactions {
  fileprivate init(_ counts: StoreCounts) {
    self.init(
      committed: counts.commits, serializationRetries: counts.serializationRetries,
      deadlockRetries: counts.deadlockRetries, timedOut: counts.timeouts,
      disconnected: counts.disconnected, unknown: counts.unknown)
  }
}
