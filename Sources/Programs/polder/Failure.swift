import Client
import Wire

/// How a command ends, for scripts. The numbers are those of sysexits.h.
enum ExitStatus: Int32, CaseIterable {
  case ok = 0
  case jobFailed = 1
  case usage = 64
  case invalidInput = 65
  case notSetUp = 69
  case unavailable = 75
  case refused = 77

  var meaning: String {
    switch self {
    case .ok: "done"
    case .jobFailed:
      "a job that was waited for did not complete with exit code 0; the audit log is damaged; a "
        + "closed period is not as it was closed (period verify); Polder and Slurm differ"
    case .usage: "the command line is not understood, or lacks --yes where nobody can be asked"
    case .invalidInput:
      "the script, a directive, a file or an id is not valid; the message says where"
    case .notSetUp: "something that must be set up first is missing"
    case .unavailable:
      "Polder, Postgres or Slurm can't be reached now; nothing was lost, try again"
    case .refused:
      "refused: no right to it, no budget for it, or it is not in a state for that; the message "
        + "says what would help"
    }
  }
}

/// The end of a command that did not succeed: what, the numbers, the next step.
struct Failure: Error {
  let code: ExitStatus
  let text: String

  init(_ code: ExitStatus, _ text: String, next: String = "") {
    self.code = code
    self.text = "polder: " + text + (next.isEmpty ? "" : "\n  Next: \(next)")
  }

  init(_ problem: Problem) {
    // A place without a line is a word of the command line.
    var lines = problem.places.map { place in
      "\(place.file):\(place.line > 0 ? "\(place.line):" : "") \(place.message)"
    }
    let hasDetail = lines.isEmpty && !problem.detail.isEmpty
    lines.append("polder: \(problem.title)\(hasDetail ? ": \(problem.detail)" : "")")
    if !problem.nextStep.isEmpty { lines.append("  Next: \(problem.nextStep)") }
    code = Self.code(of: problem)
    text = lines.joined(separator: "\n")
  }

  init(_ error: ClientError) {
    switch error {
    case .unreachable(let socket, let cause):
      self.init(
        .unavailable, "Polder can't be reached at \(socket): \(cause). Nothing was sent.",
        next: "try again in a moment; if polderd listens elsewhere, name it with --socket or "
          + "POLDER_SOCKET")
    case .lost(let socket, let cause):
      self.init(
        .unavailable, "the connection to Polder at \(socket) broke: \(cause).",
        next: "try again in a moment; nothing that Polder accepted is lost")
    case .refused(let problem):
      self.init(problem)
    case .unreadable(let detail):
      self.init(
        .unavailable, "the answer is not one of Polder's: \(detail)",
        next: "see that polder and polderd are of one version (polder --version)")
    }
  }

  private static func code(of problem: Problem) -> ExitStatus {
    // Someone else's act came between: the same again may succeed.
    if problem.code == "conflict" { return .unavailable }
    if problem.code == "unknown-action" { return .usage }
    return switch problem.status {
    case 401, 402, 403, 409: .refused
    case 408, 425, 429, 500...: .unavailable
    default: problem.code == "budget" ? .refused : .invalidInput
    }
  }
}
