/// A running site's own description, read from what its commands print, as a description of a centre.
/// Pure: texts in, texts out. What does not map is told, and never dropped silently.
struct SlurmImport {
  /// What the commands printed; nil for what was not given.
  struct Texts {
    var config: String?
    var nodes: String?
    var partitions: String?
    var reservations: String?
    var licences: String?
    /// `sacctmgr dump`.
    var accounts: String?
    /// `sacctmgr -P show qos`.
    var classes: String?
    /// `getent passwd`.
    var passwd: String?
  }

  /// What is wrong with texts that are not what they were given as: another file, or an empty one. An
  /// import of nothing must not pass for one of all.
  static func fault(in texts: Texts) -> String? {
    let shown = [
      ("nodes", texts.nodes, "NodeName"), ("partitions", texts.partitions, "PartitionName"),
    ]
    for (what, text, key) in shown {
      guard let text, ScontrolText.records(text, beginningWith: key).isEmpty else { continue }
      return "what was given as \(what) has no \(key)= in it: it is no output of scontrol show"
    }
    if let text = texts.config, ScontrolText.settings(text)["SLURM_VERSION"] == nil {
      return "what was given as config has no SLURM_VERSION: it is no output of scontrol show"
    }
    if let text = texts.accounts {
      let dump = SlurmDump(text)
      guard !dump.cluster.isEmpty, !dump.accounts.isEmpty else {
        return "what was given as accounts has no line Cluster, or no accounts: it is no file of "
          + "sacctmgr dump"
      }
    }
    if let text = texts.classes, !text.lowercased().hasPrefix("name|") {
      return "what was given as qos does not begin with Name|: it is no output of sacctmgr -P"
    }
    return nil
  }

  /// Texts of files, by name.
  private(set) var files: [(name: String, text: String)] = []
  /// What does not map: where it stands, and what to do.
  private(set) var unmapped: [String] = []
  /// Figures that were chosen, to be looked at.
  private(set) var chosen: [String] = []

  let country: String

  init(_ texts: Texts, country: String) {
    self.country = country
    let settings = ScontrolText.settings(texts.config ?? "")
    let nodes = importNodes(texts.nodes ?? "")
    importPartitions(texts.partitions ?? "", nodes)
    importLicences(texts.licences ?? "")
    importClasses(texts.classes ?? "")
    importReservations(texts.reservations ?? "")
    importPeople(texts)
    importSettings(settings)
  }

  mutating func add(_ name: String, _ why: String, _ documents: [String]) {
    guard !documents.isEmpty else { return }
    files.append((name, "# \(why)\n" + documents.joined(separator: "---\n")))
  }

  mutating func cannot(_ text: String) { unmapped.append(text) }
  mutating func chose(_ text: String) { chosen.append(text) }

  /// The file that tells what was not taken over.
  var report: String {
    let none = ["nothing"]
    return """
      What did not map, and what was chosen. Look at each before you apply.

      Not taken over:
      \((unmapped.isEmpty ? none : unmapped).map { "  - \($0)" }.joined(separator: "\n"))

      Chosen, to be looked at:
      \((chosen.isEmpty ? none : chosen).map { "  - \($0)" }.joined(separator: "\n"))

      """
  }

  // MARK: YAML

  /// A plain scalar, or a quoted one.
  static func scalar(_ text: String) -> String {
    let isPlain =
      !text.isEmpty && text.first.map { $0.isLetter || $0.isNumber } == true
      && text.allSatisfy { $0.isLetter || $0.isNumber || "._- /()".contains($0) }
      && text.last != " "
      && !["yes", "no", "true", "false", "null", "on", "off"].contains(
        text.lowercased())
      && !text.allSatisfy { $0.isNumber || "._-".contains($0) }
    let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      .replacing("${", with: "$${")
    return isPlain ? text : "\"\(escaped)\""
  }

  /// Items of a kind.
  static func document(_ kind: String, _ items: [[String]]) -> [String] {
    guard !items.isEmpty else { return [] }
    let lines = items.flatMap { item in
      item.enumerated().map { ($0 == 0 ? "  - " : "    ") + $1 }
    }
    return ["kind: \(kind)\nitems:\n" + lines.joined(separator: "\n") + "\n"]
  }

  /// 1 to 64 letters, digits, `.`, `_`, `-`, a letter or a digit first.
  static func isID(_ text: String) -> Bool {
    guard let first = text.first, first.isASCII, first.isLetter || first.isNumber else {
      return false
    }
    return text.count <= 64
      && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
  }

  // MARK: Small things

  private mutating func importLicences(_ text: String) {
    var items: [[String]] = []
    for record in ScontrolText.records(text, beginningWith: "LicenseName") {
      guard let name = record["LicenseName"], Self.isID(name), let total = record["Total"],
        let count = Int(total)
      else {
        cannot(
          "licence \(record["LicenseName"] ?? "?"): its name or its number is none of Polder's")
        continue
      }
      items.append(["id: \(name)", "count: \(count)"])
      if record["Remote"] == "yes" {
        cannot("licence \(name) is counted by a remote server: Polder counts it by its own runs")
      }
    }
    add(
      "licences.yaml", "Licences, which Polder counts: slurm.conf needs no Licenses= any more.",
      Self.document("Licence", items))
  }

  private mutating func importReservations(_ text: String) {
    for record in ScontrolText.records(text, beginningWith: "ReservationName") {
      let name = record["ReservationName"] ?? "?"
      let isMaintenance = record["Flags"]?.split(separator: ",").contains("MAINT") ?? false
      if isMaintenance {
        chose(
          "reservation \(name) stays in Slurm, where Polder sees it: nothing is planned across it")
      } else {
        cannot(
          "reservation \(name) (for \(record["Users"] ?? record["Accounts"] ?? "?")) stays in Slurm: "
            + "Polder keeps its nodes free of all jobs while it lasts")
      }
    }
  }

  /// `Name|Priority|…|Preempt|…|GrpTRES|…` of `sacctmgr -P show qos`.
  private mutating func importClasses(_ text: String) {
    let lines = text.split(separator: "\n").map {
      $0.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    }
    guard let titles = lines.first else { return }
    importClasses(
      lines.dropFirst().map { values in
        let row = Dictionary(zip(titles.map { $0.lowercased() }, values)) { first, _ in first }
        return (row["name"] ?? "", row)
      })
  }

  /// By their options, in lower case.
  mutating func importClasses(_ rows: [(name: String, options: [String: String])]) {
    guard !rows.isEmpty else { return }
    let most = rows.compactMap { $0.options["priority"].flatMap { Int($0) } }.max() ?? 0
    let victims = Set(
      rows.flatMap { ($0.options["preempt"] ?? "").split(separator: ",").map(String.init) })
    let says = { (value: String) in
      !["", "0", "00:00:00", "cluster", "1.000000", "1"].contains(value.lowercased())
    }
    var items: [[String]] = []
    for (name, options) in rows where name != "normal" {
      guard Self.isID(name) else {
        cannot("QOS \(name): its name is no id of Polder's")
        continue
      }
      let priority = options["priority"].flatMap { Int($0) } ?? 0
      var item = ["id: \(name)"]
      if most > 0, priority > 0 { item.append("priority: \(priority * 100 / most) %") }
      if victims.contains(name) { item.append("preemptable: true") }
      items.append(item)
      for (key, value) in options.sorted(by: { $0.key < $1.key })
      where !["name", "priority", "preempt", "description"].contains(key) && says(value) {
        cannot("QOS \(name): \(key)=\(value); describe a Limit for the projects that use it")
      }
    }
    if !items.isEmpty { chose("priorities of QOS are percentages of the largest, \(most)") }
    add(
      "classes.yaml", "Classes of service. A job that names none is of no class.",
      Self.document("QOS", items))
  }

  private mutating func importSettings(_ settings: [String: String]) {
    guard !settings.isEmpty else { return }
    let version = settings["SLURM_VERSION"] ?? "?"
    if !version.hasPrefix("22.05") {
      cannot("Slurm \(version): Polder's bridge and plugin are tested with 22.05 alone")
    }
    if let type = settings["SelectType"], type != "select/cons_tres" {
      cannot("SelectType=\(type): Polder places on select/cons_tres")
    }
    if let wait = settings["KillWait"] {
      chose("KillWait is \(wait): graceSeconds of polderd.yaml must cover it, and OverTimeLimit")
    }
    for key in ["PriorityType", "PreemptType", "JobSubmitPlugins", "TopologyPlugin"] {
      guard let value = settings[key], !value.hasSuffix("/none"), value != "(null)",
        value != "priority/basic", value != "polder", value != "topology/default",
        value != "topology/flat"
      else { continue }
      cannot(
        "\(key)=\(value): Polder orders, preempts and places by its own rules (docs/centre.md)")
    }
  }
}
