package import Wire

/// The client's key of a submission, with what was said under it: a repetition is known by that the
/// same was said, not by what it would come to. Moments relative to now, an allocation chosen for
/// the member and defaults of a partition come to something else a minute later.
package struct SubmissionKey: Hashable, Sendable {
  /// Chosen by the client, unique within the member; 1 to 255 bytes.
  package let text: String
  /// What was said, in canonical bytes: every text is preceded by its length, so that no two
  /// submissions look alike.
  package let content: [UInt8]

  package init(text: String, content: [UInt8]) {
    self.text = text
    self.content = content
  }

  /// Variables of the login count for nothing: whoever repeats a command after a broken connection
  /// does so from another one. Of the script's name the file counts, by which the job is named.
  ///
  /// - Parameter environment: what the job is handed of the submission's. What is not handed on may
  ///   differ from one attempt to the next.
  package init(_ text: String, _ submission: Submission, environment: [String]) {
    var content = Content()
    content.add(submission.script)
    content.add(submission.scriptName.split(separator: "/").last.map(String.init) ?? "")
    content.add(submission.workingDirectory)
    content.add(submission.options)
    content.add(environment.filter { !Self.isOfLogin($0) })
    self.init(text: text, content: content.bytes)
  }

  private static func isOfLogin(_ variable: String) -> Bool {
    let name = variable.prefix { $0 != "=" }
    return ofLogin.contains(String(name)) || familiesOfLogin.contains { name.hasPrefix($0) }
  }

  private static let ofLogin: Set = [
    "_", "COLORTERM", "COLUMNS", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "KRB5CCNAME", "LINES",
    "OLDPWD", "PWD", "SHLVL", "STY", "TERM", "WINDOWID", "XAUTHORITY",
  ]
  private static let familiesOfLogin = ["SSH_", "TMUX", "XDG_"]

  private struct Content {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ text: String) {
      bytes.append(contentsOf: "\(text.utf8.count):".utf8)
      bytes.append(contentsOf: text.utf8)
    }

    mutating func add(_ list: [String]) {
      add("\(list.count)")
      for text in list { add(text) }
    }
  }
}
