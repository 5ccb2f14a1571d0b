import Wire

/// What `sshare` and `sacctmgr` tell of who may submit for which account, where Slurm has no
/// database: the projects of the centre. Pure.
enum Associations {
  /// The columns of `sshare` (22.05). What Polder orders by is `polder priority`'s to tell: only who
  /// may submit for what is told here.
  static let shareFields = SacctField.parse(
    """
    Account:-20 Cluster:10 EffectvUsage:13 FairShare:10 GrpTRESMins:30 GrpTRESRaw:30 ID:6 \
    LevelFS:10 NormShares:11 NormUsage:11 Partition:12 RawShares:10 RawUsage:11 TRESRunMins:30 \
    User:10
    """)
  static let shareStandard = "account,user,rawshares,normshares,rawusage,effectvusage,fairshare"

  /// What a line of `sshare` asks for.
  struct Share {
    var columns = SlurmColumns()
    var onlyUsers = false
    var accounts: Set<String> = []
    var users: Set<String> = []
    var help = false

    init(_ words: [String]) throws(SacctFailure) {
      let read = try GetOpt(
        words, command: "sshare", short: "aA:ehlM:no:pPqUu:t:vVm", long: Associations.shareLong)
      var format: [String] = []
      for (key, value) in read.options {
        switch key {
        case "h", "n": columns.hasHeader = false
        case "p": columns.style = .delimited
        case "P": columns.style = .separated
        case "o": format.append(value)
        case "U": onlyUsers = true
        case "A": accounts.formUnion(value.split(separator: ",").map(String.init))
        case "u": if value != "-1" { users.formUnion(value.split(separator: ",").map(String.init)) }
        case "help", "e": help = true
        default: break
        }
      }
      columns.fields = try SacctField.columns(
        of: format.isEmpty ? Associations.shareStandard : format.joined(separator: ","),
        among: Associations.shareFields)
    }

    /// An account, and beneath it its users; only these with `-U`.
    func lines(_ view: AssociationsView) -> [String] {
      var lines = columns.header
      var last = ""
      for association in view.associations {
        guard accounts.isEmpty || accounts.contains(association.project),
          users.isEmpty || users.contains(association.user)
        else { continue }
        if !onlyUsers, association.project != last {
          lines.append(line(association.project, "", view.cluster))
        }
        last = association.project
        lines.append(
          line((onlyUsers ? "" : " ") + association.project, association.user, view.cluster))
      }
      return lines
    }

    private func line(_ account: String, _ user: String, _ cluster: String?) -> String {
      columns.line { field in
        switch field.name {
        case "Account": .text(account)
        case "User": .text(user)
        case "Cluster": cluster.map { .text($0) } ?? .empty
        default: .empty
        }
      }
    }
  }

  private static let shareLong: [GetOpt.Long] = GetOpt.Long.list([
    ("accounts", .required, "A"), ("all", .none, "a"), ("helpformat", .none, "e"),
    ("long", .none, "l"), ("partition", .none, "m"), ("cluster", .required, "M"),
    ("clusters", .required, "M"), ("noheader", .none, "n"), ("format", .required, "o"),
    ("parsable", .none, "p"), ("parsable2", .none, "P"), ("users", .required, "u"),
    ("Users", .none, "U"), ("verbose", .none, "v"), ("version", .none, "V"),
    ("help", .none, "help"), ("usage", .none, "help"),
  ])
}
