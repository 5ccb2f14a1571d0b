import Wire

/// A project's entries, for people and for programs.
enum LedgerText {
  static func table(
    _ entries: [EntryView], _ clock: Clock, width: Int = Terminal.columns
  ) -> [String] {
    guard !entries.isEmpty else { return ["No entries."] }
    var table = Table([
      "ENTRY", "EFFECTIVE (\(clock.zoneName))", "KIND", "RUN", ">GPU-H", "FROM", "TO",
      ">AVAILABLE AFTER",
    ])
    for entry in entries {
      let notes = [entry.reason, entry.corrects.map { "corrects entry \($0)" }].compactMap { $0 }
      table.add(
        [
          .init(entry.id), .init(clock.short(entry.effective)), .init(entry.kind),
          .init(entry.run ?? "–"), .init(Amount.hours(entry.amount), .strong), .init(entry.from),
          .init(entry.to), .init(Amount.hours(entry.availableAfter)),
        ],
        beneath: notes.isEmpty ? nil : notes.joined(separator: "; "))
    }
    let count = entries.count == 1 ? "1 entry" : "\(entries.count) entries"
    let footer = "\(count), in GPU-hours, as of \(clock.full(clock.now))."
    return table.lines(width: width) + [Tone.faint.paint(footer)]
  }

  /// RFC 4180 with a header; times in UTC, one line an entry.
  static func csv(_ entries: [EntryView]) -> [String] {
    let header =
      "entry,kind,allocation,run,amount_gpu_ms,amount_gpu_h,from,to,reason,corrects,"
      + "effective_utc,recorded_utc,available_after_gpu_ms"
    return [header]
      + entries.map { entry in
        [
          entry.id, entry.kind, entry.allocation, entry.run ?? "", "\(entry.amount)",
          Amount.hours(entry.amount), entry.from, entry.to, entry.reason ?? "",
          entry.corrects ?? "", Clock.utc(entry.effective), Clock.utc(entry.recorded),
          "\(entry.availableAfter)",
        ].map(Text.csvField).joined(separator: ",")
      }
  }
}
