import Domain
import Engine
package import Wire

extension Front {
  /// Limits on what runs or waits at once, and what is there, as of the last round: all for those
  /// in office; a member sees those above own projects, of such as count several projects without
  /// what is in use, and of other members' none unless it leads the project.
  ///
  /// - Throws: `not-planned` (503) before the first round.
  package func limits(_ caller: Caller) async throws(Problem) -> [LimitView] {
    let centre = try await centre()
    guard let (standings, now) = await board.limits() else {
      throw Problem(
        title: "Not planned yet", status: 503, code: "not-planned",
        detail: "no plan has looked at the limits yet",
        nextStep: "ask again in some seconds; `polder status` says what is away")
    }
    let inOffice = caller.role == .administrator || caller.role == .auditor
    if inOffice { try await record(caller.line(.readCaps, "limits")) }
    let own = projects(of: caller, in: centre)
    return standings.compactMap { standing -> LimitView? in
      if inOffice { return LimitView(standing, seesUse: true, asOf: now) }
      switch standing.rule.scope {
      case .project(let project):
        return own.contains(project) ? LimitView(standing, seesUse: true, asOf: now) : nil
      case .member(let member, let project):
        let role = caller.member.flatMap { centre.projects[project]?.role(of: $0) }
        let leads = role == .principalInvestigator || role == .manager
        return member == caller.member || leads
          ? LimitView(standing, seesUse: true, asOf: now) : nil
      case .programmes, .funder, .commercial:
        return isAbove(standing.rule.scope, own, centre)
          ? LimitView(standing, seesUse: false, asOf: now) : nil
      }
    }
  }

  /// True if a scope counts runs of some of the projects.
  private func isAbove(
    _ scope: CapScope, _ projects: Set<ProjectID>, _ centre: Centre
  ) -> Bool {
    centre.allocations.values.contains { allocation in
      guard projects.contains(allocation.project),
        let project = centre.projects[allocation.project],
        let member = project.members.first?.member,
        let bearer = centre.bearer(member, in: project.id, allocation: allocation.id)
      else { return false }
      return scope.covers(bearer)
    }
  }
}

extension LimitView {
  fileprivate init(_ standing: LimitStanding, seesUse: Bool, asOf now: Instant) {
    self.init(
      id: standing.rule.id.text, scope: standing.rule.scope.words,
      measures: LimitMeasure.allCases.compactMap { measure in
        standing.rule.most[measure].map {
          Measure(
            measure: measure.word, most: $0, inUse: seesUse ? standing[measure] : nil)
        }
      }, asOf: now.milliseconds)
  }
}

extension LimitMeasure {
  /// As it is described and told.
  var word: String {
    switch self {
    case .gpus: "gpus"
    case .running: "running"
    case .held: "gpuTime"
    case .waiting: "queued"
    }
  }
}
