import Domain

/// What stands for `${…}` in a value. Values are substituted after YAML was parsed, so that no
/// value can change the structure.
///
/// `${NAME}`, `${NAME:-default}` (the default may hold `${…}` again), and for a name whose value
/// is a date or an instant `${NAME + 2mo - 1d}` with min, h, d, w, mo and y. `$${` is a plain `${`.
struct Variables: Sendable {
  let values: [String: String]

  /// Why a value can't be had; a sentence.
  struct Failure: Error, Equatable {
    let message: String
  }

  init(values: [String: String], today: CivilDate) {
    self.values = values.merging(["today": today.description]) { given, _ in given }
  }

  func substituted(in text: String) -> Result<String, Failure> {
    do throws(Failure) {
      return .success(try expand(text[...], depth: 0))
    } catch {
      return .failure(error)
    }
  }

  private func expand(_ text: Substring, depth: Int) throws(Failure) -> String {
    guard depth < 8 else { throw Failure(message: "${…} is nested more than 8 deep") }
    var result = ""
    var rest = text
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      let after = rest[dollar...]
      if after.hasPrefix("$${") {
        result += "${"
        rest = after.dropFirst(3)
      } else if after.hasPrefix("${") {
        let inner = after.dropFirst(2)
        guard let end = Variables.closingBrace(of: inner) else {
          throw Failure(message: "\"\(text)\" has ${ without its }")
        }
        result += try value(of: inner[..<end], depth: depth)
        rest = inner[inner.index(after: end)...]
      } else {
        result += "$"
        rest = after.dropFirst()
      }
    }
    return result + rest
  }

  private static func closingBrace(of text: Substring) -> Substring.Index? {
    var open = 1
    for index in text.indices {
      if text[index] == "{" { open += 1 }
      if text[index] == "}" { open -= 1 }
      if open == 0 { return index }
    }
    return nil
  }

  /// The value of what stands between the braces.
  private func value(of expression: Substring, depth: Int) throws(Failure) -> String {
    let (name, rest) = Variables.leadingName(expression)
    guard !name.isEmpty else {
      throw Failure(
        message: "${\(expression)} names no variable; accepted: ${NAME}, ${NAME:-default}, "
          + "${today + 2mo}")
    }
    if rest.hasPrefix(":-") {
      if let value = values[name] { return value }
      return try expand(rest.dropFirst(2), depth: depth + 1)
    }
    guard let value = values[name] else {
      let known = values.keys.sorted().joined(separator: ", ")
      throw Failure(
        message: "${\(name)} is not known; give it with --var \(name)=VALUE (known: \(known))")
    }
    guard !rest.isEmpty else { return value }
    guard let start = Moment(value) else {
      throw Failure(message: "${\(name)} is \"\(value)\", which is no date to reckon with")
    }
    var moment = start
    for step in try Variables.steps(rest, of: expression) {
      guard let moved = moment.advanced(step) else {
        throw Failure(message: "${\(expression)} lies outside the years 1 to 9999")
      }
      moment = moved
    }
    return moment.text
  }

  private static func leadingName(_ text: Substring) -> (String, Substring) {
    let trimmed = text.drop { $0 == " " }
    let name = trimmed.prefix {
      $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")
    }
    guard let first = name.first, !first.isNumber else { return ("", trimmed) }
    var rest = trimmed.dropFirst(name.count)
    if rest.allSatisfy({ $0 == " " }) { rest = "" }
    return (String(name), rest)
  }

  /// The steps of ` + 2mo - 1d`, in order.
  private static func steps(
    _ text: Substring, of expression: Substring
  ) throws(Failure) -> [Moment.Step] {
    let failure = Failure(
      message: "${\(expression)} can't be reckoned; accepted: + or -, a number, and one of "
        + Moment.Unit.allCases.map(\.rawValue).joined(separator: ", "))
    var steps: [Moment.Step] = []
    var rest = text.drop { $0 == " " }
    while let sign = rest.first {
      let term = rest.dropFirst().drop { $0 == " " }
      let digits = term.prefix { $0.isASCII && $0.isNumber }
      let letters = term.dropFirst(digits.count).prefix { $0.isASCII && $0.isLetter }
      guard sign == "+" || sign == "-", let count = Int64(digits), count <= 10_000_000,
        let unit = Moment.Unit(rawValue: String(letters))
      else { throw failure }
      steps.append(Moment.Step(count: sign == "-" ? -count : count, unit: unit))
      rest = term.dropFirst(digits.count + letters.count).drop { $0 == " " }
    }
    return steps
  }
}
