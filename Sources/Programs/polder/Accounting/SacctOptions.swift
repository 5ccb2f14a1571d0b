import Wire

/// What a command line of `sacct` asks for (sacct(1) of Slurm 22.05).
struct SacctOptions {
  enum Help: Equatable {
    case options
    case fields
    case usage
    case version
  }

  var help: Help?
  var columns = SlurmColumns()
  /// A unit of ``SacctNumber/units``.
  var unit: Character?
  var converts = true
  var isTruncated = false
  var hasDuplicates = false
  /// Nil for all.
  var clusters: [String]?
  /// In Slurm's words.
  var states: Set<String> = []
  var partitions: Set<String> = []
  var classes: Set<String> = []
  var nodes: Set<String> = []
  var nodeCount: ClosedRange<Int>?
  var cpuCount: ClosedRange<Int>?
  /// Seconds since 1970.
  var from: Int64?
  var until: Int64?
  /// What polderd is asked; without the time.
  var query = AccountingQuery()

  /// Only the options that every reader of `--help` needs; the rest is in sacct(1).
  static let usage = "Usage: sacct [options]\n\tUse --help for help"

  /// - Parameters:
  ///   - isRoot: root sees everybody's jobs by default.
  ///   - format: `SACCT_FORMAT`.
  /// - Throws: what sacct says before it ends with 1.
  init(
    _ words: [String], time: SlurmTime, isRoot: Bool = false, format: String? = nil
  ) throws(SacctFailure) {
    let read = try GetOpt(
      words, command: "sacct",
      short: "aA:bBcC:DeE:f:F:g:hi:I:j:k:K:lLM:nN:o:pPq:r:R:s:S:Ttu:UvVW:x:X", long: Self.long)
    var wanted: [String] = []
    for (key, value) in read.options { try take(key, value, time, &wanted) }
    guard read.rest.isEmpty else {
      throw .plain(
        "sacct: error: Unknown arguments:"
          + read.rest.map { "\nsacct: error:  \($0)" }.joined())
    }
    if wanted.isEmpty { wanted = [format ?? SacctField.standard] }
    columns.fields = try SacctField.columns(of: wanted.joined(separator: ","))
    if query.users.isEmpty, isRoot || !query.jobs.isEmpty || !nodes.isEmpty {
      query.everyone = true
    }
    try settleTime(time)
    let names = Set(columns.fields.map(\.name))
    query.wantsFolders = names.contains("WorkDir") || names.contains("Comment")
    query.wantsPriority = names.contains("Priority")
  }

  /// Without a time: with ids all of it, with states the present moment, else today.
  private mutating func settleTime(_ time: SlurmTime) throws(SacctFailure) {
    if !states.isEmpty {
      if from == nil, query.jobs.isEmpty { from = time.now }
      if let from, until == nil { until = from }
    } else if query.jobs.isEmpty, from == nil {
      from = time.midnight
    }
    if let from, let until, from > until {
      throw .error(
        "Start time (\(time.text(from, width: 32))) requested is after end time "
          + "(\(time.text(until, width: 32))).")
    }
    query.from = from.map { $0 * 1000 }
    // A moment is a second long here.
    query.before = until.map { ($0 == from ? $0 + 1 : $0) * 1000 }
  }

  private mutating func take(
    _ key: String, _ value: String, _ time: SlurmTime, _ wanted: inout [String]
  ) throws(SacctFailure) {
    switch key {
    case "h": help = .options
    case "e": help = .fields
    case "U": help = .usage
    case "V": help = .version
    case "b": wanted.append(SacctField.brief)
    case "l": wanted.append(SacctField.long)
    case "o": wanted.append(value)
    case "n": columns.hasHeader = false
    case "p": columns.style = .delimited
    case "P": columns.style = .separated
    case "delimiter": columns.delimiter = value
    case "noconvert": converts = false
    case "units": unit = try Self.unit(value)
    case "T": isTruncated = true
    case "D": hasDuplicates = true
    case "S": from = try time.read(value)
    case "E": until = try time.read(value)
    default: try select(key, value)
    }
  }

  private mutating func select(_ key: String, _ value: String) throws(SacctFailure) {
    switch key {
    case "a": everybody()
    case "u": if value == "-1" { everybody() } else { somebody(value) }
    case "A": query.projects += Self.words(value)
    case "name": query.names += Self.words(value)
    case "j": query.jobs += try Self.jobs(value)
    case "s": states.formUnion(try Self.states(value))
    case "r": partitions.formUnion(Self.words(value))
    case "q": classes.formUnion(Self.words(value))
    case "N": nodes.formUnion(NodeRanges.expanded(value))
    case "i": nodeCount = try Self.range(value, "invalid node range -i")
    case "I": cpuCount = try Self.range(value, "invalid cpu range -i")
    case "L": clusters = nil
    case "M":
      clusters =
        value.lowercased() == "all" || value == "-1" ? nil : (clusters ?? []) + Self.words(value)
    // There are no steps to be left out, no federation, no components of heterogeneous jobs.
    case "X", "v", "local", "federation", "whole-hetjob", "use-local-uid": break
    default:
      throw .error(
        "\(key.count == 1 ? "-" : "--")\(key) is not known to Polder, which keeps no such record; "
          + "see sacct(1) and polder sacct --help")
    }
  }

  private mutating func everybody() {
    query.everyone = true
    query.users = []
  }

  private mutating func somebody(_ value: String) {
    query.everyone = false
    query.users += Self.words(value)
  }

  // MARK: Values

  private static func words(_ text: String) -> [String] {
    text.split(separator: ",").map { word in
      word.filter { $0 != "'" && $0 != "\"" }
    }
  }

  private static func unit(_ text: String) throws(SacctFailure) -> Character {
    guard let unit = text.first.map({ Character($0.uppercased()) }), unit != " ",
      SacctNumber.units.contains(unit)
    else { throw .fatal("Invalid unit type") }
    return unit
  }

  private static func range(
    _ text: String, _ complaint: String
  ) throws(SacctFailure) -> ClosedRange<Int> {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let least = Int(parts[0]), least >= 0 else {
      throw .error("\(complaint) '\(text)'")
    }
    guard parts.count == 2 else { return least...least }
    guard let most = Int(parts[1]), most >= least else { throw .error("\(complaint) '\(text)'") }
    return least...most
  }

  /// `12`, `12_3`, `12_[1-3,7]`, Polder's `P12`; a step of a job is none that Polder knows.
  private static func jobs(_ text: String) throws(SacctFailure) -> [String] {
    var jobs: [String] = []
    for word in NodeRanges.split(text) {
      guard !word.contains("."), !word.contains("+") else {
        // As a job that is not there: `sacct` says nothing of one.
        jobs.append("P9223372036854775807")
        continue
      }
      let parts = word.split(separator: "_", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, parts[1].hasPrefix("[") else {
        jobs.append(word)
        continue
      }
      jobs += NodeRanges.expanded("\(parts[0])_\(parts[1])")
    }
    for job in jobs {
      let digits = job.hasPrefix("P") || job.hasPrefix("p") ? job.dropFirst() : job[...]
      guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == "_") }) else {
        throw .fatal("Bad job/step specified: \(job)")
      }
    }
    return jobs
  }

  /// Slurm's states, long and short.
  static let stateNames = [
    ("PENDING", "PD"), ("RUNNING", "R"), ("SUSPENDED", "S"), ("COMPLETED", "CD"),
    ("CANCELLED", "CA"), ("FAILED", "F"), ("TIMEOUT", "TO"), ("NODE_FAIL", "NF"),
    ("PREEMPTED", "PR"), ("BOOT_FAIL", "BF"), ("DEADLINE", "DL"), ("OUT_OF_MEMORY", "OOM"),
    ("REQUEUED", "RQ"), ("RESIZING", "RS"), ("REVOKED", "RV"),
  ]

  private static func states(_ text: String) throws(SacctFailure) -> [String] {
    var states: [String] = []
    for word in words(text) {
      let upper = word.uppercased()
      guard let state = stateNames.first(where: { $0.0 == upper || $0.1 == upper }) else {
        throw .fatal("unrecognized job state value '\(word)'")
      }
      states.append(state.0)
    }
    return states
  }

  private static let long: [GetOpt.Long] = GetOpt.Long.list([
    ("allusers", .none, "a"), ("accounts", .required, "A"), ("allocations", .none, "X"),
    ("brief", .none, "b"), ("batch-script", .none, "B"), ("completion", .none, "c"),
    ("constraints", .required, "C"), ("delimiter", .required, "delimiter"),
    ("duplicates", .none, "D"), ("federation", .none, "federation"), ("helpformat", .none, "e"),
    ("help-fields", .none, "e"), ("endtime", .required, "E"), ("env-vars", .none, "env-vars"),
    ("file", .required, "f"), ("flags", .required, "F"), ("gid", .required, "g"),
    ("group", .required, "g"), ("help", .none, "h"), ("local", .none, "local"),
    ("name", .required, "name"), ("nnodes", .required, "i"), ("ncpus", .required, "I"),
    ("jobs", .required, "j"), ("timelimit-min", .required, "k"),
    ("timelimit-max", .required, "K"), ("long", .none, "l"), ("allclusters", .none, "L"),
    ("cluster", .required, "M"), ("clusters", .required, "M"), ("nodelist", .required, "N"),
    ("noconvert", .none, "noconvert"), ("units", .required, "units"), ("noheader", .none, "n"),
    ("fields", .required, "o"), ("format", .required, "o"), ("parsable", .none, "p"),
    ("parsable2", .none, "P"), ("qos", .required, "q"), ("partition", .required, "r"),
    ("reason", .required, "R"), ("state", .required, "s"), ("starttime", .required, "S"),
    ("truncate", .none, "T"), ("uid", .required, "u"), ("use-local-uid", .none, "use-local-uid"),
    ("usage", .none, "U"), ("user", .required, "u"), ("verbose", .none, "v"),
    ("version", .none, "V"), ("wckeys", .required, "W"),
    ("whole-hetjob", .optional, "whole-hetjob"), ("associations", .required, "x"),
    ("json", .none, "json"), ("yaml", .none, "yaml"),
  ])
}

/// Ranges in brackets: `gn[01-03],login1`, `12_[1-3]`.
enum NodeRanges {
  /// At the commas outside brackets.
  static func split(_ text: String) -> [String] {
    var parts: [String] = [""]
    var depth = 0
    for character in text where character != " " {
      if character == "[" { depth += 1 }
      if character == "]" { depth -= 1 }
      if character == ",", depth <= 0 {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    return parts.filter { !$0.isEmpty }
  }

  /// Every name; what is no range stays as it is. At most 100,000.
  static func expanded(_ text: String) -> [String] {
    split(text).flatMap { word -> [String] in
      guard let open = word.firstIndex(of: "["), let close = word.lastIndex(of: "]"), open < close
      else { return [word] }
      let (prefix, suffix) = (word[..<open], word[word.index(after: close)...])
      return word[word.index(after: open)..<close].split(separator: ",").flatMap {
        range -> [String] in
        let ends = range.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = ends.first.flatMap({ Int($0) }),
          let last = ends.last.flatMap({ Int($0) }),
          ends.count <= 2, first <= last, last - first < 100_000
        else { return ["\(prefix)\(range)\(suffix)"] }
        return (first...last).map { number in
          let digits = String(number)
          let zeros = String(repeating: "0", count: max(0, ends[0].count - digits.count))
          return "\(prefix)\(zeros)\(digits)\(suffix)"
        }
      }
    }
  }
}
