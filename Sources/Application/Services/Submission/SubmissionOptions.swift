import Domain

/// The options of a submission, read as sbatch reads them: the script's directives first, then the
/// command line, which overrules them. Long options may be cut short where that is unambiguous;
/// letters without a value may stand together (`-HN2`).
package struct SubmissionOptions: Sendable {
  package private(set) var draft = SubmissionDraft()
  /// Every fault, in the order of the words.
  package private(set) var faults: [OptionFault] = []

  /// Where memory was last asked for: its three options exclude each other on one level.
  private var memoryOrigin: OptionOrigin?

  package init(script: String, commandLine: [String]) {
    let directives = ScriptDirectives(script)
    faults = directives.faults
    read(directives.words)
    if commandLine.count > Self.mostWords {
      faults.append(
        OptionFault(.commandLine, "more than \(Self.mostWords) words of options"))
    }
    read(commandLine.prefix(Self.mostWords).map { OptionWord($0, .commandLine) })
  }

  private static let mostWords = 1000

  private mutating func read(_ words: [OptionWord]) {
    var rest = words[...]
    while let word = rest.popFirst() {
      do throws(OptionError) {
        if word.text.hasPrefix("--") {
          try takeLong(word, &rest)
        } else if word.text.hasPrefix("-"), word.text.utf8.count > 1 {
          try takeLetters(word, &rest)
        } else {
          throw OptionError("'\(word.text)' is no option; options begin with - or --")
        }
      } catch {
        faults.append(OptionFault(word.origin, error.message))
      }
    }
  }

  // MARK: Words

  private mutating func takeLong(
    _ word: OptionWord, _ rest: inout ArraySlice<OptionWord>
  ) throws(OptionError) {
    let parts = word.text.dropFirst(2).split(
      separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let typed = String(parts[0])
    let attached = parts.count == 2 ? String(parts[1]) : nil
    let matches = SbatchOption.named(typed)
    guard let option = matches.first, matches.count == 1 else {
      throw Self.unknown(typed, matches.map(\.name))
    }
    try take(option, "--\(option.name)", attached, word.origin, &rest)
  }

  private mutating func takeLetters(
    _ word: OptionWord, _ rest: inout ArraySlice<OptionWord>
  ) throws(OptionError) {
    var letters = word.text.dropFirst()
    while let letter = letters.popFirst() {
      guard let option = SbatchOption.lettered(letter) else {
        throw OptionError("-\(letter) is no option of sbatch")
      }
      let attached = letters.isEmpty || option.value == .none ? nil : String(letters)
      try take(option, "-\(letter)", attached, word.origin, &rest)
      if attached != nil { return }
    }
  }

  private mutating func take(
    _ option: SbatchOption, _ typed: String, _ attached: String?, _ origin: OptionOrigin,
    _ rest: inout ArraySlice<OptionWord>
  ) throws(OptionError) {
    var value = attached
    switch option.value {
    case .none:
      guard attached == nil else { throw OptionError("\(typed) takes no value") }
    case .optional: break
    case .required:
      // Not over the end of a line, so that a forgotten value is named where it is missing.
      if value == nil, let next = rest.first, next.origin == origin {
        rest.removeFirst()
        value = next.text
      }
      guard value != nil else { throw OptionError("\(typed) needs a value") }
    }
    switch option.effect {
    case .accepted: return
    case .refused(let why): throw OptionError("\(typed): \(why)")
    case .set(let setting):
      do throws(OptionError) {
        try set(setting, value, origin)
      } catch {
        throw OptionError("\(typed): \(error.message)")
      }
    }
  }

  private static func unknown(_ typed: String, _ matches: [String]) -> OptionError {
    if matches.count > 1 {
      return OptionError(
        "--\(typed) is short for several options: "
          + matches.map { "--\($0)" }.joined(separator: ", "))
    }
    let near = Spelling.nearest(to: typed, in: SbatchOption.all.map(\.name))
    return OptionError(
      "--\(typed) is no option of sbatch" + (near.map { "; do you mean --\($0)?" } ?? ""))
  }

  // MARK: Values

  private mutating func set(
    _ setting: SbatchOption.Setting, _ value: String?, _ origin: OptionOrigin
  ) throws(OptionError) {
    let text = value ?? ""
    switch setting {
    case .jobName: draft.name = try Self.line(text)
    case .account: draft.project = text
    case .allocation: draft.allocation = text
    case .partition: draft.partition = text
    case .chdir: draft.workingDirectory = try Self.line(text)
    case .output: draft.standardOutput = try Self.line(text)
    case .error: draft.standardError = try Self.line(text)
    case .input: draft.standardInput = try Self.line(text)
    case .export: draft.export = text
    case .comment: draft.comment = try Self.line(text)
    case .time: draft.timeLimit = try OptionValue.time(text)
    case .nodes: draft.nodes = try OptionValue.nodes(text)
    case .tasks: draft.tasks = try OptionValue.count(text)
    case .tasksPerNode: draft.tasksPerNode = try OptionValue.count(text)
    case .cpusPerTask: draft.cpusPerTask = try OptionValue.count(text)
    case .cpusPerGPU: draft.cpusPerGPU = try OptionValue.count(text)
    case .memory: try setMemory(.perNode(try OptionValue.memoryMiB(text)), origin)
    case .memoryPerCPU: try setMemory(.perCPU(try OptionValue.memoryMiB(text)), origin)
    case .memoryPerGPU: try setMemory(.perGPU(try OptionValue.memoryMiB(text)), origin)
    case .gres: try setGRES(text)
    case .gpus: draft.gpus = try typed(OptionValue.gpus(text))
    case .gpusPerNode: draft.gpusPerNode = try typed(OptionValue.gpus(text))
    case .gpusPerTask: draft.gpusPerTask = try typed(OptionValue.gpus(text))
    case .array: draft.array = try ArraySpec(text)
    case .dependency:
      draft.dependencies = try DraftDependency.parse(text)
      draft.dependencyRule = text.contains("?") ? .any : .all
      draft.isSingleton = DraftDependency.namesSingleton(text)
    case .timeMinimum: draft.minimumTime = try OptionValue.time(text)
    case .deadline: draft.deadline = try OptionValue.deadline(text)
    case .nice: draft.nice = try OptionValue.nice(value)
    case .qos: draft.qos = text
    case .reservation: draft.reservation = text
    case .switches: draft.switches = try OptionValue.switches(text)
    case .licences: draft.licences = try OptionValue.licences(text)
    case .begin: draft.begin = try OptionValue.begin(text)
    case .exclusive: try setExclusive(value)
    case .constraint: draft.features = try OptionValue.features(text)
    case .nodeList: draft.requiredNodes = try OptionValue.nodeNames(text)
    case .exclude: draft.excludedNodes = try OptionValue.nodeNames(text)
    case .requeue: draft.requeue = true
    case .noRequeue: draft.requeue = false
    }
  }

  private mutating func setExclusive(_ value: String?) throws(OptionError) {
    guard value == nil || value == "exclusive" else {
      throw OptionError(
        "'\(value ?? "")' is not supported; --exclusive alone asks for whole nodes")
    }
    draft.exclusive = true
  }

  private mutating func setMemory(
    _ memory: SubmissionDraft.Memory, _ origin: OptionOrigin
  ) throws(OptionError) {
    if let standing = draft.memory, let before = memoryOrigin, before.isBeside(origin),
      !standing.isSameKind(as: memory)
    {
      throw OptionError("only one of --mem, --mem-per-cpu and --mem-per-gpu can be given")
    }
    draft.memory = memory
    memoryOrigin = origin
  }

  /// GPUs or shards, whichever was said last.
  private mutating func setGRES(_ text: String) throws(OptionError) {
    if let shards = try OptionValue.shards(text) {
      draft.shards = typed(shards)
      draft.gpusPerNode = nil
    } else {
      draft.gpusPerNode = typed(try OptionValue.gres(text))
      draft.shards = nil
    }
  }

  /// Keeps the type of GPU that was named beside a count.
  private mutating func typed(_ gpus: (type: String?, count: Int)) -> Int {
    if let type = gpus.type { draft.gpuType = type }
    return gpus.count
  }

  /// A text of one line, as names and paths are.
  private static func line(_ text: String) throws(OptionError) -> String {
    guard !text.isEmpty else { throw OptionError("the value is empty") }
    guard text.utf8.count <= 1024 else {
      throw OptionError("the value has more than 1024 bytes")
    }
    guard text.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else {
      throw OptionError("the value holds a control character")
    }
    return text
  }
}

extension SubmissionDraft.Memory {
  fileprivate func isSameKind(as other: Self) -> Bool {
    switch (self, other) {
    case (.perNode, .perNode), (.perCPU, .perCPU), (.perGPU, .perGPU): true
    default: false
    }
  }
}
