import Domain
package import Wire

extension Front {
  /// Who may submit for which project: a member its own, administrators all.
  package func associations(_ caller: Caller) async throws(Problem) -> AssociationsView {
    let centre = try await centre()
    let all = caller.role == .administrator
    if all {
      try await recordOnce(
        caller.line(.readJobs, "associations"), of: Set(centre.projects.keys), caller, centre)
    }
    var associations: [AssociationView] = []
    for project in centre.projects.values.sorted(by: { $0.id < $1.id }) {
      let organisation = centre.organisations[project.organisation]?.name ?? ""
      for membership in project.members where all || membership.member == caller.member {
        guard let member = centre.members[membership.member] else { continue }
        let own = centre.projects(of: member.id)
        associations.append(
          AssociationView(
            project: project.id.text, title: project.title, organisation: organisation,
            user: member.account, role: membership.role.rawValue,
            defaultProject: own.count == 1 ? own.first?.id.text : nil))
      }
    }
    return AssociationsView(
      associations: associations, cluster: await board.current().cluster)
  }
}
