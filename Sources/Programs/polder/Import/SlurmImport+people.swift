extension SlurmImport {
  // MARK: Accounts and users

  mutating func importPeople(_ texts: Texts) {
    guard let text = texts.accounts else { return }
    let dump = SlurmDump(text)
    for line in dump.strange {
      cannot("accounts, line \(line.line): '\(line.text)' is not understood")
    }
    tellCluster(dump)
    importClasses(dump.classes)
    let members = importMembers(dump, Self.people(texts.passwd))
    let projects = importProjects(dump, members)
    importMoney(projects)
    importLimits(projects, members)
    importShares(projects)
  }

  /// Accounts of UNIX with their names; nil if none were told.
  private static func people(_ passwd: String?) -> [String: String]? {
    passwd.map { text in
      text.split(separator: "\n").reduce(into: [:]) { people, line in
        let fields = line.split(separator: ":", omittingEmptySubsequences: false)
        guard fields.count >= 5 else { return }
        people[String(fields[0])] = String(fields[4].prefix { $0 != "," })
      }
    }
  }

  /// The ids of members, by account.
  private mutating func importMembers(
    _ dump: SlurmDump, _ people: [String: String]?
  ) -> [String: String] {
    var members: [String: String] = [:]
    var items: [[String]] = []
    let users = Set(dump.accounts.flatMap { $0.users.map(\.name) }).subtracting(["root"]).sorted()
    for user in users {
      let isAccount =
        user.first?.isLowercase == true && user.count <= 32
        && user.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || "-_".contains($0)) }
      guard isAccount else {
        cannot("user \(user): its name is no account that Polder takes")
        continue
      }
      if let people, people[user] == nil {
        cannot("user \(user) has no UNIX account here")
        continue
      }
      let digits = String(members.count + 1)
      let id = "m-" + String(repeating: "0", count: max(4 - digits.count, 0)) + digits
      members[user] = id
      let name = people?[user].flatMap { $0.isEmpty ? nil : $0 } ?? user
      items.append(["id: \(id)", "account: \(user)", "name: \(Self.scalar(name))"])
    }
    add("members.yaml", "Persons, by opaque ids.", Self.document("Member", items))
    return members
  }

  /// An account that has users, as a project.
  struct Project {
    let id: String
    let account: SlurmDump.Account
    /// Users with a member, in the order of the file.
    let users: [String]
  }

  private mutating func importProjects(
    _ dump: SlurmDump, _ members: [String: String]
  ) -> [Project] {
    var organisations: [(id: String, name: String)] = []
    var projects: [Project] = []
    var items: [[String]] = []
    for account in dump.accounts where account.name != "root" {
      let users = account.users.map(\.name).filter { members[$0] != nil }
      guard !users.isEmpty else {
        cannot(
          "account \(account.name) has no users of its own: the tree of accounts is none of "
            + "Polder's; its limits, if any, hold for \(account.name) alone")
        continue
      }
      let id = account.name.lowercased()
      guard Self.isID(id), id.count <= 40, !projects.contains(where: { $0.id == id }) else {
        cannot("account \(account.name): its name is no id of a project, or another's")
        continue
      }
      if !account.parent.isEmpty, account.parent != "root" {
        cannot("account \(id): it stands under \(account.parent); projects stand side by side")
      }
      let name = account.options["organization"] ?? account.name
      if !organisations.contains(where: { $0.name == name }) {
        organisations.append(("org-\(organisations.count + 1)", name))
      }
      let organisation = organisations.first { $0.name == name }?.id ?? ""
      projects.append(Project(id: id, account: account, users: users))
      items.append(project(account, id, users, organisation, dump))
    }
    add(
      "organisations.yaml", "Whose the projects are: put type, country and sector right.",
      Self.document(
        "Organisation",
        organisations.map {
          [
            "id: \($0.id)", "name: \(Self.scalar($0.name))", "type: other", "country: \(country)",
            "sector: not known",
          ]
        }))
    add("projects.yaml", "Accounts that have users.", Self.document("Project", items))
    if !organisations.isEmpty { chose("types, countries and sectors of organisations") }
    return projects
  }

  private mutating func project(
    _ account: SlurmDump.Account, _ id: String, _ users: [String], _ organisation: String,
    _ dump: SlurmDump
  ) -> [String] {
    let leads = Set(
      account.users.filter {
        ($0.options["coordinator"] ?? "").split(separator: ",").contains { $0 == account.name }
      }.map(\.name))
    var leader = users.first { leads.contains($0) }
    if leader == nil {
      leader = users.first
      chose("project \(id): \(users[0]) was made its PI, as the account has no coordinator")
    }
    let title = account.options["description"] ?? account.name
    return [
      "id: \(id)", "reference: slurm/\(id)", "title: \(Self.scalar(title))",
      "organisation: \(organisation)", "members:",
    ]
      + users.flatMap { user in
        let role = user == leader ? "PI" : leads.contains(user) ? "manager" : "member"
        return ["  - {account: \(user), role: \(role)}"]
      }
  }

  // MARK: Budgets

  /// GrpTRESMins of GPUs is a grant; without one there is nothing that jobs could hold from.
  private mutating func importMoney(_ projects: [Project]) {
    var items: [[String]] = []
    for project in projects {
      let minutes = Self.tres(project.account.options["grptresmins"])
      guard let granted = minutes["gres/gpu"], granted > 0 else {
        cannot(
          "project \(project.id) has no budget of GPU time (GrpTRESMins=gres/gpu=…): describe an "
            + "Allocation, or its jobs are refused")
        continue
      }
      for (name, count) in minutes.sorted(by: { $0.key < $1.key }) where name != "gres/gpu" {
        cannot("project \(project.id): GrpTRESMins=\(name)=\(count); budgets are of GPU time")
      }
      items.append([
        "id: \(project.id)-1", "project: \(project.id)", "programme: imported",
        "granted: \(granted) GPU-min", "window: {from: \"${today}\", until: \"${today + 12mo}\"}",
      ])
    }
    guard !projects.isEmpty else { return }
    add(
      "funders.yaml", "One funder and one programme, so that there is something to begin with.",
      [
        """
        kind: Funder
        id: centre
        name: The centre
        shares:
          - {from: 2020-01-01, percent: 100 %}

        """,
        """
        kind: Programme
        id: imported
        name: Taken over from Slurm
        funder: centre
        mode: Taken over
        amount: {least: 1 GPU-s, most: "1,000,000,000 GPU-h"}
        maximumMonths: 120
        accessWorkingDays: 0

        """,
      ])
    if !items.isEmpty {
      chose(
        "grants are the whole GrpTRESMins, over twelve months from today; what was used is not known"
      )
    }
    add(
      "allocations.yaml", "Budgets: GrpTRESMins of GPUs, for a year.",
      Self.document("Allocation", items))
  }

  // MARK: Limits

  private mutating func importLimits(_ projects: [Project], _ members: [String: String]) {
    var items: [[String]] = []
    for project in projects {
      let options = project.account.options
      var group = Self.measures(
        gpus: Self.tres(options["grptres"])["gres/gpu"], running: options["grpjobs"],
        queued: options["grpsubmitjobs"])
      if let minutes = Self.tres(options["grptresrunmins"])["gres/gpu"] {
        group.append("gpuTime: \(minutes) GPU-min")
      }
      if !group.isEmpty {
        items.append(Self.limit("\(project.id)-at-once", "{project: \(project.id)}", nil, group))
      }
      let each = Self.measures(
        gpus: nil, running: options["maxjobs"], queued: options["maxsubmitjobs"])
      if !each.isEmpty {
        items.append(Self.limit("\(project.id)-each", "{project: \(project.id)}", "member", each))
      }
      tellRest(options, "account \(project.account.name)")
      for user in project.account.users {
        guard let member = members[user.name] else { continue }
        let own = Self.measures(
          gpus: Self.tres(user.options["grptres"])["gres/gpu"],
          running: user.options["grpjobs"] ?? user.options["maxjobs"],
          queued: user.options["grpsubmitjobs"] ?? user.options["maxsubmitjobs"])
        // What a user inherits from the account stands in the file once more.
        if !own.isEmpty, own != each {
          items.append(
            Self.limit(
              "\(project.id)-\(member)", "{member: \(member), project: \(project.id)}", nil, own))
        }
        let whose = "user \(user.name) of \(project.account.name)"
        tellRest(user.options, whose)
        // Taken of accounts alone.
        for key in ["grptresmins", "grptresrunmins", "fairshare"] {
          guard let value = user.options[key], !Self.isUsual(value, key) else { continue }
          cannot("\(whose): \(key)=\(value); budgets, GPU time and shares are of projects")
        }
      }
    }
    if items.contains(where: { $0.joined().contains("queued") }) {
      chose("MaxSubmitJobs and GrpSubmitJobs count what runs too; Polder's `queued` what waits")
    }
    add(
      "limits.yaml", "What may run, or wait, at once: limits of accounts and users.",
      Self.document("Limit", items))
  }

  private static func measures(gpus: Int64?, running: String?, queued: String?) -> [String] {
    (gpus.map { ["gpus: \($0)"] } ?? [])
      + (count(running).map { ["running: \($0)"] } ?? [])
      + (count(queued).map { ["queued: \($0)"] } ?? [])
  }

  /// A limit; -1 is Slurm's word for none.
  private static func count(_ text: String?) -> Int64? {
    text.flatMap { Int64($0) }.flatMap { $0 >= 0 ? $0 : nil }
  }

  private static func limit(
    _ id: String, _ scope: String, _ each: String?, _ measures: [String]
  ) -> [String] {
    ["id: \(id)", "scope: \(scope)"] + (each.map { ["each: \($0)"] } ?? [])
      + ["atMost: {\(measures.joined(separator: ", "))}"]
  }

  /// Options that have no place in Polder, and parts of TRES that are no GPUs.
  private mutating func tellRest(_ options: [String: String], _ whose: String) {
    let isTaken: Set<String> = [
      "description", "organization", "fairshare", "grptresmins", "grpjobs", "grpsubmitjobs",
      "maxjobs", "maxsubmitjobs", "coordinator", "defaultaccount", "grptres", "grptresrunmins",
    ]
    for (key, value) in options.sorted(by: { $0.key < $1.key }) where !isTaken.contains(key) {
      if Self.isUsual(value, key) { continue }
      cannot("\(whose): \(key)=\(value)")
    }
    for key in ["grptres", "grptresrunmins"] {
      for (name, count) in Self.tres(options[key]).sorted(by: { $0.key < $1.key })
      where name != "gres/gpu" {
        cannot("\(whose): \(key)=\(name)=\(count); limits are of GPUs, jobs and GPU time")
      }
    }
  }

  /// True for what says nothing: the default, or that a limit was taken away.
  private static func isUsual(_ value: String, _ key: String) -> Bool {
    switch key {
    case "adminlevel": value.lowercased() == "none"
    case "qos", "defaultqos": value == "normal"
    case "fairshare": ["1", "parent", "2147483647"].contains(value.lowercased())
    default: value.isEmpty || value == "-1"
    }
  }

  /// What holds for the whole cluster has no place in Polder.
  private mutating func tellCluster(_ dump: SlurmDump) {
    let root = dump.accounts.first { $0.name == "root" }?.options ?? [:]
    let all = [("cluster \(dump.cluster)", dump.clusterOptions), ("account root", root)]
    for (whose, options) in all {
      for (key, value) in options.sorted(by: { $0.key < $1.key })
      where !Self.isUsual(value, key) && !["description", "organization"].contains(key) {
        cannot("\(whose): \(key)=\(value); describe a Limit for each project")
      }
    }
  }

  /// Of `cpu=8,gres/gpu=4`.
  static func tres(_ text: String?) -> [String: Int64] {
    (text ?? "").split(separator: ",").reduce(into: [:]) { tres, word in
      let parts = word.split(separator: "=").map(String.init)
      if parts.count == 2, let count = Int64(parts[1].prefix { $0.isNumber }) {
        tres[parts[0].lowercased()] = count
      }
    }
  }

  // MARK: Shares

  private mutating func importShares(_ projects: [Project]) {
    let shares = projects.compactMap { project -> String? in
      // The sentinel is what dumps write for `parent`.
      guard let text = project.account.options["fairshare"], text.lowercased() != "parent",
        text != "2147483647"
      else { return nil }
      guard let count = Int(text), count <= 1_000_000 else {
        cannot("account \(project.account.name): Fairshare=\(text)")
        return nil
      }
      return count == 1 ? nil : "  - {project: \(project.id), shares: \(count)}\n"
    }
    guard !shares.isEmpty else { return }
    add(
      "order.yaml", "Fairshare of accounts, side by side.",
      ["kind: Order\nid: queue\nshares:\n" + shares.joined()])
  }
}
