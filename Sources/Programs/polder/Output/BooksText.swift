import Wire

/// Acts on the books, periods and caps, for people.
enum BooksText {
  static func say(_ view: PostingView, _ format: Format) throws {
    guard format == .table else { return try printJSON(view) }
    lines(view).forEach(Terminal.say)
  }

  static func lines(
    _ view: PostingView, _ clock: Clock = .current(), width: Int = Terminal.columns
  ) -> [String] {
    let again = Text.wrapped(again(view.first, clock), width: width)
    guard !view.entries.isEmpty else {
      return view.again ? again : ["Nothing was left to be written."]
    }
    var table = Table(["ENTRY", "KIND", "ALLOCATION", ">GPU-H"])
    for entry in view.entries {
      table.add([
        .init(entry.id), .init(entry.kind), .init(entry.allocation),
        .init(Amount.hours(entry.amount), .strong),
      ])
    }
    return (view.again ? again : []) + table.lines()
  }

  private static func again(_ first: PostingView.First?, _ clock: Clock) -> String {
    guard let first else { return "This act stands in the books already; nothing was written." }
    return "Already done on \(clock.full(first.recorded)), by \(first.requestedBy), approved by "
      + "\(first.approvedBy); nothing was written. The note and the approver of then stand, not those "
      + "of this command."
  }

  static func say(_ periods: [PeriodView], _ format: Format, none: String) throws {
    guard format == .table else { return try printJSON(periods) }
    guard !periods.isEmpty else { return Terminal.say(none) }
    table(periods, .current()).forEach(Terminal.say)
  }

  static func table(_ periods: [PeriodView], _ clock: Clock) -> [String] {
    var table = Table(["PERIOD", ">ENTRIES", "CLOSED (\(clock.zoneName))", "BY"])
    for period in periods {
      table.add(
        [
          .init(period.period, .strong), .init("\(period.entryCount)"),
          .init(clock.stamp(period.closed)), .init(period.closedBy),
        ],
        beneath: "sha256 \(period.sha256)")
    }
    return table.lines()
  }

  /// What a closing would close.
  static func lines(_ closing: ClosingView, width: Int = Terminal.columns) -> [String] {
    var table = Table(["WOULD BE CLOSED", ">ENTRIES"])
    for month in closing.periods {
      table.add(
        [.init(month.period, .strong), .init("\(month.entryCount)")],
        beneath: "sha256 \(month.sha256)")
    }
    let end = Clock.utc(closing.end).prefix { $0 != "T" }
    var notes = [
      "As of now: what is booked in a period before it is closed is in its seal too."
    ]
    if closing.unchargedRuns > 0 {
      notes.append(
        "\(Text.count(closing.unchargedRuns, "run")) that began before \(end) (UTC) "
          + (closing.unchargedRuns == 1 ? "is" : "are") + " not charged yet. What was used until "
          + "then will be booked in the open period, and name the closed one.")
    }
    return table.lines(width: width) + notes.flatMap { Text.wrapped($0, width: width) }
  }

  private static let capNote =
    "In GPU-hours of runs, as of now. What was taken over counts under no cap."

  static func table(
    _ caps: [CapView], _ clock: Clock, width: Int = Terminal.columns
  ) -> [String] {
    guard !caps.isEmpty else { return ["No cap that you may see."] }
    var table = Table(["CAP", "STRENGTH", ">LIMIT", ">USED", ">HELD", ">LEFT", "LAST DAY"])
    for cap in caps {
      table.add(
        [
          .init(cap.id, .strong), .init(cap.strength), .init(Amount.hours(cap.limit)),
          .init(Amount.hours(cap.used)), .init(Amount.hours(cap.held)),
          .init(Amount.hours(cap.limit - cap.used - cap.held), .strong),
          .init(Clock.lastDay(before: cap.to)),
        ],
        beneath: ([cap.scope] + [cap.partOf].compactMap { $0 }).joined(separator: "; "))
    }
    let parts =
      caps.contains { $0.partOf != nil }
      ? " Planned capacity is all GPUs, all of the time; the report access-time tells commercial use in % of "
        + "what was available so far."
      : ""
    return table.lines(width: width)
      + Text.wrapped(capNote + parts, width: width).map(Tone.faint.paint)
  }
}
