import Wire

/// Why a task waits, for people.
enum ExplanationText {
  static func lines(_ explanation: ExplanationView, _ clock: Clock) -> [String] {
    var facts = LabelledLines()
    facts.add("Task", explanation.task, .strong)
    facts.add("Start", start(explanation, clock))
    facts.add("Reason", explanation.reason?.text)
    facts.add("Next step", explanation.reason?.nextStep)
    facts.add("Ahead", ahead(explanation))
    for (index, sooner) in explanation.sooner.enumerated() {
      facts.add(
        index == 0 ? "Sooner" : "",
        "\(clock.short(sooner.start)) (\(clock.away(sooner.start))) with \(sooner.option)", .good)
    }
    if explanation.sooner.isEmpty, explanation.reason != nil {
      facts.add(
        "Sooner",
        "none of the shorter limits, fewer nodes or GPUs, or other partitions that were tried")
    }
    for (index, late) in explanation.late.enumerated() {
      let then = late.expected.map { "then expected \(clock.short($0))" } ?? "then not known"
      facts.add(
        index == 0 ? "Late" : "",
        "promised for \(clock.short(late.promised)), \(then), since \(late.text)")
    }
    facts.add("As of", clock.full(explanation.asOf))
    return facts.lines(column: 13)
  }

  private static func start(_ explanation: ExplanationView, _ clock: Clock) -> String {
    guard let start = explanation.expectedStart else { return "not known yet" }
    let when =
      start <= clock.now ? "now" : "\(clock.short(start)) (\(clock.away(start)))"
    return explanation.isPromised ? "\(when), promised" : "\(when), an estimate"
  }

  private static func ahead(_ explanation: ExplanationView) -> String {
    let others = explanation.aheadCount - explanation.ahead.count
    guard explanation.aheadCount > 0 else { return "nobody" }
    let own = explanation.ahead.joined(separator: ", ")
    guard others > 0 else { return own }
    return own.isEmpty
      ? Text.count(others, "task") + ", not yours to see"
      : "\(own), and \(Text.count(others, "other"))"
  }
}
