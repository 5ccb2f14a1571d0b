import CPosix
import Foundation

/// Where the command writes, and what may be written there.
enum Terminal {
  /// The width to wrap at: that of the terminal, else of `COLUMNS`, else 100; 40 to 200.
  static let columns = columns(of: 1)

  private static func columns(of output: Int32) -> Int {
    let asked = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) } ?? 0
    let seen = Int(cposix_terminal_columns(output))
    let columns = seen > 0 ? seen : (asked > 0 ? asked : 100)
    return min(max(columns, 40), 200)
  }

  /// Colour goes to a terminal only, and never against `NO_COLOR` (no-color.org) or `TERM=dumb`.
  static let hasColour: Bool = {
    let environment = ProcessInfo.processInfo.environment
    let refused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    return isatty(1) == 1 && !refused && environment["TERM"] != "dumb"
  }()

  /// True if a person can be asked.
  static var isInteractive: Bool { isatty(0) == 1 && isatty(1) == 1 }

  /// Asks a person, who has to write "yes"; only where ``isInteractive``.
  static func agrees(_ question: String) -> Bool {
    print("\(question) Only \"yes\" is taken for yes: ", terminator: "")
    fflush(nil)
    return readLine(strippingNewline: true) == "yes"
  }

  static func say(_ line: String) { print(line) }

  /// To the error output, after what was printed so far; wrapped where that is a terminal.
  static func complain(_ message: String) {
    let message = isatty(2) == 1 ? Text.hanging(message, width: columns(of: 2)) : message
    FileHandle.standardError.write(Data((message + "\n").utf8))
  }
}

/// What a word means; each has its colour.
enum Tone: String {
  case plain = ""
  case strong = "1"
  case faint = "2"
  case good = "32"
  case waiting = "33"
  case bad = "31"

  /// The text in this tone where the terminal can show it.
  func paint(_ text: String) -> String {
    self == .plain || !Terminal.hasColour ? text : "\u{1B}[\(rawValue)m\(text)\u{1B}[0m"
  }

  /// The tone of a state of a task, an allocation or a node.
  static func of(state: String) -> Tone {
    switch state {
    case "completed", "active", "up", "running": .good
    case "waiting", "starting", "pending", "drained": .waiting
    case "failed", "timed-out", "out-of-memory", "node-failed", "boot-failed", "lost", "down",
      "exhausted", "suspended":
      .bad
    case "cancelled", "expired": .faint
    default: .plain
    }
  }
}
