/// Node names in Slurm's compressed form: `gn[01-03,07],login1` (`hostlist.c`).
enum HostList {
  /// Numbered names with one beginning.
  private struct Group {
    let prefix: Substring
    /// Of the first number.
    let digits: Int
    /// Some number begins with zero: all have as many digits.
    var isPadded: Bool
    /// All numbers have as many digits.
    var isUniform = true
    var numbers: [Int]

    func takes(_ prefix: Substring, digits: Int, isPadded: Bool) -> Bool {
      guard prefix == self.prefix, !numbers.isEmpty else { return false }
      return (digits == self.digits && isUniform) || (!isPadded && !self.isPadded)
    }
  }

  /// Names with the same beginning share brackets; a single one has none.
  static func compressed(_ names: [String]) -> String {
    var groups: [Group] = []
    for name in names {
      let digits = name.reversed().prefix { $0.isASCII && $0.isNumber }.count
      let (prefix, number) = (name.dropLast(digits), name.suffix(digits))
      guard digits <= 18, let value = Int(number) else {
        groups.append(Group(prefix: name[...], digits: 0, isPadded: false, numbers: []))
        continue
      }
      let isPadded = digits > 1 && number.first == "0"
      let taken = groups.lastIndex { $0.takes(prefix, digits: digits, isPadded: isPadded) }
      guard let taken else {
        groups.append(
          Group(prefix: prefix, digits: digits, isPadded: isPadded, numbers: [value]))
        continue
      }
      groups[taken].numbers.append(value)
      groups[taken].isPadded = groups[taken].isPadded || isPadded
      groups[taken].isUniform = groups[taken].isUniform && digits == groups[taken].digits
    }
    return groups.map(text).joined(separator: ",")
  }

  private static func text(_ group: Group) -> String {
    guard !group.numbers.isEmpty else { return String(group.prefix) }
    func padded(_ number: Int) -> String {
      let text = String(number)
      let zeros = group.isPadded ? max(group.digits - text.count, 0) : 0
      return String(repeating: "0", count: zeros) + text
    }
    let joined = ranges(group.numbers).map {
      $0.count == 1
        ? padded($0.lowerBound) : "\(padded($0.lowerBound))-\(padded($0.upperBound))"
    }.joined(separator: ",")
    return group.numbers.count == 1 ? "\(group.prefix)\(joined)" : "\(group.prefix)[\(joined)]"
  }

  /// Neighbours joined; also of the tasks of an array.
  static func ranges(_ numbers: [Int]) -> [ClosedRange<Int>] {
    var ranges: [ClosedRange<Int>] = []
    for number in Set(numbers).sorted() {
      if let last = ranges.last, last.upperBound + 1 == number {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    return ranges
  }
}
