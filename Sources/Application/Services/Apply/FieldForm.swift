import Domain

/// How the text of a field becomes a value, and what is accepted, in words.
struct FieldForm<Value>: Sendable {
  /// `an amount such as 5,000 GPU-h`; follows "accepted: ".
  let accepted: String
  let read: @Sendable (String) -> Result<Value, FieldFailure>
}

/// Why a text is not accepted; the sentence begins with the text.
struct FieldFailure: Error, Equatable {
  let reason: String

  init(_ reason: String) { self.reason = reason }

  /// The common refusal: the text in quotes, cut, without what could disturb a terminal.
  init(_ text: String, isNo what: String) {
    reason = "\(FieldFailure.quoted(text)) is no \(what)\(Decimal.hint(on: text))"
  }

  static func quoted(_ text: String) -> String {
    let clean = text.unicodeScalars.prefix(60).map { Text.isPrintable($0) ? Character($0) : "?" }
    return "\"\(String(clean))\(text.unicodeScalars.count > 60 ? "…" : "")\""
  }
}

/// What free text may hold.
enum Text {
  static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned,
      .privateUse:
      false
    default: true
    }
  }
}

extension FieldForm {
  /// A form made of a function that gives nil for what is not accepted.
  init(_ what: String, accepted: String, _ parse: @escaping @Sendable (String) -> Value?) {
    self.init(accepted: accepted) { text in
      parse(text).map { .success($0) } ?? .failure(FieldFailure(text, isNo: what))
    }
  }
}

extension FieldForm where Value == String {
  /// In characters.
  static var longestLine: Int { 200 }

  /// One line of text for people.
  static let line = FieldForm(
    "line of text", accepted: "1 to \(longestLine) printable characters"
  ) { text in
    let fits = (1...longestLine).contains(text.unicodeScalars.count)
    let blank = text.allSatisfy(\.isWhitespace)
    return fits && !blank && text.unicodeScalars.allSatisfy(Text.isPrintable) ? text : nil
  }

  /// A country, ISO 3166-1 alpha-2.
  static let country = FieldForm("country code", accepted: "two capital letters, as in NL") {
    text in
    text.utf8.count == 2 && text.utf8.allSatisfy { (65...90).contains($0) } ? text : nil
  }

  /// The reference of an award.
  static let reference = FieldForm(
    "reference",
    accepted: "1 to 64 letters, digits, - . _ or /, as in EHPC-AIF-2026PG01-1147"
  ) { text in
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { Characters.isAlphanumeric($0) || "-._/".utf8.contains($0) }
      ? text : nil
  }

  /// A UNIX account that a person may have. Whether its uid is a system's is checked at submission,
  /// where the uid is known.
  static let account = FieldForm(
    accepted: "a UNIX account of a person: 1 to 32 of a-z, 0-9, - and _, a letter first"
  ) { text in
    let shaped =
      (1...32).contains(text.utf8.count)
      && text.utf8.allSatisfy { Characters.isLowercaseOrDigit($0) || "-_".utf8.contains($0) }
      && text.utf8.first.map { (97...122).contains($0) } == true
    guard shaped else { return .failure(FieldFailure(text, isNo: "account name")) }
    guard !SystemAccounts.contains(text) else {
      return .failure(FieldFailure("\"\(text)\" is an account of the system, never a person's"))
    }
    return .success(text)
  }
}

extension FieldForm {
  /// An id of any kind.
  static func identifier<Kind>() -> FieldForm where Value == Identifier<Kind> {
    FieldForm(
      "id",
      accepted: "1 to 64 letters, digits, . _ or -, a letter or a digit first"
    ) { Identifier<Kind>($0) }
  }

  /// A project's id, which is its account in Slurm, where accounts have no capitals.
  static func projectID() -> FieldForm where Value == ProjectID {
    FieldForm(
      "project id",
      accepted: "1 to 40 of a-z, 0-9, . _ or -, a letter or a digit first (it is the account in "
        + "Slurm)"
    ) { text in
      let shaped =
        text.utf8.count <= 40
        && text.utf8.allSatisfy { Characters.isLowercaseOrDigit($0) || ".-_".utf8.contains($0) }
      return shaped ? ProjectID(text) : nil
    }
  }

  /// One of the cases of an enumeration, by its raw value.
  static func choice() -> FieldForm
  where
    Value: RawRepresentable & CaseIterable & Sendable & SendableMetatype, Value.RawValue == String
  {
    let accepted = Value.allCases.map(\.rawValue)
    return FieldForm(accepted: accepted.joined(separator: ", ")) { text in
      if let value = Value(rawValue: text) { return .success(value) }
      let hint = NearestName.hint(text, among: accepted)
      return .failure(FieldFailure("\(FieldFailure.quoted(text)) is not one of them\(hint)"))
    }
  }
}

extension FieldForm where Value == Bool {
  static let flag = FieldForm("yes or no", accepted: "true or false") { text in
    switch text {
    case "true", "yes": true
    case "false", "no": false
    default: nil
    }
  }
}

/// The bytes that names are made of.
enum Characters {
  static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isLowercaseOrDigit(byte) || (65...90).contains(byte)
  }

  static func isLowercaseOrDigit(_ byte: UInt8) -> Bool {
    (97...122).contains(byte) || (48...57).contains(byte)
  }
}

/// Accounts that no person has: of root, of Debian, and of what Polder runs on.
enum SystemAccounts {
  private static let names: Set<String> = [
    "root", "daemon", "bin", "sys", "sync", "games", "man", "lp", "mail", "news", "uucp", "proxy",
    "www-data", "backup", "list", "irc", "gnats", "nobody", "nogroup", "operator", "messagebus",
    "sshd", "ntp", "chrony", "dnsmasq", "avahi", "rpc", "statd", "tss", "uuidd", "adm", "sudo",
    "postgres", "munge", "slurm", "polder",
  ]

  static func contains(_ account: String) -> Bool {
    names.contains(account) || account.hasPrefix("systemd-")
  }
}
