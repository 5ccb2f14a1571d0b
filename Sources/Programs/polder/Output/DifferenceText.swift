import Wire

/// What a description would change: `+` what is new, `~` what becomes different.
struct DifferenceText {
  private let result: ApplyResult

  init(_ result: ApplyResult) { self.result = result }

  /// `12 to create, 1 to update, 3 unchanged`.
  var summary: String {
    let created = result.changes.count { $0.action == "create" }
    let updated = result.changes.count - created
    return "\(created) to create, \(updated) to update, \(result.unchanged) unchanged"
  }

  var lines: [String] {
    var lines: [String] = []
    for change in result.changes {
      let isNew = change.action == "create"
      let tone = isNew ? Tone.good : Tone.waiting
      lines.append(
        tone.paint(isNew ? "+" : "~") + " \(change.kind) \(Tone.strong.paint(change.id))")
      let column = change.fields.map(\.field.count).max() ?? 0
      for field in change.fields {
        let name = field.field + String(repeating: " ", count: column - field.field.count)
        let value =
          field.before.map { "\(shown($0)) → \(shown(field.after))" } ?? shown(field.after)
        lines.append("    \(Tone.faint.paint(name))  \(value)")
      }
    }
    if !result.notDescribed.isEmpty {
      lines.append("Not described, left alone: \(result.notDescribed.joined(separator: ", "))")
    }
    lines += result.effects.map { "! \($0)" }
    lines.append(
      result.changes.isEmpty
        ? "No difference: the centre is as described (\(result.unchanged) objects)."
        : "Difference: \(summary).")
    return lines
  }

  private func shown(_ value: String) -> String { value.isEmpty ? "(empty)" : value }
}
