import Domain

/// The bookkeeping programs that we write journals for: hledger (hledger.org, from 1.25), ledger
/// (ledger-cli.org, from 3.3) and beancount (beancount.github.io, from 2.3).
package enum JournalDialect: String, Hashable, Sendable, CaseIterable {
  case hledger, ledger, beancount

  /// GPU-milliseconds: capital letters are all that beancount takes as a commodity.
  static let unit = "GPUMS"
  /// GPU-hours, for what people look at (`hledger balance -X GPUH`): given as a price and used in
  /// no amount.
  static let hour = "GPUH"
  /// What can stand behind an entry.
  static let tags = [
    "allocation", "approved-by", "belated", "corrects", "counterpart", "effective", "id", "part",
    "reason", "recorded", "requested-by", "run",
  ]

  func preamble(scope: String, note: String, day: CivilDate) -> String {
    let price = "\(Self.hour) 3600000 \(Self.unit)\n"
    var text = """
      ; Polder's books: \(scope); \(note).
      ; Days are UTC. 1 \(Self.unit) = one GPU-equivalent for one millisecond, \
      1 \(Self.hour) = 3600000 \(Self.unit).

      """
    switch self {
    case .hledger:
      text += "commodity 1. \(Self.unit)\ncommodity 1.0000 \(Self.hour)\nP \(day) \(price)"
    case .ledger:
      text += "commodity \(Self.unit)\n  format 1 \(Self.unit)\n"
      text += "commodity \(Self.hour)\n  format 1.0000 \(Self.hour)\n"
      text += Self.tags.map { "tag \($0)\n" }.joined() + "P \(day) \(price)"
    case .beancount:
      text += "option \"title\" \"Polder\"\noption \"operating_currency\" \"\(Self.unit)\"\n"
      text += "\(day) commodity \(Self.unit)\n\(day) commodity \(Self.hour)\n\(day) price \(price)"
    }
    return text
  }

  /// Declares an account, so that a misspelt one is an error.
  func opening(of account: String, day: CivilDate) -> String {
    self == .beancount ? "\(day) open \(account) \(Self.unit)\n" : "account \(account)\n"
  }

  func transaction(_ transaction: JournalTransaction) -> String {
    let code = transaction.id.map { "(\(Self.plain($0))) " } ?? ""
    var text =
      self == .beancount
      ? "\n\(transaction.day) * \"\(transaction.title)\"\n"
      : "\n\(transaction.day) * \(code)\(transaction.title)\n"
    for (key, value) in transaction.tags {
      // The code of a transaction, which beancount has not, is its id.
      guard self == .beancount || key != "id" else { continue }
      let value = Self.plain(value)
      text += self == .beancount ? "  \(key): \"\(value)\"\n" : "  ; \(key): \(value)\n"
    }
    for posting in transaction.postings {
      text += "  \(posting.account)  \(posting.amount.milliseconds) \(Self.unit)\n"
    }
    return text
  }

  /// Demands amounts at the end of a day. In beancount a balance holds at the beginning of a day,
  /// so it is that of the next.
  func assertion(_ standing: JournalTransaction) -> String {
    if self == .beancount {
      let day = standing.day.advanced(days: 1)
      return "\n"
        + standing.postings.map {
          "\(day) balance \($0.account) \($0.amount.milliseconds) \(Self.unit)\n"
        }.joined()
    }
    var text = "\n\(standing.day) * \(standing.title)\n"
    for (key, value) in standing.tags { text += "  ; \(key): \(Self.plain(value))\n" }
    for posting in standing.postings {
      text += "  \(posting.account)  0 \(Self.unit) = \(posting.amount.milliseconds) \(Self.unit)\n"
    }
    return text
  }

  /// A text in which no dialect sees anything but a text: all but letters, digits and `-._:/+@#` is
  /// percent-encoded byte by byte (RFC 3986), so that the text can be read back.
  static func plain(_ text: String) -> String {
    text.utf8.map { byte -> String in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "A")...UInt8(ascii: "Z"):
        return String(UnicodeScalar(byte))
      case _ where "-._:/+@#".utf8.contains(byte): return String(UnicodeScalar(byte))
      default:
        let hex = String(byte, radix: 16, uppercase: true)
        return "%" + (byte < 16 ? "0" : "") + hex
      }
    }.joined()
  }
}
