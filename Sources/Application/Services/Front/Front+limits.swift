import Domain
import Engine
package import Wire

extension Front {
  /// Of a limit that stands for many, so many are shown: those that are nearest to it.
  private static let mostOfEach = 20

  /// Limits on what runs or waits at once, then licences, and what is there, as of the last round:
  /// all for those in office; a member sees those above own projects, of such as count several
  /// projects without what is in use, and of other members' none unless it leads the project. What
  /// is lent of licences anybody sees, as what is free of nodes.
  ///
  /// - Throws: `not-planned` (503) before the first round.
  package func limits(_ caller: Caller) async throws(Problem) -> [LimitView] {
    let centre = try await centre()
    guard let (standings, licences, now) = await board.limits() else {
      throw Problem(
        title: "Not planned yet", status: 503, code: "not-planned",
        detail: "no plan has looked at the limits yet",
        nextStep: "ask again in some seconds; `polder status` says what is away")
    }
    let inOffice = caller.role == .administrator || caller.role == .auditor
    if inOffice { try await record(caller.line(.readCaps, "limits")) }
    let own = projects(of: caller, in: centre)
    return standings.flatMap { standing -> [LimitView] in
      let subjects =
        inOffice ? Self.subjects(of: standing) : seen(standing, by: caller, own, centre)
      return subjects.map { subject, seesUse in
        LimitView(standing, subject, seesUse: seesUse, asOf: now)
      }
    } + licences.map { LimitView($0, asOf: now) }
  }

  /// The fullest; all of the scope where nothing is there.
  private static func subjects(of standing: LimitStanding) -> [(LimitSubject, seesUse: Bool)] {
    let fullest = standing.fullest.prefix(mostOfEach)
    return fullest.isEmpty ? [(.all, true)] : fullest.map { ($0, true) }
  }

  /// Whose figures a member sees of a limit, and whether what is in use is among them.
  private func seen(
    _ standing: LimitStanding, by caller: Caller, _ own: Set<ProjectID>, _ centre: Centre
  ) -> [(LimitSubject, seesUse: Bool)] {
    let rule = standing.rule
    guard let member = caller.member, isAbove(rule.scope, own, member, centre) else { return [] }
    switch rule.each {
    case .member: return [(.member(member), true)]
    case .project:
      return own.sorted().filter { isAbove(rule.scope, [$0], member, centre) }
        .map { (.project($0), true) }
    case nil: return [(.all, !(rule.scope?.isShared ?? true))]
    }
  }

  /// True if a scope counts runs of some of a member's projects; of another member's runs in one
  /// that it leads.
  private func isAbove(
    _ scope: CapScope?, _ projects: Set<ProjectID>, _ member: MemberID, _ centre: Centre
  ) -> Bool {
    if case .member(let other, let project) = scope {
      let role = centre.projects[project]?.role(of: member)
      let leads = role == .principalInvestigator || role == .manager
      return projects.contains(project) && (other == member || leads)
    }
    return centre.allocations.values.contains { allocation in
      guard projects.contains(allocation.project),
        let bearer = centre.bearer(member, in: allocation.project, allocation: allocation.id)
      else { return false }
      return scope?.covers(bearer) ?? true
    }
  }
}

extension LimitView {
  fileprivate init(_ standing: LicenceStanding, asOf now: Instant) {
    self.init(
      id: standing.licence.id.text, scope: "the whole centre",
      measures: [
        Measure(
          measure: LimitMeasure.licences.word, most: standing.licence.count, inUse: standing.lent)
      ], asOf: now.milliseconds)
  }

  fileprivate init(
    _ standing: LimitStanding, _ subject: LimitSubject, seesUse: Bool, asOf now: Instant
  ) {
    let rule = standing.rule
    let count = standing.counts[subject] ?? .nothing
    let name: String? =
      switch subject {
      case .all: nil
      case .member(let member): member.text
      case .project(let project): project.text
      case .licence(let licence): licence.text
      }
    self.init(
      id: rule.id.text, scope: rule.words, of: name,
      measures: LimitMeasure.ofRules.compactMap { measure in
        rule.most[measure].map {
          Measure(measure: measure.word, most: $0, inUse: seesUse ? count[measure] : nil)
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
    case .licences: "licences"
    }
  }
}
