import Wire

/// Reads the fields of one described object, collects what is wrong with them, and at the end
/// reports those that nobody asked for: what is read is what is accepted.
struct FieldReader {
  let object: DescribedObject
  private(set) var problems: [Problem.Place] = []
  /// Every path that the object has, and every path on the way to one.
  private let paths: Set<String>
  /// Patterns (`members[].role`) that were asked for.
  private var values: Set<String> = []
  private var lists: Set<String> = []

  init(object: DescribedObject) {
    self.object = object
    var paths: Set<String> = []
    for path in Set(object.fields.keys).union(object.fieldLines.keys) {
      paths.formUnion(FieldReader.stages(of: path))
    }
    self.paths = paths
  }

  /// The value of a field that must be there; nil after a problem was noted.
  mutating func required<Value>(_ path: String, _ form: FieldForm<Value>) -> Value? {
    values.insert(FieldReader.pattern(path))
    guard paths.contains(path) else {
      refuse(path, "is missing; accepted: \(form.accepted)", absent: true)
      return nil
    }
    return value(path, form)
  }

  /// The value of a field that may be left out; nil if it is, or after a problem was noted.
  mutating func optional<Value>(_ path: String, _ form: FieldForm<Value>) -> Value? {
    values.insert(FieldReader.pattern(path))
    return paths.contains(path) ? value(path, form) : nil
  }

  /// As ``optional(_:_:)``, with what holds if the field is left out.
  mutating func optional<Value>(
    _ path: String, _ form: FieldForm<Value>, default standard: Value
  ) -> Value? {
    values.insert(FieldReader.pattern(path))
    return paths.contains(path) ? value(path, form) : standard
  }

  /// The paths of a list's items: `members[0]`, `members[1]`, …; none if it is left out or empty.
  mutating func items(_ path: String) -> [String] {
    lists.insert(FieldReader.pattern(path))
    if object.fields[path] != nil { refuse(path, "takes a list") }
    var items: [String] = []
    while paths.contains("\(path)[\(items.count)]") { items.append("\(path)[\(items.count)]") }
    return items
  }

  /// The texts of a field that takes one text or a list of them, each with its path.
  mutating func texts(_ path: String) -> [(path: String, text: String)] {
    values.formUnion([FieldReader.pattern(path), "\(FieldReader.pattern(path))[]"])
    if let text = object.fields[path] { return [(path, text)] }
    var texts: [(path: String, text: String)] = []
    while let text = object.fields["\(path)[\(texts.count)]"] {
      texts.append(("\(path)[\(texts.count)]", text))
    }
    return texts
  }

  func has(_ path: String) -> Bool { paths.contains(path) }

  /// Notes a problem with a field; `absent` if it is about a field that is not there.
  mutating func refuse(_ path: String, _ message: String, absent: Bool = false) {
    let place = line(of: path)
    let subject = absent ? "\(path) of \(object.kind.rawValue) \(object.id)" : "\(path):"
    problems.append(
      Problem.Place(file: object.file, line: place, message: "\(subject) \(message)"))
  }

  func place(of path: String, _ message: String) -> Problem.Place {
    Problem.Place(file: object.file, line: line(of: path), message: message)
  }

  /// The line of a field, or of the nearest thing around it.
  private func line(of path: String) -> Int {
    FieldReader.stages(of: path).reversed().lazy.compactMap { object.fieldLines[$0] }.first
      ?? object.line
  }

  private mutating func value<Value>(_ path: String, _ form: FieldForm<Value>) -> Value? {
    guard let text = object.fields[path] else {
      refuse(path, "takes one value; accepted: \(form.accepted)")
      return nil
    }
    switch form.read(text) {
    case .success(let value): return value
    case .failure(let failure):
      refuse(path, "\(failure.reason); accepted: \(form.accepted)")
      return nil
    }
  }

  /// Reports the fields that nobody asked for.
  mutating func finish() {
    var known = values.union(lists).union(["id"])
    for pattern in values.union(lists) { known.formUnion(FieldReader.stages(of: pattern)) }
    for path in object.fields.keys.sorted() {
      let pattern = FieldReader.pattern(path)
      guard known.contains(pattern), !values.contains(pattern), !lists.contains(pattern) else {
        continue
      }
      refuse(path, "takes fields: \(names(below: "\(pattern).", known).joined(separator: ", "))")
    }
    var reported: Set<String> = []
    for path in paths.sorted() where !known.contains(FieldReader.pattern(path)) {
      let stages = FieldReader.stages(of: path)
      guard let first = stages.first(where: { !known.contains(FieldReader.pattern($0)) }),
        reported.insert(first).inserted
      else { continue }
      let parent = stages.last { $0 != first && first.hasPrefix($0) && $0.count < first.count }
      reportUnknown(first, in: parent ?? "", known: known)
    }
  }

  private mutating func reportUnknown(_ path: String, in parent: String, known: Set<String>) {
    let around = FieldReader.pattern(parent)
    if lists.contains(around) { return refuse(parent, "takes a list") }
    if values.contains(around) {
      // A value of the wrong shape was reported when it was read.
      return object.fields[parent] == nil ? () : refuse(parent, "takes one value")
    }
    let name = String(path.dropFirst(parent.isEmpty ? 0 : parent.count + 1))
    let prefix = parent.isEmpty ? "" : "\(around)."
    let accepted = names(below: prefix, known)
    let meant = NearestName.hint(name, among: accepted)
    let owner = parent.isEmpty ? object.kind.rawValue : "\(object.kind.rawValue)'s \(parent)"
    refuse(
      path, "is no field of \(owner)\(meant); accepted: \(accepted.joined(separator: ", "))")
  }

  /// The names of the fields that may stand below a pattern, by name.
  private func names(below prefix: String, _ known: Set<String>) -> [String] {
    known.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
      .filter { !$0.isEmpty && !$0.contains(".") && !$0.contains("[") }.sorted()
  }

  /// `members[2].role` as `members[].role`.
  private static func pattern(_ path: String) -> String {
    var result = ""
    var inside = false
    for character in path {
      if character == "]" { inside = false }
      if !inside { result.append(character) }
      if character == "[" { inside = true }
    }
    return result
  }

  /// `members[2].role` as `members`, `members[2]`, `members[2].role`.
  private static func stages(of path: String) -> [String] {
    var stages: [String] = []
    for index in path.indices where index > path.startIndex && ".[".contains(path[index]) {
      stages.append(String(path[..<index]))
    }
    return stages + [path]
  }
}
