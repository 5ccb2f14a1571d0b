import ArgumentParser
import Client
import Foundation
import Wire

/// `polder sshare`, and `sshare` where it is installed under that name.
struct Sshare: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sshare",
    abstract: "Which accounts one may submit for, as Slurm's sshare tells it.",
    discussion: "Shares and use are Polder's own: see polder priority and polder balance.")

  @Argument(parsing: .captureForPassthrough, help: "Options of sshare.")
  var words: [String] = []

  mutating func run() async throws { await Self.perform(words) }

  static func perform(_ words: [String]) async {
    await SlurmTools.answer("sshare") {
      let share = try Associations.Share(words)
      if share.help { return SacctField.help(of: Associations.shareFields) }
      return share.lines(try await Self.view())
    }
  }

  fileprivate static func view() async throws -> AssociationsView {
    try await PolderClient.connected(to: Connection.path(nil)) { try await $0.associations() }
  }
}

/// `polder sacctmgr`, and `sacctmgr` where it is installed under that name.
struct Sacctmgr: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sacctmgr",
    abstract: "Users, accounts and associations, as Slurm's sacctmgr lists them.",
    discussion: "Lists and shows; what changes them is polder apply.")

  @Argument(parsing: .captureForPassthrough, help: "Options and words of sacctmgr.")
  var words: [String] = []

  mutating func run() async throws { await Self.perform(words) }

  static func perform(_ words: [String]) async {
    await SlurmTools.answer("sacctmgr") {
      try Associations.Manager(words).lines(try await Sshare.view())
    }
  }
}
