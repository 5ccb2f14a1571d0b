import Domain
package import Wire

extension Front {
  /// Where the description and Slurm differ, as of the last look, each with what mends it.
  /// Administrators only.
  ///
  /// - Throws: `unavailable` (503) while Slurm can't be asked.
  package func drift(_ caller: Caller) async throws(Problem) -> DriftView {
    try await requireAdministrator(caller, to: "compare the centre with Slurm", .readJobs, "drift")
    let centre = try await centre()
    let now = try await asked { () async throws(StoreError) in try await store.now() }
    let state = await board.current()
    if case .unreachable(let why) = state.slurm {
      throw Problem(
        title: "Slurm can't be asked", status: 503, code: "unavailable", detail: why,
        nextStep: "ask again when it answers; `polder status` says what is away")
    }
    // It names nodes with others' jobs, and accounts. Whoever mends what differs looks again and again.
    try await recordOnce(
      caller.line(.readJobs, "drift"), of: Set(centre.projects.keys), caller, centre)
    let drift = Drift(
      centre: centre, seen: state.nodes, partitions: state.partitions, foreign: state.foreign,
      strangers: state.strangers)
    return DriftView(
      differences: drift.differences + accountDrift(centre) + settingDrift(state),
      asOf: now.milliseconds)
  }

  /// Members of projects who could not submit: their account is not on this machine.
  private func accountDrift(_ centre: Centre) -> [DriftDifference] {
    let active = Set(centre.projects.values.flatMap { $0.members.map(\.member) })
    return active.compactMap { centre.members[$0] }.sorted { $0.id < $1.id }
      .filter { accounts.ids(of: $0.account) == nil }
      .map {
        DriftDifference(
          kind: "account", subject: $0.account, polder: "member \($0.id)", slurm: "no UNIX account",
          mend: "make the account, or bind another to \($0.id): polder apply")
      }
  }

  private func settingDrift(_ state: BoardState) -> [DriftDifference] {
    guard let needed = state.graceNeeded, needed > settings.grace else { return [] }
    return [
      DriftDifference(
        kind: "setting", subject: "graceSeconds", polder: "\(settings.grace.count) s",
        slurm: "KillWait, OverTimeLimit and its check take \(needed.count) s",
        mend: "set graceSeconds: \(needed.count) in polderd.yaml, then restart polderd")
    ]
  }
}
