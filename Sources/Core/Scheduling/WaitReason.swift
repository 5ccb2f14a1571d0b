package import Domain
package import Ledger

/// Why a task does not start now, with the numbers that explain it. The cases stand in order of
/// precedence: the first that holds is the reason. Where a task has several allocations, one that
/// lacks only money is named before one that lacks time. What has many figures stands apart, so that the
/// reasons of most, which have few, are small.
package enum WaitReason: Hashable, Sendable {
  /// These conditions on other jobs don't hold yet: all of them must, or one of them.
  case dependency([Dependency], DependencyRule = .all)
  /// All that these jobs have to do is done, but the delay that was asked for is not over.
  case delay(Dependency, until: Instant)
  /// The member asked for a later start.
  case notBefore(Instant)
  /// Slurm does not start it in its partition, or in the first of those that it lists.
  case partition(PartitionName, PartitionObstacle)
  /// The reservation that it names is not there any more, or not for it.
  case reservationGone(ReservationName)
  /// Slurm was given it in vain.
  case paused(StartPause)
  /// A job of the same name and member, submitted before it, has not ended: its number of tasks.
  case singleton(JobID, tasks: Int)
  /// As many tasks of its array run as may.
  case throttle(running: Int, limit: Int)
  /// The centre has changed since the job was accepted: nothing can hold it now.
  case impossible([RequestRefusal])
  /// No allocation is left that it may hold from.
  case noAllocation
  /// The allocations that it may hold from are suspended.
  case suspended(AllocationID, since: Instant)
  /// Even started as early as can be planned, it would not end by its deadline.
  case deadline(Instant, wouldEnd: Instant)
  /// It would not end inside its allocation's window.
  case window(WindowShortfall)
  /// Its hold does not fit into what its allocation has left.
  indirect case budget(BudgetShortfall)
  /// Its hold does not fit under a cap above its allocation.
  indirect case cap(CapShortfall)
  /// As much runs as a limit allows at once.
  indirect case limit(LimitShortfall)
  /// Nodes that could hold it exist, but too few of them are up.
  case nodesUnavailable(NodeShortfall)
  /// The reservation that it names has not begun.
  case reservationAhead(ReservationName, begins: Instant)
  /// The reservation that it names ends before it could.
  case reservationEnds(ReservationName, ends: Instant, wouldEnd: Instant)
  /// It would start now, but nodes are set aside before it would end.
  indirect case reserved(ReservationShortfall)
  /// So many nodes are free, but behind more switches than it wants.
  case switches(SwitchWish, wantedNodes: Int)
  /// Not enough is free now.
  case resources(ResourceShortfall)
  /// It would fit now, but would delay this task, which is ahead of it or has a promise.
  case priority(ahead: TaskID, jobsAhead: Int)
}

extension WaitReason {
  /// True if no allocation pays for all of its limit.
  var isUnpaid: Bool {
    switch self {
    case .window, .budget, .cap: true
    default: false
    }
  }

  /// True if it stands in the way whatever is free, and is found without a look at what is.
  var isWithoutSearch: Bool {
    switch self {
    case .impossible, .noAllocation, .nodesUnavailable, .notBefore, .budget, .cap: true
    default: false
    }
  }

  /// True if it can stand in the way whatever is free, and costs a search to find.
  var isWithSearch: Bool {
    switch self {
    case .limit, .window, .deadline: true
    default: false
    }
  }
}

/// A run that would reach beyond the end of its allocation's window.
package struct WindowShortfall: Hashable, Sendable {
  /// The preferred of those that can pay for it.
  package let allocation: AllocationID
  package let ends: Instant
  /// The earliest possible end of the run with its limit and grace.
  package let wouldEnd: Instant

  package init(allocation: AllocationID, ends: Instant, wouldEnd: Instant) {
    self.allocation = allocation
    self.ends = ends
    self.wouldEnd = wouldEnd
  }
}

/// A hold that does not fit.
package struct BudgetShortfall: Hashable, Sendable {
  /// The preferred of those whose window is long enough.
  package let allocation: AllocationID
  /// The hold.
  package let needs: GPUTime
  /// Available now.
  package let available: GPUTime
  /// The part of it that tasks ahead in the queue will hold.
  package let promisedAhead: GPUTime
  /// What the allocation may come to have; nil if that is not known.
  package let prospect: BudgetProspect?

  package init(
    allocation: AllocationID, needs: GPUTime, available: GPUTime, promisedAhead: GPUTime,
    prospect: BudgetProspect? = nil
  ) {
    self.allocation = allocation
    self.needs = needs
    self.available = available
    self.promisedAhead = promisedAhead
    self.prospect = prospect
  }

  /// When enough will have been released by instalments, if nothing else uses it; nil if they do not
  /// make up for what is missing.
  package var enoughFrom: Instant? { prospect?.released(needs + promisedAhead - available) }
}

/// A hold that a cap above its allocation does not leave.
package struct CapShortfall: Hashable, Sendable {
  /// The narrowest.
  package let cap: CapID
  /// The hold.
  package let needs: GPUTime
  /// What the cap has room for now.
  package let room: CapRoom
  /// The part of that room that tasks ahead in the queue will hold.
  package let promisedAhead: GPUTime
  /// When the cap's period ends; nil if the hold is more than the whole limit, or if the run would then go
  /// beyond the end of the allocation.
  package let reopens: Instant?

  package init(
    cap: CapID, needs: GPUTime, room: CapRoom, promisedAhead: GPUTime, reopens: Instant?
  ) {
    self.reopens = reopens
    self.cap = cap
    self.needs = needs
    self.room = room
    self.promisedAhead = promisedAhead
  }
}

/// Too few nodes that are up.
package struct NodeShortfall: Hashable, Sendable {
  package let wantedNodes: Int
  /// Up, and large enough.
  package let usableNodes: Int
  /// Large enough, but unavailable, by name.
  package let unavailable: [UnavailableNode]

  package init(wantedNodes: Int, usableNodes: Int, unavailable: [UnavailableNode]) {
    self.wantedNodes = wantedNodes
    self.usableNodes = usableNodes
    self.unavailable = unavailable
  }
}

/// A node that takes no new run, and why.
package struct UnavailableNode: Hashable, Sendable {
  package let node: NodeName
  package let reason: String

  package init(node: NodeName, reason: String) {
    self.node = node
    self.reason = reason
  }
}

/// Nodes that are set aside.
package struct ReservationShortfall: Hashable, Sendable {
  /// The first to begin of those in the way, in Slurm's words.
  package let reservation: String
  package let isMaintenance: Bool
  package let window: Range<Instant>
  /// The end of a run that started now, with limit and grace.
  package let wouldEnd: Instant
  package let wantedNodes: Int
  /// Nodes that are free now and not set aside until then.
  package let openNodes: Int

  package init(
    reservation: String, isMaintenance: Bool, window: Range<Instant>, wouldEnd: Instant,
    wantedNodes: Int, openNodes: Int
  ) {
    self.reservation = reservation
    self.isMaintenance = isMaintenance
    self.window = window
    self.wouldEnd = wouldEnd
    self.wantedNodes = wantedNodes
    self.openNodes = openNodes
  }

  /// The same for a run that would end then.
  func ending(_ end: Instant) -> ReservationShortfall {
    ReservationShortfall(
      reservation: reservation, isMaintenance: isMaintenance, window: window, wouldEnd: end,
      wantedNodes: wantedNodes, openNodes: openNodes)
  }
}

/// Too little that is free now.
package struct ResourceShortfall: Hashable, Sendable {
  /// How many blocking tasks are named.
  package static let mostBlockingTasks = 8

  package let resource: CountedResource
  /// Of the resource, on each node.
  package let wantedPerNode: Int
  package let wantedNodes: Int
  /// Nodes that have that much of the resource free now.
  package let freeNodes: Int
  /// Of the resource, free now on all nodes that could hold the task: it may lie in pieces that
  /// are too small.
  package let freeInAll: Int
  /// The tasks whose end it waits for on its planned nodes, ascending: the last to end, at most
  /// ``mostBlockingTasks``; empty if it has no planned slot.
  package let blockingTasks: [TaskID]
  /// Tasks ahead in the queue that have a planned slot and wait as well.
  package let jobsAhead: Int

  package init(
    resource: CountedResource, wantedPerNode: Int, wantedNodes: Int, freeNodes: Int,
    freeInAll: Int, blockingTasks: [TaskID], jobsAhead: Int
  ) {
    self.resource = resource
    self.wantedPerNode = wantedPerNode
    self.wantedNodes = wantedNodes
    self.freeNodes = freeNodes
    self.freeInAll = freeInAll
    self.blockingTasks = blockingTasks
    self.jobsAhead = jobsAhead
  }
}

/// What a node has a number of.
package enum CountedResource: String, Hashable, Sendable, CaseIterable {
  case gpus
  case cpus
  /// In MiB.
  case memory
  /// Nodes with all that is asked for together (one of one node): each resource alone is free on
  /// enough nodes, or whole nodes are wanted.
  case nodes
}

extension NodeResources {
  /// How much of a resource this is; one node for `nodes`.
  package subscript(_ resource: CountedResource) -> Int {
    switch resource {
    case .gpus: gpus
    case .cpus: cpus
    case .memory: memoryMiB
    case .nodes: 1
    }
  }
}
