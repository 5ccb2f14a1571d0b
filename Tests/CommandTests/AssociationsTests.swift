// Why: workflow tools ask sacctmgr and sshare whether an account is one's own before they submit.
import Testing
import Wire

@testable import polder

@Suite("sshare and sacctmgr")
struct AssociationsTests {
  private static func association(
    _ project: String, _ user: String, only: Bool = false
  ) -> AssociationView {
    AssociationView(
      project: project, title: "About \(project)", organisation: "University", user: user,
      role: "member", defaultProject: only ? project : nil)
  }

  private static let view = AssociationsView(
    associations: [
      association("longscan", "anouk"), association("longscan", "bram", only: true),
      association("seals", "anouk"),
    ], cluster: "polder")

  private func manager(_ words: String...) throws -> [String] {
    try Associations.Manager(words).lines(Self.view)
  }

  @Test("what the snakemake executor asks is answered: the accounts of a user")
  func accounts() throws {
    let lines = try manager("-n", "-s", "list", "user", "anouk", "format=account%256")
    #expect(lines.map { $0.filter { $0 != " " } } == ["longscan", "seals"])
    #expect(lines.allSatisfy { $0.count == 257 })
    let shares = try Associations.Share(["-U", "--format", "Account%256", "--noheader"])
      .lines(Self.view)
    #expect(shares.map { $0.filter { $0 != " " } } == ["longscan", "longscan", "seals"])
  }

  @Test("users, accounts, associations and the cluster are listed as Slurm lists them")
  func lists() throws {
    #expect(
      try manager("show", "user", "-nP") == ["anouk||None", "bram|longscan|None"])
    #expect(
      try manager("list", "account", "withassoc", "-P") == [
        "Account|Description|Organization", "longscan|About longscan|University",
        "seals|About seals|University",
      ])
    #expect(
      try manager("-nP", "show", "assoc", "where", "user=bram", "format=Cluster,Account,User,Share")
        == ["polder|longscan|bram|"])
    #expect(try manager("-n", "list", "cluster", "format=cluster", "-P") == ["polder"])
    #expect(
      try Associations.Share(["-A", "seals", "-P"]).lines(Self.view) == [
        "Account|User|RawShares|NormShares|RawUsage|EffectvUsage|FairShare", "seals||||||",
        " seals|anouk|||||",
      ])
  }

  @Test(
    "what changes accounts, and what Polder does not keep, is refused with words",
    arguments: [
      ["add", "user", "anouk"], ["modify", "account", "x"], ["dump", "polder"], [],
      ["show", "qos"], ["show", "tres"], ["list", "user", "colour=red"], ["--nonsense"],
      ["list", "user", "format=nonsense"],
    ])
  func refused(words: [String]) {
    #expect(throws: SacctFailure.self) { try Associations.Manager(words) }
  }
}
