import Wire
import Yams

/// The documents of one file as described objects. Fields are flattened to paths such as
/// `window.from` and `members[0].role`.
struct ManifestDocuments {
  /// More fields than this come from aliases of aliases, not from a description.
  static let mostFields = 500_000

  let file: String
  let variables: Variables
  private(set) var objects: [DescribedObject] = []
  private(set) var problems: [Problem.Place] = []
  private var fieldCount = 0

  init(file: String, variables: Variables) {
    self.file = file
    self.variables = variables
  }

  mutating func read(_ text: String) {
    do {
      let parser = try Parser(yaml: text)
      while let root = try parser.nextRoot() { readDocument(root) }
    } catch {
      let (line, message) = ManifestDocuments.explain(error, text: text)
      report(line, message)
    }
  }

  private mutating func report(_ line: Int, _ message: String) {
    problems.append(Problem.Place(file: file, line: line, message: message))
  }

  private mutating func readDocument(_ root: Node) {
    let line = root.mark?.line ?? 1
    if ManifestDocuments.isNothing(root) { return }
    guard let pairs = mapping(root, line: line) else {
      return report(line, "a document is a mapping: kind, id, and the fields of that kind")
    }
    let accepted = DescribedKind.allCases.map(\.rawValue).joined(separator: ", ")
    guard let kindPair = pairs.first(where: { $0.name == "kind" }) else {
      return report(line, "kind is missing; accepted: \(accepted)")
    }
    guard let kind = DescribedKind(rawValue: kindPair.value.scalar?.string ?? "") else {
      let given = kindPair.value.scalar.map { "\"\($0.string)\"" } ?? "this"
      return report(kindPair.line, "\(given) is no kind of object; accepted: \(accepted)")
    }
    guard let items = pairs.first(where: { $0.name == "items" }) else {
      return readObject(kind, pairs.filter { $0.name != "kind" }, line: line)
    }
    for other in pairs where other.name != "kind" && other.name != "items" {
      report(other.line, "\(other.name) stands beside items; only kind may")
    }
    guard let sequence = items.value.sequence else {
      return report(items.line, "items is a list of objects, each with its id")
    }
    for item in sequence {
      let line = item.mark?.line ?? items.line
      guard let pairs = mapping(item, line: line) else {
        report(line, "an item is a mapping: id, and the fields of \(kind.rawValue)")
        continue
      }
      readObject(kind, pairs, line: line)
    }
  }

  private mutating func readObject(_ kind: DescribedKind, _ pairs: [Pair], line: Int) {
    guard let id = pairs.first(where: { $0.name == "id" }) else {
      return report(line, "this \(kind.rawValue) has no id")
    }
    guard let scalar = id.value.scalar, !ManifestDocuments.isNothing(id.value) else {
      return report(id.line, "id takes one name")
    }
    guard let text = substituted(scalar.string, line: id.line) else { return }
    var object = DescribedObject(
      kind: kind, id: text, fields: [:], file: file, line: line, fieldLines: ["id": id.line])
    for pair in pairs where pair.name != "id" {
      flatten(pair.value, path: pair.name, line: pair.line, into: &object)
    }
    objects.append(object)
  }

  private mutating func flatten(
    _ node: Node, path: String, line: Int, into object: inout DescribedObject
  ) {
    fieldCount += 1
    guard fieldCount <= ManifestDocuments.mostFields else {
      if fieldCount == ManifestDocuments.mostFields + 1 {
        report(line, "more than \(ManifestDocuments.mostFields) fields are in this file")
      }
      return
    }
    object.fieldLines[path] = line
    if let pairs = mapping(node, line: line) {
      for pair in pairs {
        flatten(pair.value, path: "\(path).\(pair.name)", line: pair.line, into: &object)
      }
    } else if let sequence = node.sequence {
      for (index, item) in sequence.enumerated() {
        flatten(item, path: "\(path)[\(index)]", line: item.mark?.line ?? line, into: &object)
      }
    } else if ManifestDocuments.isNothing(node) {
      report(line, "\(path) has no value; give one, or leave the field out")
    } else if let scalar = node.scalar, let text = substituted(scalar.string, line: line) {
      object.fields[path] = text
    }
  }

  private mutating func substituted(_ text: String, line: Int) -> String? {
    switch variables.substituted(in: text) {
    case .success(let result): return result
    case .failure(let problem):
      report(line, problem.message)
      return nil
    }
  }
}

extension ManifestDocuments {
  /// One field of a mapping, with the line of its name.
  fileprivate struct Pair {
    let name: String
    let value: Node
    let line: Int
  }

  /// The fields of a mapping in their order, those of its merge keys (`<<`) after its own; nil for
  /// other nodes.
  fileprivate mutating func mapping(_ node: Node, line: Int) -> [Pair]? {
    guard let mapping = node.mapping else { return nil }
    var pairs: [Pair] = []
    var merged: [Node] = []
    for (key, value) in mapping {
      let line = key.mark?.line ?? line
      guard let scalar = key.scalar, ManifestDocuments.isFieldName(scalar.string) else {
        if key.scalar?.string == "<<" {
          merged += value.sequence.map(Array.init) ?? [value]
        } else {
          report(line, Self.fault(inName: key.scalar?.string ?? ""))
        }
        continue
      }
      pairs.append(Pair(name: scalar.string, value: value, line: line))
    }
    for node in merged {
      guard node.mapping != nil, let others = self.mapping(node, line: line) else {
        report(line, "<< takes an alias of a mapping, or a list of them")
        continue
      }
      for other in others where !pairs.contains(where: { $0.name == other.name }) {
        pairs.append(other)
      }
    }
    return pairs
  }

  /// Three digits are most likely the rest of a number that has a comma.
  fileprivate static func fault(inName name: String) -> String {
    let unit = name.dropFirst(3).drop { $0 == " " }
    let rule = "a field's name begins with a letter and has letters, digits, - and _"
    guard name.prefix(3).count(where: { $0.isASCII && $0.isNumber }) == 3,
      !unit.contains(where: \.isNumber)
    else { return rule }
    let number = unit.isEmpty ? "5,000" : "5,000 \(unit)"
    return rule
      + "; inside { } a comma begins the next field: write a number that has one in quotes, "
      + "as in \"\(number)\", or leave the comma out"
  }

  private static func isFieldName(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, first.isASCII, first.properties.isAlphabetic else {
      return false
    }
    return text.unicodeScalars.allSatisfy {
      $0.isASCII
        && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "-" || $0 == "_")
    }
  }

  /// True for YAML's null: an empty plain scalar, `~` or `null`.
  fileprivate static func isNothing(_ node: Node) -> Bool {
    guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any else {
      return false
    }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }

  /// Where in the text the parser stopped, and why, in words.
  fileprivate static func explain(_ error: any Error, text: String) -> (line: Int, String) {
    guard let error = error as? YamlError else { return (1, "this is not YAML: \(error)") }
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let before = context.map { " (\($0.text), line \($0.mark.line))" } ?? ""
      return (mark.line, "this is not YAML: \(problem)\(before)")
    case .reader(let problem, let offset, _, _):
      let passed = text.prefix(offset ?? 0)
      return (1 + passed.count { $0.isNewline }, "this is not YAML: \(problem)")
    case .duplicatedKeysInMapping(let duplicates, let context):
      let names = duplicates.sorted().joined(separator: ", ")
      return (context.mark.line, "given twice: \(names)")
    default:
      return (1, "this is not YAML: \(error)")
    }
  }
}
