/// `0-9:2,15%4`: the indices of an array, and how many of its tasks run at once.
package struct ArraySpec: Hashable, Sendable {
  /// Ascending, unique, never empty.
  package let indices: [Int]
  /// Nil for no limit.
  package let throttle: Int?

  /// The most tasks that one array may have.
  package static let mostTasks = 1000
  /// The largest index, Slurm's MaxArraySize of 4,000,001 less one.
  package static let largestIndex = 4_000_000

  package init(_ text: String) throws(OptionError) {
    let halves = text.split(separator: "%", omittingEmptySubsequences: false)
    guard halves.count <= 2, let list = halves.first else { throw Self.malformed(text) }
    var found = Set<Int>()
    for part in list.split(separator: ",", omittingEmptySubsequences: false) {
      found.formUnion(try Self.indices(part, of: text))
      guard found.count <= Self.mostTasks else { throw Self.tooMany(text) }
    }
    indices = found.sorted()
    guard halves.count == 2 else {
      throttle = nil
      return
    }
    guard let most = Int(halves[1]), most > 0 else { throw Self.malformed(text) }
    throttle = most
  }

  private static func indices(
    _ part: Substring, of text: String
  ) throws(OptionError) -> [Int] {
    let stepped = part.split(separator: ":", omittingEmptySubsequences: false)
    guard stepped.count <= 2, let range = stepped.first else { throw malformed(text) }
    let ends = range.split(separator: "-", omittingEmptySubsequences: false)
    let bounds = ends.compactMap { OptionValue.digits($0) }
    guard bounds.count == ends.count, ends.count <= 2, let first = bounds.first,
      let last = bounds.last, bounds.count == 2 || stepped.count == 1
    else { throw malformed(text) }
    guard first <= last, last <= largestIndex else {
      throw OptionError("'\(text)': indices ascend, from 0 to at most \(largestIndex)")
    }
    let step = stepped.count == 2 ? OptionValue.digits(stepped[1]) : 1
    guard let step, step > 0 else { throw malformed(text) }
    guard (last - first) / step < mostTasks else { throw tooMany(text) }
    return Array(stride(from: first, through: last, by: step))
  }

  private static func malformed(_ text: String) -> OptionError {
    OptionError("'\(text)' is no array; write 0-9, 1,3,7, 0-30:10 or 0-99%4 (four at once)")
  }

  private static func tooMany(_ text: String) -> OptionError {
    OptionError("'\(text)' has more than \(mostTasks) tasks, the most that one array may have")
  }
}
