import Simulation

/// A page about replays that needs nothing but itself: figures, drawings with words for those who
/// don't see them, and what each figure means.
struct SimulationPage {
  let input: SimulationInput
  let outcomes: [SimulationOutcome]

  init(_ input: SimulationInput, _ outcomes: [SimulationOutcome]) {
    self.input = input
    self.outcomes = outcomes
  }

  var text: String {
    let times = TimeCharts(outcomes: outcomes)
    let classes = ClassCharts(outcomes: outcomes)
    let hasFunders = !(outcomes.first?.metrics.funders.isEmpty ?? true)
    let modes = input.workload.jobs.contains { !$0.owner.programme.isEmpty }
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(SVG.escaped(input.name)) – Polder simulator</title>
      <style>
      \(Self.style)
      </style>
      </head>
      <body>
      <header>
      <p class="kicker">Polder simulator</p>
      <h1>\(SVG.escaped(input.name))</h1>
      <p>\(SVG.escaped(facts))</p>
      </header>
      <main>
      \(section("Figures", "", figures))
      \(section("Utilisation", "How much of the machine is used.", times.utilisation()))
      \(section("Queue", "How many jobs wait; the axis is logarithmic.", legend + times.queue()))
      \(section(modes ? "Waits by access mode" : "Waits by size", Self.waitWords,
        legend + classes.waits()))
      \(hasFunders ? section("Shares", Self.shareWords, legend + classes.shares()) : "")
      \(section("Schedules", Self.digestWords, digests))
      </main>
      </body>
      </html>

      """
  }

  private static let waitWords =
    "A line goes from the median (its upright end) to the wait that 95 of 100 jobs keep within; "
    + "the dot is the mean. The axis is logarithmic."
  private static let shareWords =
    "What each funder's jobs used of all that was used until the last submission; the upright "
    + "mark is its entitlement. "
    + "A funder that asks for less than its share can't use it."
  private static let digestWords =
    "SHA-256 over the lines job,start: equal digests are equal schedules."

  private var facts: String {
    let jobs = Figure.grouped(Int64(input.workload.jobs.count))
    let capacity = Figure.grouped(Int64(input.machine.capacityThousandths / 1000))
    let span = outcomes.map(\.metrics.makespanSeconds).max() ?? 0
    let skipped = input.workload.skipped.map {
      "\(Figure.grouped(Int64($0.count))) left out (\($0.reason.rawValue))"
    }
    return
      (["\(jobs) jobs", "\(capacity) \(input.machine.measure.rawValue)", Figure.duration(span)]
      + skipped).joined(separator: " · ")
  }

  private func section(_ title: String, _ words: String, _ body: String) -> String {
    """
    <section>
    <h2>\(title)</h2>
    \(words.isEmpty ? "" : "<p>\(SVG.escaped(words))</p>")
    \(body)
    </section>
    """
  }

  private var legend: String {
    guard outcomes.count > 1 else { return "" }
    let items = outcomes.map { outcome in
      "<li class=\"\(outcome.name)\"><svg viewBox=\"0 0 26 8\" aria-hidden=\"true\">"
        + SVG.line(1, 4, 25, 4, "curve \(outcome.name)")
        + "</svg>\(outcome.name)</li>"
    }
    return "<ul class=\"legend\">\(items.joined())</ul>\n"
  }

  private var figures: String {
    let heads = outcomes.map { "<th scope=\"col\">\($0.name)</th>" }.joined()
    let rows = SimulationText.figures.compactMap { label, figure -> String? in
      guard outcomes.contains(where: { figure($0.metrics) != nil }) else { return nil }
      let cells = outcomes.map { "<td>\(figure($0.metrics) ?? "–")</td>" }.joined()
      return "<tr><th scope=\"row\">\(SVG.escaped(label))</th>\(cells)</tr>"
    }
    return """
      <div class="wide"><table>
      <thead><tr><td></td>\(heads)</tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody>
      </table></div>
      """
  }

  private var digests: String {
    let items = outcomes.map {
      "<dt>\($0.name)</dt><dd><code>\($0.digest)</code></dd>"
    }
    return "<dl>\(items.joined(separator: "\n"))</dl>"
  }
}
