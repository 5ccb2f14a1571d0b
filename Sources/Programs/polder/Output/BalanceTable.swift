import Wire

/// Where allocations stand.
struct BalanceTable {
  private let balances: [BalanceView]
  private let clock: Clock

  init(_ balances: [BalanceView], _ clock: Clock) {
    self.balances = balances
    self.clock = clock
  }

  func lines(width: Int = Terminal.columns) -> [String] {
    guard let asOf = balances.map(\.asOf).max() else { return ["No allocation to be shown."] }
    // Columns that are zero throughout are left out: most allocations have neither.
    let showsExpired = balances.contains { $0.expired != 0 }
    let showsOverrun = balances.contains { $0.overrun != 0 }
    var titles = [
      "PROJECT", "ALLOCATION", "STATE", ">GRANTED", ">CHARGED", ">REFUNDED",
    ]
    titles += showsExpired ? [">EXPIRED"] : []
    titles += [">HELD", ">AVAILABLE"]
    titles += showsOverrun ? [">OVERRUN"] : []
    var table = Table(titles + ["ENDS"])
    for balance in balances {
      var cells: [Table.Cell] = [
        .init(balance.project), .init(balance.allocation),
        .init(balance.state, .of(state: balance.state)),
        .init(Amount.hours(balance.granted)), .init(Amount.hours(balance.charged)),
        .init(Amount.hours(balance.refunded)),
      ]
      if showsExpired { cells.append(.init(Amount.hours(balance.expired))) }
      cells.append(.init(Amount.hours(balance.held)))
      cells.append(.init(Amount.hours(balance.available), .strong))
      if showsOverrun { cells.append(.init(Amount.hours(balance.overrun))) }
      cells.append(.init("\(clock.day(balance.windowEnd)) (\(clock.away(balance.windowEnd)))"))
      table.add(cells)
    }
    let equation = "granted − charged + refunded − expired − held = available"
    var footer = "In GPU-hours, as of \(clock.full(asOf)). \(equation)."
    if showsOverrun { footer += " Overrun is carried by the operator." }
    return table.lines(width: width) + Text.wrapped(footer, width: width).map(Tone.faint.paint)
  }
}
