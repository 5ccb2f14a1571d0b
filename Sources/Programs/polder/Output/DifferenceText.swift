import Wire

/// What a description would change: `+` what is new, `~` what becomes different, `-` what goes.
struct DifferenceText {
  private let result: ApplyResult
  private let width: Int

  init(_ result: ApplyResult, width: Int = Terminal.columns) {
    self.result = result
    self.width = width
  }

  /// The sign of a change and its tone.
  private func mark(_ action: String) -> String {
    switch action {
    case "create": Tone.good.paint("+")
    case "remove": Tone.bad.paint("-")
    default: Tone.waiting.paint("~")
    }
  }

  /// `12 to create, 1 to update, 3 unchanged`.
  var summary: String { counts(("to create", "to update", "to remove")) }

  /// `12 created, 1 updated, 3 unchanged`: once it is done.
  var done: String { counts(("created", "updated", "removed")) }

  private func counts(_ words: (create: String, update: String, remove: String)) -> String {
    let created = result.changes.count { $0.action == "create" }
    let removed = result.changes.count { $0.action == "remove" }
    let updated = result.changes.count - created - removed
    return "\(created) \(words.create), \(updated) \(words.update), "
      + (removed > 0 ? "\(removed) \(words.remove), " : "") + "\(result.unchanged) unchanged"
  }

  var lines: [String] {
    var lines: [String] = []
    for change in result.changes {
      lines.append("\(mark(change.action)) \(change.kind) \(Tone.strong.paint(change.id))")
      let column = change.fields.map(\.field.count).max() ?? 0
      for field in change.fields {
        let name = field.field + String(repeating: " ", count: column - field.field.count)
        let value =
          field.before.map { "\(shown($0)) → \(shown(field.after))" } ?? shown(field.after)
        let pieces = Text.wrapped(value, width: max(width - column - 6, 20))
        for (number, piece) in pieces.enumerated() {
          let label = number == 0 ? name : String(repeating: " ", count: column)
          lines.append("    \(Tone.faint.paint(label))  \(piece)")
        }
      }
    }
    if !result.notDescribed.isEmpty {
      lines += Text.hanging("Not described, left alone: \(untouched)", width: width)
        .split(separator: "\n").map(String.init)
    }
    lines += result.effects.flatMap { effect in
      Text.wrapped(effect, width: width - 2).enumerated().map { index, piece in
        (index == 0 ? "! " : "  ") + piece
      }
    }
    lines.append(
      result.changes.isEmpty ? noDifference : "Difference: \(summary).")
    return lines
  }

  private var noDifference: String {
    result.unchanged == 0
      ? "No difference: nothing was held against the centre."
      : "No difference: the centre is as described (\(Text.count(result.unchanged, "object")))."
  }

  /// By name if they are few, else how many of each kind.
  private var untouched: String {
    let all = result.notDescribed
    guard all.count > Self.mostNamed else { return all.joined(separator: ", ") }
    let kinds = all.map { String($0.prefix { $0 != " " }) }
    var counts: [(kind: String, count: Int)] = []
    for kind in kinds {
      if counts.last?.kind == kind {
        counts[counts.count - 1].count += 1
      } else {
        counts.append((kind, 1))
      }
    }
    return counts.map { count in
      // An abbreviation has no plural here.
      count.kind.contains(where: \.isLowercase)
        ? Text.count(count.count, count.kind.lowercased()) : "\(count.count) \(count.kind)"
    }.joined(separator: ", ")
  }

  private static let mostNamed = 8

  private func shown(_ value: String) -> String { value.isEmpty ? "(empty)" : value }
}
