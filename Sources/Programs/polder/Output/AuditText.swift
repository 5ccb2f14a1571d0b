import Wire

/// The audit log for people.
enum AuditText {
  static func table(
    _ lines: [AuditLineView], _ clock: Clock, width: Int = Terminal.columns
  ) -> [String] {
    guard !lines.isEmpty else { return ["No lines."] }
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
    return table.lines(width: width)
  }

  static func sound(_ check: AuditCheckView) -> String {
    "\(Text.count(Int(check.lines), "line")), each as it was written; head \(check.head.text)"
  }
}
