import Client
import Foundation
import Wire

/// The commands of Slurm's that `polder` is, where it is called by their names (a link), or by
/// `polder NAME`: their options are not those of other commands, `-h` and `--version` among them.
enum SlurmTools {
  private static func name(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// The command and its words; nil for any other.
  static func reading(_ arguments: [String]) -> (command: String, words: [String])? {
    guard let first = arguments.first else { return nil }
    if commands.contains(name(first)) { return (name(first), Array(arguments.dropFirst())) }
    guard let second = arguments.dropFirst().first, commands.contains(second) else { return nil }
    return (second, Array(arguments.dropFirst(2)))
  }

  static func isOne(_ arguments: [String]) -> Bool { reading(arguments) != nil }

  private static let commands: Set<String> = ["sacct", "sacctmgr", "sshare"]

  static func perform(_ arguments: [String]) async {
    switch reading(arguments) {
    case ("sacct", let words)?: await Sacct.perform(words)
    case ("sacctmgr", let words)?: await Sacctmgr.perform(words)
    case ("sshare", let words)?: await Sshare.perform(words)
    default: break
    }
  }

  /// Prints lines, or ends the process with 1 and the words of the command.
  static func answer(_ command: String, _ lines: () async throws -> [String]) async {
    do {
      for line in try await lines() { Terminal.say(line) }
    } catch {
      fflush(nil)
      Terminal.complain(failure(error).line(of: command))
      exit(1)
    }
  }

  private static func failure(_ error: any Error) -> SacctFailure {
    switch error {
    case let failure as SacctFailure: failure
    case ClientError.refused(let problem) where problem.code == "unknown-user":
      .error(problem.detail)
    case let error as ClientError: .error(String(Failure(error).text.dropFirst("polder: ".count)))
    default: .error("\(error)")
    }
  }
}
