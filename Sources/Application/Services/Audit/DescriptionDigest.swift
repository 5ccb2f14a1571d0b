import Crypto
package import Wire

extension ApplyRequest {
  /// SHA-256 of what is described, in hexadecimal: the same for the same objects and fields in any
  /// order, whatever files they stand in.
  package var digest: String {
    var hash = SHA256()
    func add(_ text: String) { hash.update(data: Array("\(text.utf8.count):\(text)".utf8)) }
    for object in objects.sorted(by: { ($0.kind.rawValue, $0.id) < ($1.kind.rawValue, $1.id) }) {
      add(object.kind.rawValue)
      add(object.id)
      add("\(object.fields.count)")
      for (path, value) in object.fields.sorted(by: { $0.key < $1.key }) {
        add(path)
        add(value)
      }
    }
    return Hexadecimal.text(hash.finalize())
  }
}

extension ApplyPlan {
  /// What it would change, for the audit log: numbers, and each object with the fields that differ and
  /// their values; of what may say something of a person (members, organisations, projects), and of
  /// nodes, only the names of fields, since the log is kept when a person is erased. Where they are
  /// more than a line holds, it says how many are left out.
  package var summary: String {
    func count(_ action: String) -> Int { changes.filter { $0.action == action }.count }
    let would = refusals.isEmpty ? "" : "would be "
    let numbers =
      would + "\(count("create")) created, \(count("update")) updated, \(count("remove")) removed, "
      + "\(unchanged) unchanged, \(postings.count) postings, \(refusals.count) faults"
    // Money first: where not all are told, those are.
    let (valued, other) = (changes.filter(\.isValued), changes.filter { !$0.isValued })
    var text = numbers
    for effect in effects {
      let next = "; " + effect
      guard text.unicodeScalars.count + next.unicodeScalars.count <= Self.longest / 2 else { break }
      text += next
    }
    var told = 0
    for change in valued + other {
      let next = "; " + change.summary
      guard text.unicodeScalars.count + next.unicodeScalars.count <= Self.longest else { break }
      text += next
      told += 1
    }
    return told == changes.count ? text : text + "; and \(changes.count - told) more"
  }

  /// In characters: a line of the audit log holds it beside the digest and what was refused.
  private static let longest = AuditLine.longestDetail - 200 - longestOfFaults - 50
}

extension ApplyPlan {
  /// Why it was refused, for the audit log: of each fault the object, its line and the field; in
  /// words only of kinds that say nothing of a person.
  ///
  /// - Parameter objects: what was described.
  package func refusalSummary(of objects: [DescribedObject]) -> String {
    let faults = refusals.map { place -> String in
      let object = objects.filter { $0.file == place.file && $0.line <= place.line }
        .max { $0.line < $1.line }
      let name = object.map { "\($0.kind.rawValue) \($0.id) " } ?? ""
      let isTold = object.map { Self.impersonal.contains($0.kind) } ?? false
      // A message begins with the path of its field, if it is about one.
      let path = place.message.prefix { $0 != ":" }
      let isPath = path.allSatisfy {
        $0.isASCII && ($0.isLetter || $0.isNumber || ".[]".contains($0))
      }
      let words = isTold ? place.message : isPath ? String(path) : "as a whole"
      return "\(name)line \(place.line): \(words)"
    }
    var text = "refused, nothing was changed: \(faults.count) faults"
    for (told, fault) in faults.enumerated() {
      let length = text.unicodeScalars.count + fault.unicodeScalars.count + 2
      guard length <= Self.longestOfFaults else {
        return text + "; and \(faults.count - told) more"
      }
      text += "; \(fault)"
    }
    return text
  }

  private static let longestOfFaults = 4000

  private static let impersonal: Set<DescribedKind> = [
    .funder, .programme, .partition, .allocation, .qos, .licence, .order,
  ]
}

extension ApplyResult.Change {
  fileprivate var isValued: Bool {
    ![DescribedKind.member, .organisation, .project, .node].contains { $0.rawValue == kind }
  }

  /// `update Allocation a-1: granted 100 GPU-h to 200 GPU-h`.
  fileprivate var summary: String {
    let texts = fields.map { field in
      guard isValued else { return field.field }
      return field.before.map { "\(field.field) \($0) to \(field.after)" }
        ?? "\(field.field) \(field.after)"
    }
    let all = texts.isEmpty || (action == "create" && !isValued) ? [] : texts
    return "\(action) \(kind) \(id)" + (all.isEmpty ? "" : ": " + all.joined(separator: ", "))
  }
}
