/// Finds what somebody probably meant.
package enum Spelling {
  /// The closest of some names, if it is close enough to be a slip: at most a third of its bytes
  /// differ (Levenshtein's distance). Ties go to the first by name.
  package static func nearest(to name: String, in names: some Sequence<String>) -> String? {
    names.sorted().map {
      ($0, distance(Array(name.lowercased().utf8), Array($0.lowercased().utf8)))
    }
    .filter { $0.1 <= max(1, $0.0.utf8.count / 3) }
    .min { ($0.1, $0.0) < ($1.1, $1.0) }?.0
  }

  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let above = row[j + 1]
        row[j + 1] = min(above + 1, row[j] + 1, diagonal + (a == b ? 0 : 1))
        diagonal = above
      }
    }
    return row[right.count]
  }
}
