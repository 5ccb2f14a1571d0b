import Domain
import Lifecycle
import Wire

/// Why tasks do not get another time limit, with the numbers and the next step.
struct LimitRefusalText {
  /// The one that can't have it.
  let task: TaskID
  /// How many were to have it.
  let taskCount: Int
  let change: LimitChange
  let giver: Giver
  /// True if the reader may be told what is taken of the cap in question.
  let seesUse: Bool

  func problem(_ refusal: LimitRefusal) -> Problem {
    switch refusal {
    case .notRunning:
      Problem(
        title: "Nothing to change", status: 409, code: "not-running",
        detail: "\(task) neither waits nor runs: a limit is of a job that waits or of a run",
        nextStep: "if it is starting, ask again in a moment")
    case .ending(let cause): refused("ending", "\(task) is \(cause.words)", "")
    case .past(let ran):
      refused(
        "past", "\(task) has run for \(ran) already, and \(change.limit) is not longer",
        "to end it, cancel it")
    case .maximum(let most):
      refused(
        "time-limit", "\(change.limit) is longer than its partition allows: \(most)",
        "ask for \(most) or less", status: 422)
    case .withoutHold:
      refused(
        "without-hold", "no allocation pays for \(task): Slurm gave it what was not held for",
        "ask an administrator")
    case .window(let ends, let wouldEnd):
      refused(
        "window",
        "with the limit \(change.limit) and \(change.grace.count) s of grace \(task) would end at "
          + "\(wouldEnd); its allocation ends at \(ends)",
        "ask for less, or "
          + giver.step(
            "to extend the allocation", orElse: "apply a later end of the allocation's window"))
    case .budget(let allocation, let needs, let available, let held):
      budget(allocation, needs, available, held)
    case .cap(let cap, let needs, let limit, let used, let held, let own):
      self.cap(cap, needs, limit, used, held, own)
    case .limit(let limit, let needs, let most):
      refused(
        "limit",
        "with the limit \(change.limit) \(task) needs a further hold of \(needs), and more would "
          + "be held at once than limit \(limit) allows: \(most)",
        "ask for less, or wait until jobs under the limit end: see `polder limits`")
    }
  }

  private func budget(
    _ allocation: AllocationID, _ needs: GPUTime, _ available: GPUTime, _ held: GPUTime
  ) -> Problem {
    refused(
      "budget",
      "with the limit \(change.limit) \(task) needs a further hold of \(needs); allocation "
        + "\(allocation) has \(available) available, and \(held) are held",
      "ask for less, or "
        + giver.step("for more", orElse: "apply a larger grant of the allocation"),
      [
        "requestedGPUMilliseconds": needs.milliseconds,
        "availableGPUMilliseconds": available.milliseconds,
        "heldGPUMilliseconds": held.milliseconds,
      ])
  }

  /// Of a cap that several projects share, what the others took is not told.
  private func cap(
    _ cap: CapID, _ needs: GPUTime, _ limit: GPUTime, _ used: GPUTime, _ held: GPUTime,
    _ own: GPUTime
  ) -> Problem {
    let raise = giver == .reader ? "raise the cap" : "ask an administrator to raise the cap"
    let begin = "with the limit \(change.limit) \(task) needs a further hold of \(needs)"
    guard seesUse else {
      return refused(
        "cap",
        "\(begin), which is more than is left under cap \(cap) of \(limit) for several "
          + "projects together",
        "ask for less, wait until jobs under the cap end, or \(raise)")
    }
    // What the run itself holds does not come back while it runs.
    let canWait = limit - used - own >= needs
    let left = max(limit - used - held, .zero)
    return refused(
      "cap",
      "\(begin); cap \(cap) allows \(limit), of which \(used) are used and \(held) are held: "
        + "\(left.told(beside: needs)) is left",
      "ask for less, or \(canWait ? "wait until jobs under the cap end" : raise)",
      [
        "requestedGPUMilliseconds": needs.milliseconds,
        "leftGPUMilliseconds": left.milliseconds,
      ])
  }

  private func refused(
    _ code: String, _ detail: String, _ nextStep: String, _ numbers: [String: Int64] = [:],
    status: Int = 403
  ) -> Problem {
    Problem(
      title: taskCount > 1 ? "The limit of all \(taskCount) tasks stays" : "The limit stays",
      status: status, code: code, detail: detail, nextStep: nextStep, numbers: numbers)
  }
}
