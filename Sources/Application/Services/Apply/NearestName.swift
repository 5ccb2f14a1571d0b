/// Finds what a misspelt name was meant to be.
enum NearestName {
  /// The name with the fewest edits to `name`, if they are few for its length; ties by name.
  /// Names past 64 bytes are passed over, and so are names past the first 2000.
  static func nearest(_ name: String, among names: some Sequence<String>) -> String? {
    guard name.utf8.count <= 64 else { return nil }
    let most = max(1, name.utf8.count / 3)
    return names.prefix(2000)
      .filter { $0.utf8.count <= 64 && abs($0.utf8.count - name.utf8.count) <= most }
      .map { (distance(name.lowercased(), $0.lowercased()), $0) }
      .filter { $0.0 <= most }
      .min { $0 < $1 }?.1
  }

  /// `" (did you mean eurohpc?)"`, or nothing.
  static func hint(_ name: String, among names: some Sequence<String>) -> String {
    nearest(name, among: names).map { " (did you mean \($0)?)" } ?? ""
  }

  /// Levenshtein's distance in bytes.
  static func distance(_ left: String, _ right: String) -> Int {
    let (left, right) = (Array(left.utf8), Array(right.utf8))
    var row = Array(0...right.count)
    for (i, byte) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in right.enumerated() {
        let substituted = diagonal + (byte == other ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
      }
    }
    return row[right.count]
  }
}
