import Wire

extension Associations {
  /// What a line of `sacctmgr` asks for: `show` or `list` of users, accounts, associations or the
  /// cluster. All else changes what Polder describes, and is refused.
  struct Manager {
    enum Entity: String {
      case user
      case account
      case association
      case cluster
    }

    let entity: Entity
    var columns = SlurmColumns()
    /// Each association of a user, and not the user once.
    private var hasAssociations = false
    private var users: Set<String> = []
    private var accounts: Set<String> = []

    /// - Throws: sacctmgr's words, or where the thing is done instead.
    init(_ words: [String]) throws(SacctFailure) {
      let read = try GetOpt(
        words, command: "sacctmgr", short: "hionpPQrsvV", long: Associations.managerLong)
      var format: [String] = []
      for (key, _) in read.options {
        switch key {
        case "n": columns.hasHeader = false
        case "p": columns.style = .delimited
        case "P": columns.style = .separated
        case "s": hasAssociations = true
        default: break
        }
      }
      guard let verb = read.rest.first?.lowercased(), verb == "list" || verb == "show" else {
        throw .error(
          "\(read.rest.first.map { "'\($0)'" } ?? "nothing"): accounts and users are described in "
            + "Polder's configuration; see polder apply --help. Polder answers list and show")
      }
      guard let entity = Self.entity(read.rest.dropFirst().first ?? "") else {
        throw .error(
          "Polder answers list and show of users, accounts, associations and the cluster only")
      }
      self.entity = entity
      for word in read.rest.dropFirst(2) where word.lowercased() != "where" {
        try take(word, &format)
      }
      columns.fields = try SacctField.columns(
        of: format.isEmpty ? standard : format.joined(separator: ","), among: Self.fields)
    }

    private mutating func take(_ word: String, _ format: inout [String]) throws(SacctFailure) {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        switch (entity, word.lowercased()) {
        case (_, "withassoc"): hasAssociations = true
        case (.account, _): accounts.insert(word)
        case (.user, _): users.insert(word)
        default: break
        }
        return
      }
      let values = parts[1].split(separator: ",").map(String.init)
      let key = parts[0].lowercased()
      switch key {
      case _ where "format".hasPrefix(key): format.append(String(parts[1]))
      case _ where "users".hasPrefix(key), "name" where entity == .user: users.formUnion(values)
      case _ where "accounts".hasPrefix(key), "name" where entity == .account:
        accounts.formUnion(values)
      case _ where "clusters".hasPrefix(key): break
      default: throw .plain(" Unknown condition: \(word)")
      }
    }

    private static func entity(_ word: String) -> Entity? {
      let word = word.lowercased()
      guard word.count > 1 else { return nil }
      return [
        ("users", Entity.user), ("accounts", .account), ("associations", .association),
        ("clusters", .cluster),
      ].first { $0.0.hasPrefix(word) }?.1
    }

    private static let fields = SacctField.parse(
      """
      Account:10 Admin:9 Cluster:10 Coordinators:20 DefaultAccount:10 Description:20 Organization:20 \
      ParentName:10 Partition:10 QOS:20 RPC:5 Share:9 User:10 MaxJobs:7 MaxSubmitJobs:9 \
      MaxTRES:13 MaxWall:11 GrpJobs:7 GrpTRES:13 GrpTRESMins:13 DefaultQOS:9 ControlHost:15 \
      ControlPort:12
      """)

    private var standard: String {
      switch entity {
      case .user:
        "user,defaultaccount,admin"
          + (hasAssociations ? ",cluster,account,partition,share,qos" : "")
      case .account: "account,description,organization"
      case .association: "cluster,account,user,partition,share,qos"
      case .cluster: "cluster,controlhost,controlport,rpc"
      }
    }

    func lines(_ view: AssociationsView) -> [String] {
      var rows = view.associations.filter {
        (users.isEmpty || users.contains($0.user))
          && (accounts.isEmpty || accounts.contains($0.project))
      }
      var seen: Set<String> = []
      switch entity {
      case .cluster: return columns.header + [line(nil, view.cluster)]
      case .account: rows = rows.filter { seen.insert($0.project).inserted }
      case .user:
        if !hasAssociations { rows = rows.filter { seen.insert($0.user).inserted } }
      case .association: break
      }
      return columns.header + rows.map { line($0, view.cluster) }
    }

    private func line(_ row: AssociationView?, _ cluster: String?) -> String {
      columns.line { field in
        let text: String? =
          switch field.name {
          case "Cluster": cluster
          case "Account": row?.project
          case "User": entity == .account ? nil : row?.user
          case "DefaultAccount": row?.defaultProject
          case "Description": row?.title
          case "Organization": row?.organisation
          case "Admin": row == nil ? nil : "None"
          case "QOS", "DefaultQOS": row == nil ? nil : "normal"
          default: nil
          }
        return text.map { .text($0) } ?? .empty
      }
    }
  }

  fileprivate static let managerLong: [GetOpt.Long] = GetOpt.Long.list([
    ("associations", .none, "s"), ("help", .none, "h"), ("immediate", .none, "i"),
    ("noheader", .none, "n"), ("oneliner", .none, "o"), ("parsable", .none, "p"),
    ("parsable2", .none, "P"), ("quiet", .none, "Q"), ("readonly", .none, "r"),
    ("verbose", .none, "v"), ("version", .none, "V"),
  ])
}
