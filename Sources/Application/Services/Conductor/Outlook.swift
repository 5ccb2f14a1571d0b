import Domain
import Engine
import Lifecycle
import Scheduling
import Synchronization

/// Answers what would become of requests, and why tasks wait, from the state of the last round.
///
/// Most answers are a whole plan, which on a large site takes as long as a round's. So at most one is
/// made at a time, beside the rounds and not in their way; whoever asks meanwhile waits, and all
/// requests that wait are answered by the next one together. What was answered of a state is not
/// planned again until there is another.
final class Outlook: Sendable {
  /// What is planned on.
  struct Basis: Sendable {
    let state: EngineState
    let promises: [PlannedReservation]
    let barred: [TaskID: StartPause]
    let now: Instant
    /// How the plan of this state came to be; nil if there is none.
    var record: PlanRecord?
  }

  enum Question: Hashable, Sendable {
    case forecast(JobRequest)
    case explanation(TaskID)
    case supposition([Supposition])
    case priorities
    case limits
  }

  enum Answer: Hashable, Sendable {
    case forecast(BoardState.Wait)
    case explanation(Explanation, asOf: Instant)
    case supposition(Supposed, asOf: Instant)
    case queue(QueuePicture)
    case limits([LimitStanding], [LicenceStanding], asOf: Instant)
    /// The task is not in the queue.
    case notQueued
  }

  fileprivate typealias Waiter = CheckedContinuation<Answer?, Never>

  fileprivate struct State {
    var basis: Basis?
    /// Which basis it is.
    var number = 0
    /// Of this basis.
    var known: [Question: Answer] = [:]
    var waiting: [Question: [Waiter]] = [:]
    var isPlanning = false
  }

  fileprivate enum Turn {
    case known(Answer?), waits, begins
  }

  private let state = Mutex(State())
  private let plan: @Sendable (Basis, [Question]) async -> [Question: Answer]
  private let mostWaiting: Int

  /// - Parameters:
  ///   - mostWaiting: so many questions may wait; another is not answered.
  ///   - plan: how questions are answered.
  init(
    mostWaiting: Int = 1_000,
    _ plan: @escaping @Sendable (Basis, [Question]) async -> [Question: Answer]
  ) {
    self.mostWaiting = mostWaiting
    self.plan = plan
  }

  /// How many questions wait for the next plan.
  var waitingCount: Int { state.withLock { $0.waiting.count } }

  /// From now on this is asked about. Never waits.
  func show(_ basis: Basis) {
    state.withLock { state in
      state.basis = basis
      state.number += 1
      state.known = [:]
    }
  }

  /// Nil before the first basis, and if too many wait.
  func answer(_ question: Question) async -> Answer? {
    await withCheckedContinuation { continuation in
      switch state.withLock({ $0.turn(question, continuation, mostWaiting) }) {
      case .known(let answer): continuation.resume(returning: answer)
      // Nobody's child: that the first who asked is gone must not end what others wait for.
      case .begins: Task { await self.planAll() }
      case .waits: break
      }
    }
  }

  /// Until nobody waits.
  private func planAll() async {
    while let (basis, number, questions) = state.withLock({ $0.next() }) {
      let answers = await plan(basis, Array(questions.keys))
      state.withLock { state in
        guard state.number == number else { return }
        // While Slurm is away there is no other basis, for as long as that takes.
        if state.known.count > mostWaiting { state.known = [:] }
        state.known.merge(answers) { _, new in new }
      }
      for (question, waiters) in questions {
        for waiter in waiters { waiter.resume(returning: answers[question]) }
      }
    }
  }
}

extension Outlook.State {
  fileprivate mutating func turn(
    _ question: Outlook.Question, _ waiter: Outlook.Waiter, _ mostWaiting: Int
  ) -> Outlook.Turn {
    guard basis != nil else { return .known(nil) }
    if let answer = known[question] { return .known(answer) }
    guard waiting[question] != nil || waiting.count < mostWaiting else { return .known(nil) }
    waiting[question, default: []].append(waiter)
    defer { isPlanning = true }
    return isPlanning ? .waits : .begins
  }

  fileprivate mutating func next()
    -> (basis: Outlook.Basis, number: Int, questions: [Outlook.Question: [Outlook.Waiter]])?
  {
    guard let basis, !waiting.isEmpty else {
      isPlanning = false
      return nil
    }
    defer { waiting = [:] }
    return (basis, number, waiting)
  }
}

extension Cycle {
  /// One plan for all forecasts, two for each supposition; explanations are told from the record of
  /// the plan that was made.
  func answers(
    _ basis: Outlook.Basis, _ questions: [Outlook.Question]
  ) -> [Outlook.Question: Outlook.Answer] {
    var answers: [Outlook.Question: Outlook.Answer] = [:]
    var requests: [JobRequest] = []
    for question in questions {
      switch question {
      case .forecast(let request): requests.append(request)
      case .explanation(let task):
        let explanation = explanation(
          of: task, basis.state, promises: basis.promises, barred: basis.barred,
          record: basis.record, now: basis.now)
        answers[question] = explanation.map { .explanation($0, asOf: basis.now) } ?? .notQueued
      case .supposition(let suppositions):
        answers[question] = .supposition(
          supposing(
            suppositions, basis.state, promises: basis.promises, barred: basis.barred,
            now: basis.now), asOf: basis.now)
      case .priorities:
        answers[question] = .queue(queuePicture(basis.state, now: basis.now))
      case .limits:
        answers[question] = .limits(
          basis.state.limitStandings(now: basis.now), basis.state.licenceStandings,
          asOf: basis.now)
      }
    }
    let forecasts = forecasts(
      of: requests, basis.state, promises: basis.promises, barred: basis.barred, now: basis.now)
    for (request, answer) in zip(requests, forecasts) {
      switch answer {
      case .start(_, _, let hold, let limit):
        let shortened =
          limit < request.timeLimit ? BoardState.Shortened(limit: limit, hold: hold) : nil
        answers[.forecast(request)] = .forecast(
          BoardState.Wait(reason: nil, expectedStart: basis.now, shortened: shortened))
      case .wait(let reason, let expected):
        answers[.forecast(request)] = .forecast(
          BoardState.Wait(reason: reason, expectedStart: expected))
      }
    }
    return answers
  }
}
