import Domain
import Ledger
import Lifecycle
import Scheduling

/// The allocations that requests may hold from at one moment, found once for all requests alike.
///
/// The meaning is that of asking the centre for each request. But a queue of 100,000 tasks has a
/// few hundred kinds of payer at most (project, named allocation and member decide), and looking
/// through all allocations for each of its tasks took longer than planning them.
///
/// - Complexity: O(allocations) once, then O(1) for each request of a kind that was seen.
struct Payers {
  /// What a request has to pay with.
  struct Purse {
    /// All that it may ever hold from, the last to end last.
    let allocations: [Allocation]
    /// Those that it may hold from now: as ``Cycle/options(for:_:_:now:)``.
    let options: [AllocationOption]
    /// A soft cap above the first of these is used up.
    let isBeyondSoftCap: Bool
  }

  /// All that a request's purse depends on.
  private struct Key: Hashable {
    let project: ProjectID
    let allocation: AllocationID?
    let member: MemberID
    let licences: [LicenceShare]
  }

  private let state: EngineState
  private let now: Instant
  private let ofProject: [ProjectID: [Allocation]]
  private var purses: [Key: Purse] = [:]

  init(_ state: EngineState, now: Instant) {
    self.state = state
    self.now = now
    ofProject = state.centre.allocationsByProject
  }

  mutating func purse(of request: JobRequest) -> Purse {
    let key = Key(
      project: request.project, allocation: request.allocation, member: request.member,
      licences: request.licences)
    if let known = purses[key] { return known }
    let allocations = (ofProject[request.project] ?? [])
      .filter { request.allocation == nil || $0.id == request.allocation }
    let purse = Purse(
      allocations: allocations,
      options: Cycle.options(for: request, allocations, state.centre, state.caps, now: now),
      isBeyondSoftCap: !Cycle.softCaps(
        above: request, state.centre, state.caps, state.capUses, now: now
      ).isEmpty)
    purses[key] = purse
    return purse
  }
}
