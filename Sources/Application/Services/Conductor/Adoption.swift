package import BridgeProtocol
package import Domain
package import Engine
import Ledger
import Lifecycle

/// What of the jobs that Slurm took without Polder becomes one of Polder's: those of a site that
/// begins with Polder while it is full, and those that the plugin let in while Polder was away.
///
/// A job is adopted once it runs, as one that Slurm started by itself: charged from its start by the
/// rates of then, as far as its allocation carries it.
package struct Adoption: Sendable {
  /// What becomes of running jobs that Polder never took.
  package enum Policy: String, Sendable, Codable {
    /// They are listed, and their nodes are left alone.
    case list
    /// They are adopted, and charged.
    case adopt
  }

  /// One that is not adopted.
  package struct Stranger: Hashable, Sendable {
    package let slurmJobID: Int
    /// The UNIX account, or its number where it has no name.
    package let user: String
    /// Slurm's.
    package let account: String
    package let nodes: [NodeName]
    /// Why it is not adopted.
    package let reason: String
    /// By the site's policy alone.
    package let isByPolicy: Bool
  }

  /// Of the keys by which adopted jobs are known: no client's may begin so.
  package static let keyPrefix = "slurm:"

  private let policy: Policy
  private let accounts: any Accounts

  package init(policy: Policy, accounts: any Accounts) {
    self.policy = policy
    self.accounts = accounts
  }

  /// What a job is known by; of another start another.
  package static func key(of seen: JobObservation) -> String {
    "\(keyPrefix)\(seen.jobID)@\(seen.times.submit)+\(seen.restarts)"
  }

  /// The job that a running one of Slurm's becomes; of an array each task becomes one.
  ///
  /// - Returns: a sentence if it becomes none.
  package func job(of seen: JobObservation, in state: EngineState) -> Result<NewJob, Refusal> {
    do throws(Refusal) {
      return .success(try adopted(seen, in: state))
    } catch {
      return .failure(error)
    }
  }

  /// Why a job is none of Polder's, in words.
  package struct Refusal: Error, Hashable, Sendable {
    package let reason: String
    /// The site's policy is the only reason.
    package var isByPolicy = false
  }

  package func stranger(_ seen: JobObservation, _ refusal: Refusal) -> Stranger {
    Stranger(
      slurmJobID: seen.jobID, user: Self.user(seen.uid, accounts), account: seen.account,
      nodes: seen.nodes.compactMap { NodeName($0.node) }.sorted(), reason: refusal.reason,
      isByPolicy: refusal.isByPolicy)
  }

  private static func user(_ uid: Int, _ accounts: any Accounts) -> String {
    UInt32(exactly: uid).flatMap { accounts.name(of: $0) } ?? "uid \(uid)"
  }

  private func adopted(_ seen: JobObservation, in state: EngineState) throws(Refusal) -> NewJob {
    let centre = state.centre
    guard policy == .adopt || seen.isOpen else {
      throw Refusal(reason: "unknownJobs is list", isByPolicy: true)
    }
    guard seen.hetLeader == nil else {
      throw Refusal(reason: "it is a part of a heterogeneous job")
    }
    let user = Self.user(seen.uid, accounts)
    guard let ids = accounts.ids(of: user), let member = centre.member(account: user)
    else { throw Refusal(reason: "\(user) is no member") }
    let project = try project(seen, member, centre)
    let allocation = try allocation(seen, project, state)
    guard let name = PartitionName(seen.partition), let partition = centre.partitions[name] else {
      throw Refusal(reason: "partition \(seen.partition) is not described")
    }
    let request = try request(seen, member, allocation, partition, centre)
    return NewJob(
      request: request, origin: .adopted,
      payload: JobPayload(
        uid: ids.uid, gid: ids.gid, script: "", environment: [], workingDirectory: "/",
        standardOutput: nil, standardError: nil, standardInput: nil, comment: nil,
        taskCount: max(seen.requested.tasks, 1), cpusPerTask: max(seen.requested.cpusPerTask, 1)),
      key: SubmissionKey(
        text: Self.key(of: seen),
        content: Array("\(seen.array.map(String.init(describing:)) ?? "")".utf8)),
      taken: Instant(seconds: Int64(seen.times.submit)))
  }

  private func project(
    _ seen: JobObservation, _ member: Member, _ centre: Centre
  ) throws(Refusal) -> Project {
    let own = centre.projects(of: member.id)
    if seen.account.isEmpty, own.count == 1, let only = own.first { return only }
    guard let project = own.first(where: { $0.id.text == seen.account }) else {
      throw Refusal(
        reason: "\(member.account) is not in a project '\(seen.account)', its account in Slurm")
    }
    return project
  }

  /// Of the allocations that were open when it began the one that can carry most; where none was, the
  /// last that had begun, which carries nothing.
  private func allocation(
    _ seen: JobObservation, _ project: Project, _ state: EngineState
  ) throws(Refusal) -> Allocation {
    let all = state.centre.allocations(of: project.id)
    guard !all.isEmpty, let seconds = seen.times.start else {
      throw Refusal(reason: "project \(project.id) has no allocation")
    }
    let start = Instant(seconds: Int64(seconds))
    let available = { (allocation: Allocation) in
      state.balances[allocation.id]?.available ?? .zero
    }
    let open = all.filter { $0.isOpen(at: start) }
    if let best = open.max(by: { available($0) < available($1) }) { return best }
    // What ran before is not its to pay.
    guard let begun = all.last(where: { $0.window.lowerBound <= start }) else {
      throw Refusal(reason: "it began before the allocations of project \(project.id) open")
    }
    return begun
  }

  private func request(
    _ seen: JobObservation, _ member: Member, _ allocation: Allocation, _ partition: Partition,
    _ centre: Centre
  ) throws(Refusal) -> JobRequest {
    let shares = SlurmPicture.shares(of: seen, centre)
    guard let share = shares.min(by: { $0.key < $1.key })?.value else {
      throw Refusal(reason: "Slurm does not say where it runs")
    }
    let indices: [Int] = if case .task(_, let index)? = seen.array { [index] } else { [] }
    // Slurm knows jobs without an end: of them as long as the partition lets any run is held.
    let limit = seen.timeLimitMinutes.map { Seconds.minutes(Int64($0)) }
    return JobRequest(
      name: seen.name.isEmpty ? "job" : seen.name, member: member.id,
      project: allocation.project, allocation: allocation.id, partition: partition.name,
      nodeCount: max(shares.count, 1), perNode: share,
      gpuType: nil, timeLimit: limit ?? partition.maximumTimeLimit, arrayIndices: indices,
      requeue: seen.mayRequeue)
  }
}
