/// One job of a workload; times in whole seconds from the workload's own beginning.
package struct WorkloadJob: Hashable, Sendable {
  /// The trace's own number; unique only as far as the trace is.
  package let number: Int64
  /// When it is submitted, in seconds.
  package let submit: Int64
  /// How long it really runs, in seconds; never above ``limit``.
  package let run: Int64
  /// What its submitter says it takes at most, in seconds; at least one.
  package let limit: Int64
  /// Nodes at once; of a log in the Standard Workload Format, processors.
  package let nodes: Int
  /// What it takes of each of its nodes.
  package let perNode: WorkloadShare
  /// The GPU types that will do; empty: any.
  package let gpuTypes: [String]
  package let owner: WorkloadOwner

  /// A run beyond the limit ends at the limit; a limit below one second is one second.
  package init(
    number: Int64, times: WorkloadTimes, nodes: Int, perNode: WorkloadShare = .processor,
    gpuTypes: [String] = [], owner: WorkloadOwner = WorkloadOwner()
  ) {
    precondition(nodes > 0 && times.submit >= 0 && times.run >= 0, "a reader lets none of these in")
    self.number = number
    submit = times.submit
    limit = max(times.limit, 1)
    run = min(times.run, limit)
    self.nodes = nodes
    self.perNode = perNode
    self.gpuTypes = gpuTypes
    self.owner = owner
  }
}

/// When a job is submitted, how long it runs and how long it may; seconds.
package struct WorkloadTimes: Hashable, Sendable {
  package var submit: Int64
  package var run: Int64
  package var limit: Int64

  package init(submit: Int64, run: Int64, limit: Int64) {
    self.submit = submit
    self.run = run
    self.limit = limit
  }
}

/// What a job takes of one node.
package struct WorkloadShare: Hashable, Sendable {
  /// Thousandths of a GPU, so that 500 is half of one and 2,000 are two whole ones.
  package let gpuThousandths: Int
  /// Thousandths of a CPU core.
  package let cpuThousandths: Int
  package let memoryMiB: Int

  package init(gpuThousandths: Int, cpuThousandths: Int, memoryMiB: Int) {
    self.gpuThousandths = gpuThousandths
    self.cpuThousandths = cpuThousandths
    self.memoryMiB = memoryMiB
  }

  /// One processor and nothing else: a job of the Standard Workload Format takes so many of these.
  package static let processor = WorkloadShare(
    gpuThousandths: 0, cpuThousandths: 1000, memoryMiB: 0)
}

/// Whose job it is. Every text may be empty, where the trace does not say.
package struct WorkloadOwner: Hashable, Sendable {
  package let funder: String
  /// The access mode, as `benchmark` or `extreme-scale`; of Philly, the virtual cluster.
  package let programme: String
  /// Of the Standard Workload Format, the group.
  package let project: String
  /// Of the Standard Workload Format, the user.
  package let member: String

  package init(
    funder: String = "", programme: String = "", project: String = "", member: String = ""
  ) {
    self.funder = funder
    self.programme = programme
    self.project = project
    self.member = member
  }
}
