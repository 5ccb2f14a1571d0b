import Wire

/// The audit log for people.
enum AuditText {
  static func table(
    _ lines: [AuditLineView], _ clock: Clock, width: Int = Terminal.columns
  ) -> [String] {
    guard !lines.isEmpty else { return ["No lines."] }
    let full = full(lines, clock)
    return (full.width <= width ? full : narrow(lines, clock)).lines(width: width)
  }

  private static func full(_ lines: [AuditLineView], _ clock: Clock) -> Table {
    var table = Table([
      ">LINE", "TIME (\(clock.zoneName))", "ACTOR", "ACTION", "OBJECT", "RESULT", "ORIGIN",
    ])
    for line in lines {
      table.add(
        [
          .init("\(line.seq)"), .init(clock.short(line.at)), .init(line.actor),
          .init(line.action, .strong), .init(line.object), .init(line.result), .init(line.origin),
        ],
        beneath: line.detail.isEmpty ? nil : line.detail)
    }
    return table
  }

  /// For terminals that the full one does not fit: what was acted on and the way in stand beneath.
  private static func narrow(_ lines: [AuditLineView], _ clock: Clock) -> Table {
    var table = Table([">LINE", "TIME (\(clock.zoneName))", "ACTOR", "ACTION", "RESULT"])
    for line in lines {
      table.add(
        [
          .init("\(line.seq)"), .init(clock.short(line.at)), .init(line.actor),
          .init(line.action, .strong), .init(line.result),
        ],
        beneath: [line.object, "by \(line.origin)", line.detail].filter { !$0.isEmpty }
          .joined(separator: "; "))
    }
    return table
  }

  /// - Parameter expected: the head that was kept outside, which the log agrees with.
  static func sound(
    _ check: AuditCheckView, expected: String? = nil, width: Int = Terminal.columns
  ) -> [String] {
    let agrees = expected.map { "; line \($0.prefix { $0 != ":" }) is the one kept outside" } ?? ""
    let count = Text.count(Int(check.lines), "line")
    // The head on a line of its own, as it is copied.
    return Text.wrapped("\(count), each as it was written\(agrees); head", width: width)
      + [check.head.text]
  }

  static func damaged(_ check: AuditCheckView, _ finding: AuditFindingView) -> String {
    // Of a chain that was made anew nobody can say where that began.
    let before =
      finding.kind == "rewritten"
      ? "The lines agree with each other, so that none of them can be trusted by itself."
      : "\(Text.count(Int(check.lines), "line")) before it are sound."
    let restored =
      finding.restore.map {
        " Line \($0) says that a backup was restored: a head kept before that may be of lines that came "
          + "after the backup, and are gone by right."
      } ?? ""
    return "the audit log is damaged (\(finding.kind)): \(finding.text). \(before)\(restored)"
  }
}
