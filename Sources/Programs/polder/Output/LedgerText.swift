import Wire

/// A project's entries, for people and for programs.
enum LedgerText {
  /// - Parameter ofMany: of many projects, so that each entry names its own.
  static func table(
    _ entries: [EntryView], _ clock: Clock, ofMany: Bool = false, width: Int = Terminal.columns
  ) -> [String] {
    guard !entries.isEmpty else { return ["No entries."] }
    // Said where there is a choice: what is available after is that of the allocation.
    let naming = Naming(
      project: ofMany, allocation: ofMany || Set(entries.map(\.allocation)).count > 1)
    let full = full(entries, clock, naming)
    let table = full.width <= width ? full : narrow(entries, clock, naming)
    let count = entries.count == 1 ? "1 entry" : "\(entries.count) entries"
    let footer = "\(count), in GPU-hours, as of \(clock.full(clock.now))."
    return table.lines(width: width) + Text.wrapped(footer, width: width).map(Tone.faint.paint)
  }

  /// What of an entry is not the same for all.
  private struct Naming {
    let project: Bool
    let allocation: Bool
  }

  private static func full(_ entries: [EntryView], _ clock: Clock, _ naming: Naming) -> Table {
    var table = Table(
      ["ENTRY", "EFFECTIVE (\(clock.zoneName))"] + (naming.project ? ["PROJECT"] : [])
        + (naming.allocation ? ["ALLOCATION"] : []) + [
          "KIND", "RUN", ">GPU-H", "FROM", "TO", ">AVAILABLE AFTER",
        ])
    for entry in entries {
      let notes = notes(of: entry)
      table.add(
        [.init(entry.id), .init(clock.stamp(entry.effective))]
          + (naming.project ? [.init(entry.project ?? "–")] : [])
          + (naming.allocation ? [.init(entry.allocation)] : []) + [
            .init(entry.kind), .init(entry.run ?? "–"),
            .init(Amount.hours(entry.amount), .strong), .init(entry.from), .init(entry.to),
            .init(Amount.hours(entry.availableAfter)),
          ],
        beneath: notes.isEmpty ? nil : notes.joined(separator: "; "))
    }
    return table
  }

  /// For terminals that the full one does not fit: figures in columns, names beneath. The entry's id
  /// names its kind and its run.
  private static func narrow(_ entries: [EntryView], _ clock: Clock, _ naming: Naming) -> Table {
    var table = Table([
      "EFFECTIVE (\(clock.zoneName))", "KIND", ">GPU-H", ">AVAILABLE AFTER",
    ])
    for entry in entries {
      table.add(
        [
          .init(clock.stamp(entry.effective)), .init(entry.kind),
          .init(Amount.hours(entry.amount), .strong), .init(Amount.hours(entry.availableAfter)),
        ],
        beneath: (["\(entry.id): \(entry.from) → \(entry.to)"]
          + (naming.allocation ? ["of \(entry.allocation)"] : [])
          + (naming.project ? entry.project.map { ["project \($0)"] } ?? [] : [])
          + notes(of: entry))
          .joined(separator: "; "))
    }
    return table
  }

  private static func notes(of entry: EntryView) -> [String] {
    [
      entry.reason,
      entry.counterpart.map { "\(entry.kind == "transfer-out" ? "to" : "from") \($0)" },
      entry.corrects.map { "corrects entry \($0)" },
      entry.requestedBy.map { "asked for by \($0)" },
      entry.approvedBy.map {
        entry.selfApproved == true ? "approved by \($0) too (self-approved)" : "approved by \($0)"
      },
      entry.note.map { "note: \($0)" },
      entry.belated.map { "late: belongs to \($0), which was closed" },
    ].compactMap { $0 }
  }

  /// RFC 4180 with a header; times in UTC, one line an entry.
  static func csv(_ entries: [EntryView]) -> [String] { [csvHeader] + csvLines(entries) }

  static let csvHeader =
    "entry,kind,allocation,run,amount_gpu_ms,amount_gpu_h,from,to,reason,corrects,"
    + "effective_utc,recorded_utc,available_after_gpu_ms,requested_by,approved_by,belated_month,"
    + "self_approved,note,project,counterpart"

  static func csvLines(_ entries: [EntryView]) -> [String] {
    entries.map { entry in
      [
        entry.id, entry.kind, entry.allocation, entry.run ?? "", "\(entry.amount)",
        Amount.hours(entry.amount), entry.from, entry.to, entry.reason ?? "",
        entry.corrects ?? "", Clock.utc(entry.effective), Clock.utc(entry.recorded),
        "\(entry.availableAfter)", entry.requestedBy ?? "", entry.approvedBy ?? "",
        entry.belated ?? "", entry.selfApproved == true ? "yes" : "",
        entry.note ?? "", entry.project ?? "", entry.counterpart ?? "",
      ].map(Text.csvField).joined(separator: ",")
    }
  }
}
