/// The words after `polder job submit`, sorted: our own options, those that are handed on as
/// `sbatch` would take them, the script, and what stands after `--`.
///
/// Options may stand before the script and after it. To know where the script is, one has to know
/// which of `sbatch`'s options take the next word as their value; all other knowledge of them is
/// the daemon's.
struct SubmissionWords: Equatable {
  /// Handed on, in order.
  var options: [String] = []
  var script: String?
  var wrap: String?
  var socket: String?
  var idempotencyKey: String?
  var isParsable = false
  var isTestOnly = false
  var waits = false
  var wantsJSON = false
  var wantsHelp = false

  /// - Throws: ``Failure`` with exit code 64.
  init(_ words: [String]) throws {
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        try takeArguments(Array(rest))
        break
      } else if word.hasPrefix("--") {
        try takeLong(word, &rest)
      } else if word.hasPrefix("-"), word != "-" {
        try takeShort(word, &rest)
      } else {
        try takeBare(word)
      }
    }
    if wrap != nil, let script {
      throw Failure(
        .usage, "there is a script (\(script)) and a --wrap: give one of them",
        next: "leave the script out, or put the command into it")
    }
  }

  private mutating func takeLong(_ word: String, _ rest: inout ArraySlice<String>) throws {
    let parts = word.dropFirst(2).split(
      separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    func value() throws -> String {
      if parts.count == 2 { return String(parts[1]) }
      guard let next = rest.popFirst() else {
        throw Failure(.usage, "--\(name) needs a value", next: "polder job submit --help")
      }
      return next
    }
    switch name {
    case "help": wantsHelp = true
    case "parsable": isParsable = true
    case "test-only": isTestOnly = true
    case "wait": waits = true
    case "wrap": wrap = try value()
    case "socket": socket = try value()
    case "idempotency-key": idempotencyKey = try value()
    case "format":
      let format = try value()
      guard ["json", "table"].contains(format) else {
        throw Failure(.usage, "--format \(format) is neither table nor json")
      }
      wantsJSON = format == "json"
    default:
      options.append(word)
      if parts.count == 1, Self.longWithValue.contains(name) { options.append(try value()) }
    }
  }

  /// `-N2`, `-N 2`, `-HN2`: letters without a value may stand before one with it.
  private mutating func takeShort(_ word: String, _ rest: inout ArraySlice<String>) throws {
    if word == "-h" {
      wantsHelp = true
      return
    }
    if word == "-W" {
      waits = true
      return
    }
    options.append(word)
    let letters = Array(word.dropFirst())
    guard let place = letters.firstIndex(where: { Self.shortWithValue.contains($0) }) else {
      return
    }
    if place == letters.count - 1 {
      guard let next = rest.popFirst() else {
        throw Failure(
          .usage, "-\(letters[place]) needs a value", next: "polder job submit --help")
      }
      options.append(next)
    }
  }

  private mutating func takeBare(_ word: String) throws {
    if let script {
      throw Failure(
        .usage, "\(word): only one script, and that is \(script)",
        next: "a script gets no arguments from Polder: hand it values by environment variables, "
          + "EPOCHS=3 polder job submit \(script)")
    }
    script = word
  }

  private mutating func takeArguments(_ words: [String]) throws {
    var words = words[...]
    if script == nil, wrap == nil { script = words.popFirst() }
    if let word = words.first { try takeBare(word) }
  }

  /// Options of `sbatch` (22.05), and Polder's further ones, whose value may be the next word.
  static let longWithValue: Set<String> = [
    "account", "acctg-freq", "allocation", "array", "batch", "bb", "bbf", "begin", "chdir",
    "cluster-constraint",
    "clusters", "comment", "constraint", "container", "core-spec", "cores-per-socket", "cpu-freq",
    "cpus-per-gpu", "cpus-per-task", "deadline", "delay-boot", "dependency", "distribution",
    "error", "exclude", "export", "export-file", "extra-node-info", "gid", "gpu-bind", "gpu-freq",
    "gpus", "gpus-per-node", "gpus-per-socket", "gpus-per-task", "gres", "gres-flags", "hint",
    "input", "job-name", "kill-on-invalid-dep", "licenses", "mail-type", "mail-user", "mcs-label",
    "mem", "mem-bind",
    "mem-per-cpu", "mem-per-gpu", "network", "nodefile", "nodelist", "nodes", "ntasks",
    "ntasks-per-core", "ntasks-per-gpu", "ntasks-per-node", "ntasks-per-socket", "open-mode",
    "output", "partition", "power", "prefer", "priority", "profile", "project", "qos",
    "reservation",
    "signal", "sockets-per-node", "switches", "thread-spec", "threads-per-core", "time",
    "time-min", "tmp", "uid", "wait-all-nodes", "wckey",
  ]

  static let shortWithValue: Set<Character> = [
    "A", "a", "b", "B", "C", "c", "D", "d", "e", "F", "G", "i", "J", "L", "M", "m", "N", "n", "o",
    "p", "q", "S", "t", "w", "x",
  ]
}
