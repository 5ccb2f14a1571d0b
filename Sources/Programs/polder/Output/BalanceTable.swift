import Wire

/// Where allocations stand.
struct BalanceTable {
  private let balances: [BalanceView]
  private let clock: Clock

  init(_ balances: [BalanceView], _ clock: Clock) {
    self.balances = balances
    self.clock = clock
  }

  /// A figure of the equation: how it is called in the table and in words, and its sign.
  private struct Term {
    let title: String
    let word: String
    let sign: String
    let amount: @Sendable (BalanceView) -> Int64

    /// True of what everyone looks for.
    var isAlwaysTold: Bool { ["granted", "charged", "held"].contains(word) }
  }

  private static let terms = [
    Term(title: ">GRANTED", word: "granted", sign: "+") { $0.granted },
    Term(title: ">IN", word: "in", sign: "+") { $0.transferredIn },
    Term(title: ">OUT", word: "out", sign: "−") { $0.transferredOut },
    Term(title: ">CHARGED", word: "charged", sign: "−") { $0.charged },
    Term(title: ">REFUNDED", word: "refunded", sign: "+") { $0.refunded },
    Term(title: ">EXPIRED", word: "expired", sign: "−") { $0.expired },
    Term(title: ">HELD", word: "held", sign: "−") { $0.held },
    Term(title: ">DEFERRED", word: "deferred", sign: "−") { $0.deferred },
  ]

  /// Terms that are zero throughout are left out, but for those that everyone looks for.
  private var terms: [Term] {
    Self.terms.filter { term in
      term.isAlwaysTold || balances.contains { term.amount($0) != 0 }
    }
  }

  func lines(width: Int = Terminal.columns) -> [String] {
    guard let asOf = balances.map(\.asOf).max() else { return ["No allocation to be shown."] }
    let terms = terms
    let showsOverrun = balances.contains { $0.overrun != 0 }
    let full = full(terms, showsOverrun)
    let isFull = full.width <= width
    let sum = terms.dropFirst().reduce("granted") { "\($0) \($1.sign) \($1.word)" }
    var footer = "In GPU-hours, as of \(clock.full(asOf))\(knowledge(asOf)). \(sum) = available."
    if showsOverrun { footer += " Overrun is carried by the operator." }
    if showsPace { footer += " USED and EXPECTED by now: of what was awarded." }
    footer += " The last day is UTC's."
    let table = isFull ? full : narrow(terms)
    return table.lines(width: width) + Text.wrapped(footer, width: width).map(Tone.faint.paint)
  }

  /// What the books had recorded, where that is not all they have of the moment.
  private func knowledge(_ asOf: Int64) -> String {
    guard let known = balances.map(\.knownAt).max(), known != asOf || !isNow else { return "" }
    let description = "; windows, programmes and suspensions as they are described now"
    return ", as known at \(clock.full(known))" + description
  }

  /// True of what is as of now: no other moment was asked for.
  private var isNow: Bool { balances.allSatisfy { clock.now - $0.asOf < 60_000 } }

  /// What is expected by now is known for now only, and not for a moment in the past.
  private var showsPace: Bool { balances.contains { $0.expected != nil } }

  private func full(_ terms: [Term], _ showsOverrun: Bool) -> Table {
    var table = Table(
      ["PROJECT", "ALLOCATION", "STATE"] + terms.map(\.title) + [">AVAILABLE"]
        + (showsOverrun ? [">OVERRUN"] : []) + (showsPace ? [">USED", ">EXPECTED"] : [])
        + ["LAST DAY"])
    for balance in balances {
      var cells: [Table.Cell] = [
        .init(balance.project), .init(balance.allocation),
        .init(balance.state, .of(state: balance.state)),
      ]
      cells += terms.map { .init(Amount.hours($0.amount(balance))) }
      cells.append(.init(Amount.hours(balance.available), .strong))
      if showsOverrun { cells.append(.init(Amount.hours(balance.overrun))) }
      if showsPace { cells += pace(balance) }
      // Of another moment how far the end is from now would say nothing.
      let away = isNow ? " (\(clock.away(balance.windowEnd)))" : ""
      cells.append(.init(Clock.lastDay(before: balance.windowEnd) + away))
      let remarks = remarks(on: balance)
      table.add(cells, beneath: remarks.isEmpty ? nil : remarks.joined(separator: "; "))
    }
    return table
  }

  /// For terminals that the full one does not fit: the equation stands beneath each allocation.
  private func narrow(_ terms: [Term]) -> Table {
    var table = Table(
      ["ALLOCATION", "STATE", ">AVAILABLE"] + (showsPace ? [">USED", ">EXPECTED"] : [])
        + ["LAST DAY"])
    for balance in balances {
      var cells: [Table.Cell] = [
        .init(balance.allocation), .init(balance.state, .of(state: balance.state)),
        .init(Amount.hours(balance.available), .strong),
      ]
      if showsPace { cells += pace(balance) }
      cells.append(.init(Clock.lastDay(before: balance.windowEnd)))
      // What others have and this one has not is left out of its line.
      let own = terms.filter { $0.isAlwaysTold || $0.amount(balance) != 0 }
      let parts = own.enumerated().map { index, term in
        (index == 0 ? "" : "\(term.sign) ") + "\(Amount.hours(term.amount(balance))) \(term.word)"
      }
      let overrun =
        balance.overrun == 0 ? "" : "; \(Amount.hours(balance.overrun)) overrun"
      let equation = "\(balance.project): \(parts.joined(separator: " "))\(overrun)"
      table.add(cells, beneath: ([equation] + remarks(on: balance)).joined(separator: "; "))
    }
    return table
  }

  private func remarks(on balance: BalanceView) -> [String] {
    [
      balance.suspendedSince.map { "suspended since \(clock.full($0)): nothing starts" },
      late(balance),
    ].compactMap { $0 }
  }

  /// Before the month in which it was booked it was not there, though its window had begun.
  private func late(_ balance: BalanceView) -> String? {
    balance.belated.map {
      "awarded late: belongs to \($0), which was closed, and is booked in a later month"
    }
  }

  private func pace(_ balance: BalanceView) -> [Table.Cell] {
    let awarded = balance.granted + balance.transferredIn - balance.transferredOut
    let used = balance.charged - balance.refunded
    return [
      .init(PaceText.percent(used, of: awarded)),
      .init(balance.expected.map { PaceText.percent($0, of: awarded) } ?? "–"),
    ]
  }
}
