import Domain
import Engine
import Ledger
import Lifecycle
import Scheduling
import Wire

/// The caps as they stood at one moment, of which soft ones warn.
struct CapPicture: Sendable {
  private let caps: [Cap]
  private let uses: [CapID: CapUse]
  private let now: Instant

  /// A picture of no caps, which warns of nothing.
  static let empty = CapPicture([], now: Instant(milliseconds: 0))

  init(_ standings: [CapStanding], now: Instant) {
    caps = standings.map(\.cap).filter { $0.strength == .soft }
    uses = Dictionary(standings.map { ($0.cap.id, $0.use) }) { first, _ in first }
    self.now = now
  }

  /// Of a request that is not accepted yet, or was a moment ago.
  func warnings(
    of request: JobRequest, on allocation: AllocationID, needs: GPUTime, _ centre: Centre
  ) -> [CapWarning] {
    Cycle.softCaps(
      above: request, on: allocation, needs: needs, centre, caps, uses, now: now)
  }

  /// Of a job that waits: those that put it behind all others. None of one that waits no more.
  func warnings(of sheet: JobSheet, _ centre: Centre) -> [CapWarning] {
    guard sheet.tasks.contains(where: { $0.state == .waiting }) else { return [] }
    return Cycle.softCaps(above: sheet.job.request, centre, caps, uses, now: now)
  }
}

extension Front {
  /// How the caps stand; costs nothing where none is soft.
  func capPicture(_ centre: Centre) async throws(Problem) -> CapPicture {
    guard centre.allCapRules.contains(where: { $0.strength == .soft }) else { return .empty }
    return try await asked { () async throws(StoreError) in
      CapPicture(try await store.capUses(), now: try await store.now())
    }
  }

  /// The warnings about what was accepted just now: a store that is away costs the warnings only, and
  /// never says that nothing was accepted.
  func acceptedWarnings(
    of resolved: RequestResolver.Resolved, _ wording: Wording, _ centre: Centre
  ) async -> [ReasonView] {
    do throws(Problem) {
      return try await warnings(of: resolved, wording, centre)
    } catch {
      return []
    }
  }

  /// The warnings about what was resolved, in words.
  func warnings(
    of resolved: RequestResolver.Resolved, _ wording: Wording, _ centre: Centre
  ) async throws(Problem) -> [ReasonView] {
    let picture = try await capPicture(centre)
    return wording.views(
      picture.warnings(
        of: resolved.request, on: resolved.allocation.id, needs: resolved.quote.totalHold, centre))
  }
}
