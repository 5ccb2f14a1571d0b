import Domain
import Wire

/// Organisations, members and projects.
extension ApplyPass {
  mutating func readOrganisation(_ text: String, _ fields: inout FieldReader) {
    let id: OrganisationID? = id(text, .identifier(), &fields)
    let name = fields.required("name", .line)
    let type: OrganisationType? = fields.required("type", .choice())
    let country = fields.required("country", .country)
    let sector = fields.required("sector", .line)
    guard fields.problems.isEmpty, let id, let name, let type, let country, let sector else {
      return
    }
    let organisation = Organisation(
      id: id, name: name, type: type, country: country, sector: sector)
    note(.organisation, text, before: context.centre.organisations[id], after: organisation)
    next.organisations[id] = organisation
  }

  mutating func readMember(_ text: String, _ fields: inout FieldReader) {
    let id: MemberID? = id(text, .identifier(), &fields)
    let account = fields.required("account", .account)
    let name = fields.required("name", .line)
    guard fields.problems.isEmpty, let id, let account, let name else { return }
    let before = context.centre.members[id]
    if let before, before.account != account,
      let busy = context.centre.projects(of: id).first(where: {
        context.busyProjects.contains($0.id)
      })
    {
      fields.refuse(
        "account",
        "\(id) is \(before.account) in project \(busy.id), which has jobs that have not "
          + "ended; bind another account when they have")
      return
    }
    if before == nil, context.erased.contains(id) {
      effects.append(
        "\(id) was erased: this brings an account and a name back for that id, and the jobs and "
          + "entries of the past are that person's again; a new person needs a new id")
    }
    let member = Member(id: id, account: account, name: name)
    note(.member, text, before: before, after: member)
    next.members[id] = member
  }

  /// A UNIX account is bound to at most one member.
  mutating func checkAccounts() {
    // Members that the description lacks come first, so that a described one is refused.
    let members = next.members.values.sorted {
      let (left, right) = (isDescribed(.member, $0.id.text), isDescribed(.member, $1.id.text))
      return left == right ? $0.id < $1.id : !left
    }
    for member in members {
      guard let other = accountOwners[member.account] else {
        accountOwners[member.account] = member.id
        continue
      }
      guard let object = describedObject(.member, member.id.text) else { continue }
      refusals.append(
        FieldReader(object: object).place(
          of: "account",
          "account: \(member.account) is bound to \(other); a UNIX account belongs to one member"))
    }
  }

  mutating func readProject(_ text: String, _ fields: inout FieldReader) {
    let id: ProjectID? = id(text, .projectID(), &fields)
    let reference = fields.required("reference", .reference)
    let title = fields.required("title", .line)
    let organisation = self.reference(
      "organisation", .organisation, next.organisations, &fields)
    let commercial = fields.optional("commercial", .flag, default: false)
    let members = readMemberships(&fields)
    guard fields.problems.isEmpty, let id, let reference, let title, let organisation,
      let commercial
    else { return }
    let project = Project(
      id: id, reference: reference, title: title, organisation: organisation,
      commercial: commercial, members: members)
    let before = context.centre.projects[id]
    if let before, context.busyProjects.contains(id) {
      let when = "while project \(id) has jobs that have not ended; apply again when they have"
      if before.commercial != commercial {
        fields.refuse("commercial", "can't change \(when)")
      }
      if before.organisation != organisation {
        fields.refuse("organisation", "can't change \(when)")
      }
      guard fields.problems.isEmpty else { return }
    }
    note(.project, text, before: before, after: project)
    next.projects[id] = project
  }

  private func readMemberships(_ fields: inout FieldReader) -> [Project.Membership] {
    var memberships: [Project.Membership] = []
    for path in fields.items("members") {
      let member = readMemberName(path, &fields)
      let role: Project.Role? = fields.required("\(path).role", .choice())
      guard let member, let role else { continue }
      if memberships.contains(where: { $0.member == member }) {
        fields.refuse(path, "\(member) stands twice among the members")
      }
      memberships.append(Project.Membership(member: member, role: role))
    }
    if fields.problems.isEmpty,
      !memberships.contains(where: { $0.role == .principalInvestigator })
    {
      fields.refuse(
        "members", "a project has a principal investigator; give at least one member the role PI",
        absent: !fields.has("members"))
    }
    return memberships
  }

  /// A member by id, or by the account that is bound to one.
  private func readMemberName(_ path: String, _ fields: inout FieldReader) -> MemberID? {
    guard fields.has("\(path).account") else {
      _ = fields.optional("\(path).account", .account)
      return reference("\(path).member", .member, next.members, &fields)
    }
    if fields.has("\(path).member") {
      fields.refuse("\(path).account", "stands beside member; name a member by one of them")
    }
    _ = fields.optional("\(path).member", .line)
    guard let account = fields.required("\(path).account", .account) else { return nil }
    if let member = accountOwners[account] { return member }
    refuseUnknown(
      account, "\(path).account", "member with account", Array(accountOwners.keys),
      &fields)
    return nil
  }

  /// A reference belongs to one project.
  mutating func checkReferences() {
    var owners: [String: ProjectID] = [:]
    let projects = next.projects.values.sorted {
      let (left, right) = (isDescribed(.project, $0.id.text), isDescribed(.project, $1.id.text))
      return left == right ? $0.id < $1.id : !left
    }
    for project in projects {
      guard let other = owners[project.reference] else {
        owners[project.reference] = project.id
        continue
      }
      guard let object = describedObject(.project, project.id.text) else { continue }
      refusals.append(
        FieldReader(object: object).place(
          of: "reference",
          "reference: \(project.reference) is that of project \(other); an award has one project"))
    }
  }
}
