package import Domain
package import Wire

/// The options of sbatch, as the script's directives and then the command line give them.
package struct SubmissionOptions: Sendable {
  /// What an option does with its value.
  private enum Effect {
    case set((inout SubmissionDraft, String) -> OptionError?)
    case flag((inout SubmissionDraft) -> Void)
    /// Accepted, and without effect in Polder; with or without a value.
    case ignored(takesValue: Bool)
    /// Ignoring it would break what the member means.
    case unsupported(takesValue: Bool, String)
  }

  private let now: Instant
  private let scriptName: String

  package init(scriptName: String, now: Instant) {
    self.scriptName = scriptName
    self.now = now
  }

  /// Reads words in order, later ones overruling earlier ones. Every fault with its place.
  package func parse(
    _ words: [OptionWord]
  ) -> (draft: SubmissionDraft, faults: [Problem.Place]) {
    var draft = SubmissionDraft()
    var faults: [Problem.Place] = []
    var rest = words[...]
    while let word = rest.popFirst() {
      if let message = take(word, &rest, &draft) {
        faults.append(
          Problem.Place(
            file: word.line == nil ? "command line" : scriptName, line: word.line ?? 0,
            message: message))
      }
    }
    return (draft, faults)
  }

  private func take(
    _ word: OptionWord, _ rest: inout ArraySlice<OptionWord>, _ draft: inout SubmissionDraft
  ) -> String? {
    var name: String
    var attached: String?
    if word.text.hasPrefix("--") {
      let parts = word.text.dropFirst(2).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      name = String(parts[0])
      attached = parts.count == 2 ? String(parts[1]) : nil
    } else if word.text.hasPrefix("-"), let letter = word.text.dropFirst().first {
      name = Self.letters[letter] ?? String(letter)
      let value = word.text.dropFirst(2)
      attached = value.isEmpty ? nil : String(value.first == "=" ? value.dropFirst() : value)
    } else {
      return "'\(word.text)' is no option; options begin with - or --"
    }
    guard let effect = effect(of: name) else { return Self.unknown(name) }
    func value() -> String? {
      if let attached { return attached }
      guard let next = rest.first, next.line == word.line else { return nil }
      rest.removeFirst()
      return next.text
    }
    switch effect {
    case .flag(let act):
      act(&draft)
      return nil
    case .ignored(let takesValue):
      if takesValue { _ = value() }
      return nil
    case .unsupported(let takesValue, let message):
      if takesValue { _ = value() }
      return "--\(name): \(message)"
    case .set(let act):
      guard let text = value() else { return "--\(name) needs a value" }
      return act(&draft, text).map { "--\(name): \($0.message)" }
    }
  }

  private static func unknown(_ name: String) -> String {
    let near = Spelling.nearest(to: name, in: Self.names)
    return "--\(name) is no option of sbatch" + (near.map { "; do you mean --\($0)?" } ?? "")
  }
}

extension SubmissionOptions {
  private static let letters: [Character: String] = [
    "J": "job-name", "o": "output", "e": "error", "i": "input", "p": "partition", "A": "account",
    "t": "time", "N": "nodes", "n": "ntasks", "c": "cpus-per-task", "G": "gpus", "a": "array",
    "d": "dependency", "b": "begin", "D": "chdir", "q": "qos", "C": "constraint", "w": "nodelist",
    "x": "exclude", "H": "hold", "M": "clusters", "L": "licenses", "Q": "quiet", "v": "verbose",
    "s": "oversubscribe", "k": "no-kill", "B": "extra-node-info", "m": "distribution",
    "S": "core-spec", "W": "wait", "O": "overcommit", "F": "nodefile",
  ]

  private static let names =
    Array(letters.values) + [
      "ntasks-per-node", "mem", "mem-per-cpu", "mem-per-gpu", "gres", "gpus-per-node",
      "gpus-per-task", "exclusive", "requeue", "no-requeue", "comment", "export", "allocation",
      "wrap", "mail-type", "mail-user", "reservation", "deadline", "time-min",
    ]

  private func effect(of name: String) -> Effect? {
    text(name) ?? number(name) ?? other(name)
  }

  private func text(_ name: String) -> Effect? {
    func keep(_ path: WritableKeyPath<SubmissionDraft, String?>) -> Effect {
      .set { draft, value in
        draft[keyPath: path] = value
        return nil
      }
    }
    switch name {
    case "job-name": return keep(\.name)
    case "account", "project": return keep(\.project)
    case "allocation": return keep(\.allocation)
    case "partition": return keep(\.partition)
    case "chdir", "workdir": return keep(\.workingDirectory)
    case "output": return keep(\.standardOutput)
    case "error": return keep(\.standardError)
    case "input": return keep(\.standardInput)
    case "export": return keep(\.export)
    case "comment": return keep(\.comment)
    default: return nil
    }
  }

  private func number(_ name: String) -> Effect? {
    func keep(
      _ path: WritableKeyPath<SubmissionDraft, Int?>,
      _ parse: @escaping (String) -> Result<Int, OptionError>
    ) -> Effect {
      .set { draft, value in
        draft.keep(parse(value)) { $0[keyPath: path] = $1 }
      }
    }
    switch name {
    case "nodes": return keep(\.nodes, OptionValue.nodes)
    case "ntasks": return keep(\.tasks, OptionValue.count)
    case "ntasks-per-node": return keep(\.tasksPerNode, OptionValue.count)
    case "cpus-per-task": return keep(\.cpusPerTask, OptionValue.count)
    case "mem": return keep(\.memoryPerNodeMiB, OptionValue.memoryMiB)
    case "mem-per-cpu": return keep(\.memoryPerCPUMiB, OptionValue.memoryMiB)
    case "mem-per-gpu": return keep(\.memoryPerGPUMiB, OptionValue.memoryMiB)
    default: return nil
    }
  }

  private func other(_ name: String) -> Effect? {
    switch name {
    case "time":
      return .set { $0.keep(OptionValue.time($1)) { $0.timeLimit = $1 } }
    case "gres":
      return .set { $0.keepGPUs(OptionValue.gres($1), \.gpusPerNode) }
    case "gpus": return .set { $0.keepGPUs(OptionValue.gpus($1), \.gpus) }
    case "gpus-per-node": return .set { $0.keepGPUs(OptionValue.gpus($1), \.gpusPerNode) }
    case "gpus-per-task": return .set { $0.keepGPUs(OptionValue.gpus($1), \.gpusPerTask) }
    case "array":
      return .set { draft, value in
        guard let spec = ArraySpec(value) else {
          return OptionError(
            "'\(value)' is no array; write 0-9, 1,3,7 or 0-99%4, at most \(ArraySpec.largest) tasks"
          )
        }
        draft.array = spec
        return nil
      }
    case "dependency":
      return .set { $0.keep(DraftDependency.parse($1)) { $0.dependencies = $1 } }
    case "begin":
      return .set { $0.keep(OptionValue.begin($1, now: now)) { $0.notBefore = $1 } }
    case "exclusive": return .flag { $0.exclusive = true }
    case "requeue": return .flag { $0.requeue = true }
    case "no-requeue": return .flag { $0.requeue = false }
    case "mail-type", "mail-user", "wckey", "open-mode", "signal", "hint", "nice", "qos",
      "clusters", "get-user-env", "verbosity", "profile", "acctg-freq", "distribution",
      "priority", "mcs-label", "network", "propagate", "container", "bb", "bbf", "delay-boot":
      return .ignored(takesValue: true)
    case "parsable", "quiet", "verbose", "test-only", "no-kill", "overcommit",
      "kill-on-invalid-dep",
      "ignore-pbs", "spread-job", "use-min-nodes", "reboot", "contiguous", "wait":
      return .ignored(takesValue: name == "kill-on-invalid-dep")
    case "constraint", "nodelist", "exclude", "reservation", "licenses", "deadline", "switches",
      "time-min", "nodefile", "core-spec", "thread-spec", "extra-node-info", "gpu-bind",
      "gpu-freq", "cluster-constraint", "prefer":
      return .unsupported(
        takesValue: true, "Polder does not support this yet, and ignoring it would run another job")
    case "hold": return .unsupported(takesValue: false, "hold your job after submitting it instead")
    default: return nil
    }
  }
}

extension SubmissionDraft {
  fileprivate mutating func keep<Value>(
    _ result: Result<Value, OptionError>, _ set: (inout SubmissionDraft, Value) -> Void
  ) -> OptionError? {
    switch result {
    case .success(let value):
      set(&self, value)
      return nil
    case .failure(let error): return error
    }
  }

  fileprivate mutating func keepGPUs(
    _ result: Result<(type: String?, count: Int), OptionError>,
    _ path: WritableKeyPath<SubmissionDraft, Int?>
  ) -> OptionError? {
    keep(result) { draft, gpus in
      draft[keyPath: path] = gpus.count
      if let type = gpus.type { draft.gpuType = type }
    }
  }
}
