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

  /// The pace of each allocation.
  private func paces(
    of allocations: [Allocation], _ centre: Centre, _ now: Instant
  ) async throws(Problem) -> [AllocationID: Pace] {
    let facts = try await asked { () async throws(StoreError) in
      try await store.paceFacts(of: allocations.map(\.id), at: PaceMoments(asOf: now))
    }
    var paces: [AllocationID: Pace] = [:]
    for allocation in allocations {
      let programme = centre.programmes[allocation.programme]
      paces[allocation.id] = Pace(
        facts[allocation.id] ?? PaceFacts([], asOf: now), window: allocation.window,
        curve: programme?.pace ?? .linear, rule: programme?.underUse ?? .standard, asOf: now)
    }
    return paces
  }

  /// What was to be used by now of each allocation whose window has begun, as its pace has it.
  static func expectations(
    of allocations: [Allocation], _ awards: [AllocationID: [Entry]], _ centre: Centre,
    _ now: Instant
  ) -> [AllocationID: GPUTime] {
    let begun = allocations.filter { $0.window.lowerBound <= now }
    var expected: [AllocationID: GPUTime] = [:]
    for allocation in begun {
      expected[allocation.id] = Pace.expected(
        of: awards[allocation.id] ?? [], window: allocation.window,
        curve: centre.programmes[allocation.programme]?.pace ?? .linear, asOf: now)
    }
    return expected
  }
}
