import Wire

/// Whose start would move, for people.
enum WhatIfText {
  private static let most = 20

  static func lines(
    _ answer: WhatIfView, _ clock: Clock, addsJob: Bool, width: Int = Terminal.columns
  ) -> [String] {
    var lines: [String] = []
    func say(_ sentence: String) { lines += Text.wrapped(sentence, width: width) }
    if addsJob {
      let whose = answer.addedMember.map { " of \($0)" } ?? ""
      say("The job\(whose) would start \(start(answer.added, clock)).")
      if let reason = answer.addedReason { say("It \(reason.text).") }
    }
    if let ended = answer.ended {
      let more = ended.count > most ? " and \(ended.count - most) more" : ""
      say(
        "To make way \(Text.count(ended.count, "run")) would end: "
          + "\(ended.prefix(most).joined(separator: ", "))\(more).")
    }
    guard answer.movedCount > 0 else {
      say("No start moves: \(Text.count(answer.unchanged, "waiting task")) as before.")
      return lines
    }
    say(
      "\(Text.count(answer.later, "task")) later, \(answer.sooner) sooner, \(answer.unchanged) as "
        + "before.")
    var table = Table(["TASK", "PROJECT", "EXPECTED", "WOULD BE", ">BY"], spare: ["PROJECT"])
    for moved in answer.moved.prefix(most) {
      table.add([
        .init(moved.task), .init(moved.project),
        .init(start(moved.before, clock), short: brief(moved.before, clock)),
        .init(start(moved.after, clock), short: brief(moved.after, clock)), .init(by(moved)),
      ])
    }
    lines += table.lines(width: width)
    if answer.movedCount > most {
      say("… and \(answer.movedCount - most) more: --format=json lists up to 1,000.")
    }
    say("As of \(clock.full(answer.asOf)).")
    return lines
  }

  private static func start(_ moment: Int64?, _ clock: Clock) -> String {
    moment.map { $0 <= clock.now ? "now" : clock.short($0) } ?? "not known"
  }

  private static func brief(_ moment: Int64?, _ clock: Clock) -> String {
    moment.map { $0 <= clock.now ? "now" : clock.brief($0) } ?? "not known"
  }

  /// `+2 h 05 min`, `−30 min`.
  private static func by(_ moved: WhatIfView.Moved) -> String {
    guard let before = moved.before, let after = moved.after else { return "" }
    let minutes = (abs(after - before) + 30_000) / 60_000
    let (hours, rest) = (minutes / 60, minutes % 60)
    let amount = hours == 0 ? "\(rest) min" : "\(hours) h \(rest < 10 ? "0" : "")\(rest) min"
    return (after < before ? "−" : "+") + amount
  }
}
