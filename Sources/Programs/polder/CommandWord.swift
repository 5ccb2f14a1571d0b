import ArgumentParser
import Services

/// A word that should name a command and names none. The parser calls it an unexpected argument, and
/// prints how the command above it is used.
enum CommandWord {
  /// - Throws: ``Failure`` with exit code 64 and the nearest command.
  static func refuse(in words: some Sequence<String>) throws(Failure) {
    var command: any ParsableCommand.Type = Polder.self
    var path = ["polder"]
    for word in words {
      let below = command.configuration.subcommands
      // Options stand behind the command they belong to.
      guard !below.isEmpty, !word.hasPrefix("-"), word != "help" else { return }
      if let next = below.first(where: { names(of: $0).contains(word) }) {
        command = next
        path.append(word)
        continue
      }
      let above = path.joined(separator: " ")
      let near = Spelling.nearest(to: word, in: below.map { $0._commandName }.sorted())
      throw Failure(
        .usage, "there is no command \(above) \(word)",
        next: (near.map { "do you mean \(above) \($0)? All of them: " } ?? "see ")
          + "\(above) --help")
    }
  }

  private static func names(of command: any ParsableCommand.Type) -> [String] {
    [command._commandName] + command.configuration.aliases
  }
}
