import ArgumentParser
import Client
import Wire

/// What every act by hand on the books says of itself.
struct ActOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The account of the administrator who approved it.", valueName: "account"))
  var approvedBy: String

  @Option(
    help:
      """
      Why, in at most 200 characters: members of the project and auditors read it with the entry; \
      without names of people.
      """)
  var note = ""

  @Option(
    help: ArgumentHelp(
      "Chosen by you, to repeat the command without harm; made at random without it.",
      valueName: "key"))
  var key: String?

  /// The key under which the act is done once.
  ///
  /// - Throws: ``Failure`` with exit code 64 for one that can't be used.
  func chosenKey() throws(Failure) -> String {
    guard let key else { return Self.randomKey() }
    let isPlain = key.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || "-_.:".utf8.contains(byte)
    }
    guard isPlain, (1...Self.longestKey).contains(key.utf8.count) else {
      throw Failure(
        .usage, "--key has 1 to \(Self.longestKey) letters, digits and -_.:, and not '\(key)'",
        next: "choose another, or leave --key out")
    }
    return key
  }

  /// A refund of several charges adds to it what makes it one of each.
  private static let longestKey = 120

  private static func randomKey() -> String {
    String(UInt64.random(in: .min ... .max), radix: 36)
      + String(UInt64.random(in: .min ... .max), radix: 36)
  }
}

struct Transfer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "transfer",
    abstract: "Move GPU time from one allocation to another.",
    discussion: """
      For administrators. Both allocations are of the same funder: a transfer moves no funder's \
      share. The window of the one that gives is open, that of the other has not ended. Nothing moves between commercial use and other use. Out of a suspended allocation nothing is moved. It is two \
      entries in the books, and a line of the audit log.

      Example:

        polder transfer cropwatch-1 longscan-1 "250 GPU-h" --approved-by beheer
      """)

  @Argument(help: "The allocation that gives.")
  var from: String

  @Argument(help: "The allocation that gets.")
  var to: String

  @Argument(help: "How much, with its unit: \"250 GPU-h\".")
  var amount: String

  @OptionGroup var act: ActOptions
  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let request = TransferRequest(
      from: from, to: to, amount: amount, approvedBy: act.approvedBy, note: act.note)
    let key = try act.chosenKey()
    let view = try await connection.client { try await $0.transfer(request, key: key) }
    try BooksText.say(view, listing.format)
  }
}
