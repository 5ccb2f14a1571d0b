import BridgeProtocol
import Wire

/// What an administrator has done in Slurm itself: in words, for the audit log and for what comes of
/// it.
struct SlurmAct: Sendable {
  let action: AuditAction
  /// Kind first, as the audit log has it: `node gn01`.
  let object: String
  /// What it becomes by it: `drained`.
  let result: String
  /// How Polder shows it, and how Slurm: commands.
  let list: String
  let show: String
}

extension Front {
  /// Has Slurm do it. The line is written first: Slurm can't be asked to forget what could not be
  /// written down. Where Slurm did not do it there is a second line.
  ///
  /// - Throws: `unavailable` (503) while Slurm can't be asked, `unknown-outcome` (503) if its answer
  ///   was lost, `refused-by-slurm` (409).
  func perform<Value>(
    _ act: SlurmAct, _ caller: Caller, _ ask: () async -> BridgeOutcome<Value>
  ) async throws(Problem) -> Value {
    try await record(caller.line(act.action, act.object, detail: act.result))
    let outcome = await ask()
    if case .accepted(let value) = outcome {
      await board.wake()
      return value
    }
    let problem = Self.problem(outcome, act)
    await attempt(
      caller.line(
        act.action, act.object, .failed, detail: "not \(act.result): \(problem.detail)"))
    throw problem
  }

  private static func problem<Value>(
    _ outcome: BridgeOutcome<Value>, _ act: SlurmAct
  ) -> Problem {
    switch outcome {
    case .accepted: away("Slurm does not answer", act)
    case .unavailable(let message): away(message, act)
    case .unknown(let message):
      Problem(
        title: "Not known whether it was done", status: 503, code: "unknown-outcome",
        detail: "Slurm's answer about \(act.object) was lost: \(message)",
        nextStep: "see `\(act.list)`, and ask again: to repeat it does no harm")
    case .refused(let refusal) where refusal.reason == .nameTaken:
      Problem(
        title: "The name is taken", status: 409, code: "reservation-exists",
        detail: refusal.message,
        nextStep: "choose another name, or see `\(act.list)` and delete that one first")
    case .refused(let refusal) where refusal.reason == .noSuchReservation:
      Problem(
        title: "No such reservation", status: 404, code: "unknown-reservation",
        detail: refusal.message, nextStep: "see `\(act.list)`")
    case .refused(let refusal):
      Problem(
        title: "Slurm refuses", status: 409, code: "refused-by-slurm",
        detail: "\(act.object): \(refusal.message)",
        nextStep: "see how Slurm has it with `\(act.show)`")
    }
  }

  private static func away(_ message: String, _ act: SlurmAct) -> Problem {
    Problem(
      title: "Slurm can't be asked", status: 503, code: "unavailable",
      detail: "nothing was done to \(act.object): \(message)",
      nextStep: "ask again when it answers; `polder status` says what is away")
  }
}
