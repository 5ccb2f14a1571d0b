import Wire

/// Acts on the books, periods and caps, for people.
enum BooksText {
  static func say(_ view: PostingView, _ format: Format) throws {
    guard format == .table else { return try printJSON(view) }
    lines(view).forEach(Terminal.say)
  }

  static func lines(_ view: PostingView) -> [String] {
    guard !view.again else { return ["This act stands in the books already; nothing was written."] }
    guard !view.entries.isEmpty else { return ["Nothing was left to be written."] }
    var table = Table(["ENTRY", "KIND", "ALLOCATION", ">GPU-H"])
    for entry in view.entries {
      table.add([
        .init(entry.id), .init(entry.kind), .init(entry.allocation),
        .init(Amount.hours(entry.amount), .strong),
      ])
    }
    return table.lines()
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
          .init(clock.short(period.closed)), .init(period.closedBy),
        ],
        beneath: "sha256 \(period.sha256)")
    }
    return table.lines()
  }

  static func table(
    _ caps: [CapView], _ clock: Clock, width: Int = Terminal.columns
  ) -> [String] {
    guard !caps.isEmpty else { return ["No cap that you may see."] }
    var table = Table(["CAP", "STRENGTH", ">LIMIT", ">USED", ">HELD", ">LEFT", "UNTIL"])
    for cap in caps {
      table.add(
        [
          .init(cap.id, .strong), .init(cap.strength), .init(Amount.hours(cap.limit)),
          .init(Amount.hours(cap.used)), .init(Amount.hours(cap.held)),
          .init(Amount.hours(cap.limit - cap.used - cap.held), .strong),
          .init(clock.day(cap.to)),
        ],
        beneath: cap.scope)
    }
    return table.lines(width: width) + [Tone.faint.paint("In GPU-hours, as of now.")]
  }
}
