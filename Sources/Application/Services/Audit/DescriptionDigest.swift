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
  /// What it would change, in numbers, for the audit log.
  var counts: String {
    func count(_ action: String) -> Int { changes.filter { $0.action == action }.count }
    let removed = changes.filter { $0.action == "remove" }.map { "\($0.kind) \($0.id)" }
    return "\(count("create")) created, \(count("update")) updated, \(unchanged) unchanged, "
      + "\(postings.count) postings, \(refusals.count) faults"
      + (removed.isEmpty ? "" : ", removed \(removed.joined(separator: ", "))")
  }
}
