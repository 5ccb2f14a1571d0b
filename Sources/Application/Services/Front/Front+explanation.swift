import Domain
import Engine
import Lifecycle
import Scheduling
package import Wire

extension Front {
  /// Why a task waits and what would let it start sooner, as of the last round: who may see the job
  /// may ask. Of an array without an index, its first task that waits.
  ///
  /// - Throws: `not-waiting` (409) for a task that runs or has ended, `not-planned` (503) for one
  ///   that no round has looked at yet.
  package func explanation(_ id: String, _ caller: Caller) async throws(Problem) -> ExplanationView
  {
    let centre = try await centre()
    let asked = try taskID(id, caller)
    let sheet = try await sheet(asked.job, caller, centre)
    try await record(.readJobs, "job \(asked.job)", of: [sheet.job.request.project], caller, centre)
    let waiting = sheet.tasks.filter { $0.state == .waiting }.map(\.id)
    guard let task = asked.index == nil ? waiting.first : waiting.first(where: { $0 == asked })
    else {
      throw Problem(
        title: "Not waiting", status: 409, code: "not-waiting",
        detail: "\(id) does not wait for anything",
        nextStep: "see how it stands with `polder job show \(asked.job)`")
    }
    guard let (explanation, now) = await board.explanation(of: task) else {
      throw Problem(
        title: "Not planned yet", status: 503, code: "not-planned",
        detail: "no plan has looked at \(task) yet: it was accepted a moment ago, waits for Slurm "
          + "to show it, or Slurm can't be asked",
        nextStep: "ask again in some seconds; `polder status` says what is away")
    }
    let wording = wording(for: caller, centre, try await sheets(of: caller, centre))
    let late = try await self.asked { () async throws(StoreError) in
      try await store.lateStarts(of: task.job)
    }.filter { $0.task == task }
    return ExplanationView(explanation, wording, late: late, asOf: now)
  }
}

extension ExplanationView {
  private static let mostAhead = 20

  init(
    _ explanation: Explanation, _ wording: Wording, late: [LateStart], asOf now: Instant
  ) {
    let (reason, start): (ReasonView?, Instant?) =
      switch explanation.outcome {
      case .start: (nil, now)
      case .wait(let reason, let expected): (wording.view(reason), expected)
      }
    self.init(
      task: "\(explanation.task)", reason: reason, expectedStart: start?.milliseconds,
      isPromised: explanation.isPromised,
      ahead: explanation.ahead.lazy.filter(wording.maySee).prefix(Self.mostAhead).map { "\($0)" },
      aheadCount: explanation.ahead.count,
      sooner: explanation.sooner.map {
        SoonerView(option: $0.change.option, start: $0.start.milliseconds)
      },
      late: late.map { LateStartView($0) },
      asOf: now.milliseconds)
  }
}

extension Explanation.Change {
  /// As a member types it.
  fileprivate var option: String {
    switch self {
    case .timeLimit(let limit): "--time=\(limit.count / 60)"
    case .nodes(let count): "--nodes=\(count)"
    case .gpusPerNode(let count): "--gpus-per-node=\(count)"
    case .partition(let name): "--partition=\(name)"
    }
  }
}

extension LateStartView {
  init(_ late: LateStart) {
    self.init(
      promised: late.promised.milliseconds, expected: late.expected?.milliseconds,
      cause: late.cause.kind.rawValue, text: late.cause.text, at: late.at.milliseconds)
  }
}

extension LateCause {
  /// As what follows "since".
  fileprivate var text: String {
    let nodes = self.nodes.map(\.text).joined(separator: ", ")
    return switch kind {
    case .node: "\(nodes) can't be used any more"
    case .reservation: "\(nodes) was set aside for something else"
    case .overrun: "what runs on \(nodes) lasts longer than it was to"
    case .request: "the job asks for something else, or would miss its deadline"
    case .blocked: "the job waited for something else than nodes"
    case .money: "its allocation could not pay for it then"
    case .limit: "a limit or a licence left no room for it then"
    case .away: "Polder could start nothing when it was due"
    case .policy: "the centre's policy does not keep promises any more"
    case .unknown: "of a fault of Polder's, which was logged"
    }
  }
}
