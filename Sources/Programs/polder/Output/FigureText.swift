import Foundation
import Wire

/// What a figure of a report is made of, for people and for programs.
enum FigureText {
  static func table(
    _ figure: FigureView, _ entries: [FigureEntry], width: Int = Terminal.columns
  ) -> [String] {
    var lines = [
      Tone.strong.paint("\(figure.report) \(figure.cell): \(figure.column)")
        + " = \(figure.text.isEmpty ? "(empty)" : figure.text)"
    ]
    lines += Text.wrapped(
      figure.row.map { "\($0.name) \($0.text)" }.joined(separator: "; "), width: width)
    let besides = besides(figure.report, figure.column).map { Text.wrapped($0, width: width) } ?? []
    guard !figure.sums.isEmpty else {
      return lines
        + (besides.isEmpty
          ? Text.wrapped(
            "No sum of entries: the notes of the report say what it is.", width: width) : besides)
    }
    lines += figure.sums.flatMap { Text.wrapped(told($0), width: width) } + besides
    guard !entries.isEmpty else { return lines + ["", "No entries."] }
    return lines + [""] + rows(figure, entries).lines(width: width)
  }

  /// What a figure is made of besides entries; nil where these are all.
  static func besides(_ report: String, _ column: String) -> String? {
    switch (report, column) {
    case ("access-time", "deviation points"):
      "Held against the entitlement, which is described, and no sum of entries."
    case ("access-time", "% of commercial cap"):
      "What it is a part of is a part of the capacity, and no sum of entries."
    case ("availability", "utilisation %"):
      "What it is a part of is the capacity that was available, and no sum of entries."
    case ("worth", "reference EUR"):
      "Each is worth its GPU-h at the reference rate of the rate card that priced its run; those without "
        + "a rate are among the entries, and worth nothing."
    case ("worth", "GPU-h without a rate"):
      "A sum of entries, of runs by rate cards without a reference rate. Entries do not name their rate card, "
        + "so that these can't be listed: they are among those of delivered GPU-h."
    default: nil
    }
  }

  /// `delivered: 12.5000 GPU-h (45,000,000 GPU-ms) of 2 allocations, effective …`.
  private static func told(_ sum: FigureView.Sum) -> String {
    let allocations = sum.allocations == 1 ? "1 allocation" : "\(sum.allocations) allocations"
    let since = sum.from.map { "from \(Clock.utc($0)) to" } ?? ""
    return
      "\(sum.measure): \(Amount.withUnit(sum.amount)) = \(sum.amount) GPU-ms of \(allocations), "
      + "effective \(since.isEmpty ? "" : since + " ")before \(Clock.utc(sum.to))"
  }

  private static func rows(_ figure: FigureView, _ entries: [FigureEntry]) -> Table {
    var table = Table(
      ["ENTRY", "EFFECTIVE (UTC)", "ALLOCATION"]
        + figure.sums.map { ">" + $0.measure.uppercased() }, spare: ["ALLOCATION"],
      cuttable: "ENTRY")
    let clock = Clock(now: 0, zone: .gmt)
    for entry in entries {
      table.add(
        [.init(entry.id), .init(clock.stamp(entry.effective)), .init(entry.allocation)]
          + entry.amounts.map { .init($0.map(Amount.hours) ?? "", .strong) })
    }
    return table
  }

  // MARK: CSV

  /// RFC 4180; times in UTC.
  static func csvHeader(_ figure: FigureView) -> String {
    "entry,kind,project,allocation,run,effective_utc,recorded_utc"
      + figure.sums.map { ",\($0.measure)_gpu_ms" }.joined()
  }

  static func csvLine(_ entry: FigureEntry) -> String {
    ([
      entry.id, entry.kind, entry.project ?? "", entry.allocation, entry.run ?? "",
      Clock.utc(entry.effective), Clock.utc(entry.recorded),
    ] + entry.amounts.map { $0.map(String.init) ?? "" }).map(Text.csvField)
      .joined(separator: ",")
  }
}
