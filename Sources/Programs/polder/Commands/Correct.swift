import ArgumentParser
import Client
import Wire

struct Refund: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refund",
    abstract: "Give back the charge of a run, all of it or a part.",
    discussion: """
      For administrators. What policy refunds (a failed node) needs no command. Never more than what \
      is left of the charge; a run over the end of a month has a charge in each, and each is given \
      back.

      Reasons: site-fault, goodwill, miscount, node-failure, boot-failure, vanished, preempted, \
      administrator-cancel.

      Examples:

        polder refund longscan P12.1 --reason site-fault --approved-by beheer
        polder refund longscan P12.1 --amount "2 GPU-h" --reason goodwill --approved-by beheer
      """)

  @Argument(help: "The project that paid.")
  var project: String

  @Argument(help: "The run, as the ledger names it: P12.1, or P12_3.1 of an array.")
  var job: String

  @Option(help: "How much, with its unit; without it all that is left.")
  var amount: String?

  @Option(help: "The reason's code.")
  var reason: String

  @OptionGroup var act: ActOptions
  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let (project, job, amount, reason, act) = (project, job, amount, reason, act)
    let key = try act.chosenKey()
    let view = try await connection.client { client in
      let entries = try await client.ledger(project: project)
      let steps = try Self.steps(Self.charges(of: job, entries), job, amount, key, entries)
      var written = PostingView(again: true, entries: [])
      for step in steps {
        // What is done is said again as it was said, so that its entries are told, and another
        // content is refused.
        let due = Self.exact(step.booked ?? step.charge.left)
        let part = try await client.correct(
          CorrectionRequest(
            kind: "refund", entry: step.charge.id, amount: amount ?? due,
            reason: reason, approvedBy: act.approvedBy, note: act.note),
          key: step.key)
        written.again = written.again && part.again
        written.first = written.first ?? part.first
        written.entries += part.entries
      }
      return written
    }
    try BooksText.say(view, listing.format)
  }

  struct Charge: Equatable {
    let id: String
    /// After corrections, in GPU-milliseconds.
    var left: Int64
  }

  /// The charges of a run and what is left of each.
  static func charges(of run: String, _ entries: [EntryView]) -> [Charge] {
    var charges: [Charge] = []
    for entry in entries where entry.kind == "charge" && entry.run == run {
      charges.append(Charge(id: entry.id, left: entry.amount))
    }
    for entry in entries {
      guard let index = charges.firstIndex(where: { $0.id == entry.corrects }) else { continue }
      charges[index].left += entry.kind == "debit" ? entry.amount : -entry.amount
    }
    return charges
  }

  /// One refund, of a charge in part or of what is left of it.
  struct Step: Equatable {
    let charge: Charge
    /// By the charge's place among those of the run, so that it is the same whenever it is repeated.
    let key: String
    /// What was booked under that key before, in GPU-milliseconds: what is left by now says nothing.
    let booked: Int64?
  }

  /// What is to be booked under a key: of all charges what is left, or an amount of the only one.
  static func steps(
    _ charges: [Charge], _ run: String, _ amount: String?, _ key: String, _ entries: [EntryView]
  ) throws(Failure) -> [Step] {
    guard !charges.isEmpty else {
      if isUnderWay(run, entries) {
        throw Failure(
          .refused, "\(run) is under way: it holds, and nothing of it is charged yet",
          next: "refund it when it has ended; to end it, polder job cancel")
      }
      throw noCharge(of: run, entries)
    }
    let booked = Dictionary(entries.map { ($0.id, $0.amount) }) { first, _ in first }
    let steps = charges.enumerated().map { index, charge in
      let key = index == 0 ? key : "\(key)-\(index)"
      return Step(
        charge: charge, key: key,
        booked: amount == nil ? booked["refund:by-hand-\(key)"] : nil)
    }
    guard amount != nil else {
      let due = steps.filter { $0.booked != nil || $0.charge.left > 0 }
      guard !due.isEmpty else {
        throw Failure(
          .refused, "all of the charge of \(run) was given back before",
          next: "see polder ledger: each refund names the charge that it gives back")
      }
      return due
    }
    guard charges.count == 1 else {
      let names = charges.map(\.id).joined(separator: ", ")
      throw Failure(
        .usage, "\(run) was charged in parts: \(names)",
        next: "leave --amount out, or give back one with polder adjust credit ENTRY AMOUNT")
    }
    return steps
  }

  /// Why a run has nothing to give back: it cost nothing, a job was named, or there is none.
  private static func noCharge(of run: String, _ entries: [EntryView]) -> Failure {
    guard !entries.contains(where: { $0.run == run }) else {
      return Failure(
        .refused, "\(run) has ended and cost nothing: there is no charge of run \(run)",
        next: "there is nothing to give back")
    }
    var runs: [String] = []
    for charged in entries.filter({ $0.kind == "charge" }).compactMap(\.run)
    where charged.hasPrefix("\(run).") && !runs.contains(charged) { runs.append(charged) }
    guard !runs.isEmpty else {
      return Failure(
        .invalidInput, "there is no charge of run \(run) in this project",
        next: "name the run as the ledger does, such as P12.1: see polder ledger")
    }
    return Failure(
      .invalidInput,
      "\(run) is no run; charged \(runs.count == 1 ? "is" : "are") "
        + runs.joined(separator: ", "),
      next: "name the run: polder refund PROJECT \(runs[0])")
  }

  /// True if the run holds something.
  private static func isUnderWay(_ run: String, _ entries: [EntryView]) -> Bool {
    let own = entries.filter { $0.run == run }
    return own.contains { $0.kind == "hold" } && !own.contains { $0.kind == "release" }
  }

  /// Exact to the millisecond.
  private static func exact(_ milliseconds: Int64) -> String {
    let rest = "\(1000 + milliseconds % 1000)".dropFirst()
    return "\(milliseconds / 1000).\(rest) GPU-s"
  }
}

struct Adjust: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adjust",
    abstract: "Correct a charge or an opening that was wrong.",
    discussion: """
      For administrators. The entry that was wrong stays; a credit (in the project's favour) or a \
      debit (against it) is written that names it. A credit gives back, as a refund does, and more \
      freely: it is of one entry, and of an opening too.

      Reasons: miscount, goodwill, site-fault.

      Example:

        polder adjust credit charge:P12.1 "0.5 GPU-h" --reason miscount --approved-by beheer
      """)

  @Argument(help: "credit or debit.")
  var kind: String

  @Argument(help: "The entry that is corrected, as the ledger names it.")
  var entry: String

  @Argument(help: "How much, with its unit: \"0.5 GPU-h\".")
  var amount: String

  @Option(help: "The reason's code: miscount, goodwill, site-fault.")
  var reason: String

  @OptionGroup var act: ActOptions
  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  /// A refund has a command of its own, which finds the charges of a run.
  static func requireAdjustment(_ kind: String) throws(Failure) {
    guard !["credit", "debit"].contains(kind) else { return }
    throw Failure(
      .usage, "'\(kind)' is no adjustment; accepted: credit, debit",
      next: kind == "refund"
        ? "to give the charge of a run back: polder refund PROJECT RUN"
        : "see polder adjust --help")
  }

  mutating func run() async throws {
    try Self.requireAdjustment(kind)
    let request = CorrectionRequest(
      kind: kind, entry: entry, amount: amount, reason: reason, approvedBy: act.approvedBy,
      note: act.note)
    let key = try act.chosenKey()
    let view = try await connection.client { try await $0.correct(request, key: key) }
    try BooksText.say(view, listing.format)
  }
}
