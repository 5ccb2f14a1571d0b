import Domain
package import Ledger
package import Wire

extension Wording {
  /// Why the books refuse an act by hand, with its numbers and the next step.
  package static func problem(_ refusal: PostingRefusal) -> Problem {
    switch refusal {
    case .differentEntryExists(let id):
      Problem(
        title: "Another act has this key", status: 422, code: "key-used-otherwise",
        detail: "entry \(id) stands in the books with other content",
        nextStep: "choose a new key for a new act (of polder: --key)")
    case .unknownAllocation(let id):
      Problem(
        title: "No such allocation", status: 404, code: "unknown-allocation",
        detail: "\(id) has no accounts in the books", nextStep: "see `polder balance`")
    case .sameAllocation(let id):
      Problem(
        title: "Nothing moves", status: 422, code: "same-allocation",
        detail: "\(id) is named as where it leaves and where it goes",
        nextStep: "name two allocations: see `polder balance`")
    case .windowEnded(let id, let end):
      Problem(
        title: "The window has ended", status: 409, code: "window",
        detail: "\(id) ended at \(end)",
        nextStep: "name an allocation whose window is open: see `polder balance`")
    case .unknownEntry(let id): unknownEntry(id)
    case .notCorrectable(let id, let kind): notCorrectable(id, kind)
    case .amountOutOfRange(let amount):
      Problem(
        title: "No amount", status: 422, code: "amount",
        detail: "\(amount) is not above zero, or above \(GPUTime.largest)",
        nextStep: "give an amount between, such as 2 GPU-h")
    case .periodClosed(let period, let open):
      Problem(
        title: "The period is closed", status: 409, code: "period-closed",
        detail: "\(period) is closed; the books are open from \(open)",
        nextStep: "leave the date out: the entry is effective now and can name what it corrects")
    case .noOpenHold(let run):
      Problem(
        title: "No open hold", status: 409, code: "no-hold", detail: "\(run) holds nothing")
    case .extensionOutOfOrder(let run, let next):
      Problem(
        title: "Extended meanwhile", status: 409, code: "conflict",
        detail: "the next extension of \(run) is number \(next)", nextStep: "ask again")
    case .notCharged(let run):
      Problem(
        title: "Nothing to give back", status: 409, code: "not-charged",
        detail: "\(run) was not charged, or all of its charge was given back",
        nextStep: "see `polder ledger PROJECT`")
    case .moreThanCharged(let id, let requested, let left): moreThanCharged(id, requested, left)
    case .notDeferred(let id, let requested, let deferred):
      Problem(
        title: "Not deferred", status: 409, code: "not-deferred",
        detail: "requested \(requested.told(beside: deferred)); \(id) has "
          + "\(deferred.told(beside: requested)) deferred",
        numbers: [
          "requestedGPUMilliseconds": requested.milliseconds,
          "deferredGPUMilliseconds": deferred.milliseconds,
        ])
    case .insufficient(let id, let requested, let available, let held):
      insufficient(id, requested, available, held)
    case .capReached(let cap, let requested, let limit, let use):
      capReached(cap, requested, limit, use)
    case .moreThanHeld(let run, let requested, let left): moreThanHeld(run, requested, left)
    case .moreThanAwarded(let id, let requested, let awarded, let most):
      moreThanAwarded(id, requested, awarded, most)
    }
  }

  private static func notCorrectable(_ id: EntryID, _ kind: EntryKind) -> Problem {
    Problem(
      title: "Not to be corrected so", status: 422, code: "not-correctable",
      detail: "\(id) is \(withArticle(kind.rawValue)); a charge can be refunded, credited or "
        + "debited, an opening credited or debited",
      nextStep: kind == .grant
        ? "change the allocation's `granted` and apply it" : "name the charge")
  }

  /// `a charge`, `an opening`.
  static func withArticle(_ word: String) -> String {
    (word.first.map { "aeio".contains($0) } ?? false ? "an " : "a ") + word
  }

  private static func unknownEntry(_ id: EntryID) -> Problem {
    Problem(
      title: "No such entry", status: 404, code: "unknown-entry",
      detail: "no entry \(id) stands in the books"
        + (id.text.hasPrefix("charge:")
          ? ": a run has no charge before it ended, nor if it cost nothing" : ""),
      nextStep: "see `polder ledger PROJECT`")
  }

  private static func moreThanHeld(
    _ run: RunID, _ requested: GPUTime, _ left: GPUTime
  ) -> Problem {
    Problem(
      title: "More than the run held", status: 409, code: "more-than-held",
      detail:
        "requested \(requested.told(beside: left)); a run never costs more than its hold, and "
        + "of the hold of \(run) \(left.told(beside: requested)) is not charged",
      nextStep: left > .zero
        ? "debit at most that" : "what the run used beyond its hold is the operator's",
      numbers: [
        "requestedGPUMilliseconds": requested.milliseconds,
        "leftGPUMilliseconds": left.milliseconds,
      ])
  }

  private static func moreThanAwarded(
    _ id: AllocationID, _ requested: GPUTime, _ awarded: GPUTime, _ most: GPUTime
  ) -> Problem {
    Problem(
      title: "More than its programme awards", status: 409, code: "award",
      detail: "requested \(requested); \(id) was awarded \(awarded), and its programme awards at "
        + "most \(most)",
      nextStep: awarded < most
        ? "move at most \(most - awarded)" : "describe a new allocation, as the programme allows",
      numbers: [
        "requestedGPUMilliseconds": requested.milliseconds,
        "awardedGPUMilliseconds": awarded.milliseconds, "mostGPUMilliseconds": most.milliseconds,
      ])
  }

  private static func insufficient(
    _ id: AllocationID, _ requested: GPUTime, _ available: GPUTime, _ held: GPUTime
  ) -> Problem {
    Problem(
      title: "Not enough is available", status: 409, code: "budget",
      detail: "requested \(requested.told(beside: available)); \(id) has "
        + "\(available.told(beside: requested)) available and \(held) held",
      nextStep: "ask for less"
        + (held > .zero ? ", or wait until running jobs release what they do not use" : ""),
      numbers: [
        "requestedGPUMilliseconds": requested.milliseconds,
        "availableGPUMilliseconds": available.milliseconds,
        "heldGPUMilliseconds": held.milliseconds,
      ])
  }

  private static func capReached(
    _ cap: CapID, _ requested: GPUTime, _ limit: GPUTime, _ use: CapUse
  ) -> Problem {
    let left = max(limit - use.taken, .zero)
    return Problem(
      title: "A cap is reached", status: 409, code: "cap",
      detail: "requested \(requested); cap \(cap) allows \(limit), of which \(use.used) are used "
        + "and \(use.held) are held: \(left.told(beside: requested)) is left",
      nextStep: left > .zero
        ? "debit at most that, or raise the cap" : "raise the cap, or leave the charge as it is",
      numbers: [
        "requestedGPUMilliseconds": requested.milliseconds,
        "limitGPUMilliseconds": limit.milliseconds, "usedGPUMilliseconds": use.used.milliseconds,
        "heldGPUMilliseconds": use.held.milliseconds,
      ])
  }

  private static func moreThanCharged(
    _ id: EntryID, _ requested: GPUTime, _ left: GPUTime
  ) -> Problem {
    Problem(
      title: "More than was charged", status: 409, code: "more-than-charged",
      detail:
        "requested \(requested.told(beside: left)); \(left.told(beside: requested)) is left of "
        + "\(id) after what was given back before",
      nextStep: left > .zero
        ? "ask for at most what is left" : "nothing can be given back",
      numbers: [
        "requestedGPUMilliseconds": requested.milliseconds,
        "leftGPUMilliseconds": left.milliseconds,
      ])
  }
}

extension GPUTime {
  /// As a person reads it; in GPU-seconds where in hours it would read as another amount.
  func told(beside other: GPUTime) -> String {
    guard self != other, "\(self)" == "\(other)" else { return "\(self)" }
    let (seconds, rest) = milliseconds.magnitude.quotientAndRemainder(dividingBy: 1000)
    let fraction = String(1000 + rest).dropFirst()
    return "\(milliseconds < 0 ? "-" : "")\(seconds).\(fraction) GPU-s"
  }
}
