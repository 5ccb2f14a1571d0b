package import Domain
package import Lifecycle
package import Scheduling

extension Dependency {
  /// True if the other job's tasks meet the condition. A job of which nothing is known (any more)
  /// meets none but `afterany`.
  package func isMet(by tasks: [TaskRecord], now: Instant) -> Bool {
    guard let due = due(tasks) else { return isMet(by: tasks.map(\.state)) }
    return due <= now
  }

  /// When a delay after the tasks' starts is over; nil without one, and while one of them has not
  /// started. One that ended without a start delays nothing.
  package func due(_ tasks: [TaskRecord]) -> Instant? {
    guard delay > .zero, isMet(by: tasks.map(\.state)) else { return nil }
    return tasks.compactMap(\.began).max().map { $0 + delay }
  }

  /// The same by their states alone, whatever the delay.
  package func isMet(by states: [TaskState]) -> Bool {
    let outcomes = states.compactMap { state in
      if case .ended(let outcome) = state { outcome } else { nil }
    }
    let allEnded = outcomes.count == states.count
    switch condition {
    case .afterany: return allEnded
    case .afterok, .aftercorr:
      return allEnded && !states.isEmpty && outcomes.allSatisfy { $0 == .completed }
    case .afternotok: return allEnded && outcomes.contains { $0 != .completed }
    case .after:
      return !states.isEmpty
        && states.allSatisfy {
          switch $0 {
          case .running, .ended: true
          case .waiting, .starting: false
          }
        }
    }
  }

  /// True if no future can meet the condition any more.
  package func isHopeless(given states: [TaskState]) -> Bool {
    let outcomes = states.compactMap { state in
      if case .ended(let outcome) = state { outcome } else { nil }
    }
    switch condition {
    case .afterok, .aftercorr: return outcomes.contains { $0 != .completed }
    case .afternotok: return outcomes.count == states.count && !isMet(by: states)
    case .afterany, .after: return false
    }
  }
}

extension JobRequest {
  /// Why it waits for other jobs; nil if it does not.
  ///
  /// - Parameter tasks: those that a dependency looks at.
  package func wait(for tasks: (Dependency) -> [TaskRecord], now: Instant) -> WaitReason? {
    let unmet = unmet { $0.isMet(by: tasks($0), now: now) }
    guard !unmet.isEmpty else { return nil }
    let delays = unmet.compactMap { dependency in
      dependency.due(tasks(dependency)).map { (dependency: dependency, until: $0) }
    }.sorted { $0.until < $1.until }
    let binding =
      dependencyRule == .any
      ? delays.first : delays.count == unmet.count ? delays.last : nil
    return binding.map { .delay($0.dependency, until: $0.until) }
      ?? .dependency(unmet, dependencyRule)
  }
}

extension EngineState {
  /// The states of the tasks that a dependency looks at, for the task of an index.
  func states(of dependency: Dependency, forTask index: Int?) -> [TaskState] {
    tasks(of: dependency, forTask: index).map(\.state)
  }

  /// The tasks that a dependency looks at, for the task of an index.
  func tasks(of dependency: Dependency, forTask index: Int?) -> [TaskRecord] {
    let all = tasks(of: dependency.job)
    let named = dependency.condition == .aftercorr ? index : dependency.index
    guard let named, dependency.condition == .aftercorr || dependency.index != nil else {
      return all
    }
    let one = all.filter { $0.id.index == named }
    // A corresponding task that is not there: the job as a whole.
    return one.isEmpty && dependency.condition == .aftercorr ? all : one
  }
}

/// Which jobs wait for another of the same name and member.
struct Singletons {
  fileprivate struct Key: Hashable {
    let member: MemberID
    let name: String
  }

  /// The jobs that have not ended, in order of submission; only of names that somebody waits for.
  private var open: [Key: [(job: JobID, tasks: Int)]] = [:]

  /// - Parameter others: requests that are not in the state.
  init(_ state: EngineState, beside others: [JobRequest] = []) {
    let requests = state.jobs.values.lazy.map(\.request)
    let keys = Set(
      (requests.filter(\.wishes.isSingleton) + others.filter(\.wishes.isSingleton))
        .map { Key(of: $0) })
    guard !keys.isEmpty else { return }
    for (id, job) in state.jobs.sorted(by: { $0.key < $1.key })
    where keys.contains(Key(of: job.request)) {
      let tasks = state.tasks(of: id).count { !$0.isEnded }
      if tasks > 0 { open[Key(of: job.request), default: []].append((id, tasks)) }
    }
  }

  /// Why a job waits: the first that is ahead of it; nil if none is.
  func wait(of job: JobRecord) -> WaitReason? {
    guard job.request.wishes.isSingleton, let first = open[Key(of: job.request)]?.first,
      first.job < job.id
    else { return nil }
    return .singleton(first.job, tasks: first.tasks)
  }

  /// Why a request would wait if it were submitted now.
  func wait(of request: JobRequest) -> WaitReason? {
    guard request.wishes.isSingleton, let first = open[Key(of: request)]?.first else { return nil }
    return .singleton(first.job, tasks: first.tasks)
  }
}

extension Singletons.Key {
  fileprivate init(of request: JobRequest) {
    self.init(member: request.member, name: request.name)
  }
}
