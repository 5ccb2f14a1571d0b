/// What both ways in (Polder's own and Slurm's) become: a validated request, the same for both. Its
/// copies share what it says: it goes from the job to each plan.
package struct JobRequest: Hashable, Sendable {
  @usableFromInline let all: Aside<Fields>

  @usableFromInline
  struct Fields: Hashable, Sendable {
    @usableFromInline let name: String
    @usableFromInline let member: MemberID
    @usableFromInline let project: ProjectID
    @usableFromInline let allocation: AllocationID?
    @usableFromInline let partition: PartitionName
    @usableFromInline let nodeCount: Int
    @usableFromInline let perNode: NodeResources
    @usableFromInline let gpuType: String?
    @usableFromInline let timeLimit: Seconds
    @usableFromInline let requeue: Bool
    @usableFromInline let terms: NodeTerms
    @usableFromInline let wishes: TimeWishes
    /// Nil if nothing of it is said, as by most of a million that wait.
    @usableFromInline let said: Aside<Said>?
  }

  @usableFromInline
  struct Said: Hashable, Sendable {
    @usableFromInline let otherPartitions: [PartitionName]
    @usableFromInline let arrayIndices: [Int]
    @usableFromInline let arrayThrottle: Int?
    @usableFromInline let dependencies: [Dependency]
    @usableFromInline let dependencyRule: DependencyRule
    @usableFromInline let notBefore: Instant?
    @usableFromInline let licences: [LicenceShare]
  }

  private static let nothing = Said(
    otherPartitions: [], arrayIndices: [], arrayThrottle: nil, dependencies: [],
    dependencyRule: .all, notBefore: nil, licences: [])

  package init(
    name: String, member: MemberID, project: ProjectID, allocation: AllocationID?,
    partition: PartitionName, nodeCount: Int, perNode: NodeResources, gpuType: String?,
    timeLimit: Seconds, arrayIndices: [Int] = [], arrayThrottle: Int? = nil,
    dependencies: [Dependency] = [], dependencyRule: DependencyRule = .all,
    notBefore: Instant? = nil, requeue: Bool = false,
    terms: NodeTerms = .any, wishes: TimeWishes = .none, licences: [LicenceShare] = [],
    otherPartitions: [PartitionName] = []
  ) {
    precondition(nodeCount >= 1, "a request is for at least one node")
    let said = Said(
      otherPartitions: otherPartitions, arrayIndices: arrayIndices, arrayThrottle: arrayThrottle,
      dependencies: dependencies, dependencyRule: dependencyRule, notBefore: notBefore,
      licences: [].adding(licences))
    all = Aside(
      Fields(
        name: name, member: member, project: project, allocation: allocation,
        partition: partition, nodeCount: nodeCount, perNode: perNode, gpuType: gpuType,
        timeLimit: timeLimit, requeue: requeue, terms: terms, wishes: wishes,
        said: said == Self.nothing ? nil : Aside(said)))
  }

  /// The same request with another time limit, for those of its tasks that are named; nil for all.
  package func limited(to limit: Seconds, tasks indices: [Int]? = nil) -> JobRequest {
    changed(timeLimit: limit, arrayIndices: indices)
  }

  /// The same request with what is named changed. With a partition it is for that one alone.
  package func changed(
    partition: PartitionName? = nil, nodeCount: Int? = nil, perNode: NodeResources? = nil,
    timeLimit: Seconds? = nil, arrayIndices: [Int]? = nil, dependencies: [Dependency]? = nil
  ) -> JobRequest {
    JobRequest(
      name: name, member: member, project: project, allocation: allocation,
      partition: partition ?? self.partition, nodeCount: nodeCount ?? self.nodeCount,
      perNode: perNode ?? self.perNode, gpuType: gpuType, timeLimit: timeLimit ?? self.timeLimit,
      arrayIndices: arrayIndices ?? self.arrayIndices, arrayThrottle: arrayThrottle,
      dependencies: dependencies ?? self.dependencies, dependencyRule: dependencyRule,
      notBefore: notBefore, requeue: requeue,
      terms: terms, wishes: wishes, licences: licences,
      otherPartitions: partition == nil ? otherPartitions : [])
  }

  /// The same request for some of the partitions that it lists, in order; at least one.
  package func within(_ names: [PartitionName]) -> JobRequest {
    guard let first = names.first else { return self }
    return JobRequest(
      name: name, member: member, project: project, allocation: allocation, partition: first,
      nodeCount: nodeCount, perNode: perNode, gpuType: gpuType, timeLimit: timeLimit,
      arrayIndices: arrayIndices, arrayThrottle: arrayThrottle, dependencies: dependencies,
      dependencyRule: dependencyRule, notBefore: notBefore, requeue: requeue, terms: terms,
      wishes: wishes, licences: licences, otherPartitions: Array(names.dropFirst()))
  }

  /// The same request behind any number of switches.
  package var anywhere: JobRequest {
    JobRequest(
      name: name, member: member, project: project, allocation: allocation,
      partition: partition, nodeCount: nodeCount, perNode: perNode, gpuType: gpuType,
      timeLimit: timeLimit, arrayIndices: arrayIndices, arrayThrottle: arrayThrottle,
      dependencies: dependencies, dependencyRule: dependencyRule, notBefore: notBefore,
      requeue: requeue, terms: terms.anywhere, wishes: wishes, licences: licences,
      otherPartitions: otherPartitions)
  }

  @inlinable package var name: String { all.value.name }
  @inlinable package var member: MemberID { all.value.member }
  @inlinable package var project: ProjectID { all.value.project }
  /// The allocation the member named, or nil to take the earliest to expire that covers the run.
  @inlinable package var allocation: AllocationID? { all.value.allocation }
  /// The only one, or the first of those that it lists.
  @inlinable package var partition: PartitionName { all.value.partition }
  /// How many nodes; at least 1.
  @inlinable package var nodeCount: Int { all.value.nodeCount }
  /// Taken on each node. In a whole-node partition this is what is asked for; the run occupies
  /// each node entirely.
  @inlinable package var perNode: NodeResources { all.value.perNode }
  /// The type every GPU must have, or nil for any.
  @inlinable package var gpuType: String? { all.value.gpuType }
  @inlinable package var timeLimit: Seconds { all.value.timeLimit }
  /// True if a run that the site lost is put back into the queue.
  @inlinable package var requeue: Bool { all.value.requeue }
  /// Features, exclusions and nodes that must be among them.
  @inlinable package var terms: NodeTerms { all.value.terms }
  /// Deadline, least time, and what it says of its place in the queue.
  @inlinable package var wishes: TimeWishes { all.value.wishes }

  /// The others that it lists, in order: it starts in the one where it starts earliest.
  @inlinable package var otherPartitions: [PartitionName] {
    all.value.said?.value.otherPartitions ?? []
  }
  /// Array indices, ascending and unique; empty for a job without an array.
  @inlinable package var arrayIndices: [Int] { all.value.said?.value.arrayIndices ?? [] }
  /// How many tasks of the array may run at once; nil for no limit.
  @inlinable package var arrayThrottle: Int? { all.value.said?.value.arrayThrottle }
  @inlinable package var dependencies: [Dependency] { all.value.said?.value.dependencies ?? [] }
  @inlinable package var dependencyRule: DependencyRule {
    all.value.said?.value.dependencyRule ?? .all
  }
  /// Not to be started before this instant.
  @inlinable package var notBefore: Instant? { all.value.said?.value.notBefore }
  /// What it needs of the centre's licences, by name, each once.
  @inlinable package var licences: [LicenceShare] { all.value.said?.value.licences ?? [] }

  /// The partitions that it lists, in order; one for most.
  package var partitions: [PartitionName] { [partition] + otherPartitions }

  /// The same request for each partition that it lists alone, in order.
  package var byPartition: [JobRequest] {
    otherPartitions.isEmpty ? [self] : partitions.map { changed(partition: $0) }
  }

  /// The shortest limit that it may be given: its least time, or its limit if it names none.
  package var leastLimit: Seconds { min(wishes.minimumTime ?? timeLimit, timeLimit) }

  /// True if a limit shorter than its own will do.
  package var isShortenable: Bool { wishes.minimumTime.map { $0 < timeLimit } ?? false }

  /// The last instant at which it can start and end by its deadline, at its least limit; nil
  /// without a deadline.
  package var latestStart: Instant? { wishes.deadline.map { $0 - leastLimit } }

  /// The tasks that a job of this request has.
  package func tasks(of job: JobID) -> [TaskID] {
    arrayIndices.isEmpty
      ? [TaskID(job: job, index: nil)]
      : arrayIndices.map { TaskID(job: job, index: $0) }
  }
}

/// The nodes that a run gets, each with the same share.
package struct Placement: Hashable, Sendable {
  /// Ascending, unique.
  package let nodes: [NodeName]
  /// Occupied on each node (the whole node in a whole-node partition).
  package let perNode: NodeResources
  /// Of those that its request lists, the one that it lies in; nil where the request names one.
  package let partition: PartitionName?

  package init(
    nodes: [NodeName], perNode: NodeResources, partition: PartitionName? = nil
  ) {
    self.partition = partition
    self.nodes = nodes.sorted()
    self.perNode = perNode
  }
}
