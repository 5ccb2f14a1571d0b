import Domain
import Ledger
import Reporting
package import Wire

extension Front {
  /// How allocations are used against what their access mode expects; those whose window has
  /// begun, by project and allocation. A project's: whoever may see its money. All: what the caller
  /// may see.
  ///
  /// - Parameter onlyUnderUse: only those of which too little is used.
  package func pace(
    project: String?, onlyUnderUse: Bool, _ caller: Caller
  ) async throws(Problem) -> [PaceView] {
    let centre = try await centre()
    var projects = readableProjects(of: caller, in: centre)
    if let project { projects = [try readableProject(project, caller, centre).id] }
    try await record(
      .readBalances, "pace of \(project ?? "all projects")", of: projects, caller, centre)
    let now = try await now()
    let begun = centre.allocations.values
      .filter { projects.contains($0.project) && $0.window.lowerBound <= now }
      .sorted { ($0.project, $0.id) < ($1.project, $1.id) }
    let paces = try await paces(of: begun, centre, now)
    return begun.compactMap { allocation in
      guard let pace = paces[allocation.id], !onlyUnderUse || pace.isUnderUsed else { return nil }
      return PaceView(allocation, pace)
    }
  }

  /// The pace of each allocation whose window has begun.
  func paces(
    of allocations: [Allocation], _ centre: Centre, _ now: Instant
  ) async throws(Problem) -> [AllocationID: Pace] {
    let begun = allocations.filter { $0.window.lowerBound <= now }
    let sums = try await asked { () async throws(StoreError) in
      try await store.dailySums(of: begun.map(\.id), cutAt: PaceMoments(asOf: now))
    }
    let entries = Dictionary(grouping: sums, by: \.allocation)
    var paces: [AllocationID: Pace] = [:]
    for allocation in begun {
      let programme = centre.programmes[allocation.programme]
      paces[allocation.id] = Pace(
        (entries[allocation.id] ?? []).compactMap(\.entry), window: allocation.window,
        curve: programme?.pace ?? .linear, rule: programme?.underUse ?? .standard, asOf: now)
    }
    return paces
  }
}

extension DailySum {
  /// The sum as if it were one entry, when the first of its entries is effective; nil for a sum of
  /// nothing.
  fileprivate var entry: Entry? {
    guard amount > .zero else { return nil }
    let isCorrection = isOfNoRun && (kind == .credit || kind == .debit)
    return Entry(
      id: EntryID("\(kind.rawValue):\(first)"), kind: kind, allocation: allocation,
      amount: amount, corrects: isCorrection ? EntryID("opening:\(allocation)") : nil,
      effective: first, recorded: recorded)
  }
}
