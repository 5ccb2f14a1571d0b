package import Domain

extension OptionValue {
  /// `2` or `2@1:00:00`: how many switches nodes are behind at most, and how long the job waits for such
  /// nodes.
  package static func switches(_ text: String) throws(OptionError) -> SwitchCount {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    guard let most = digits(parts[0]), (1...mostSwitches).contains(most) else {
      throw OptionError(
        "'\(text)' is no number of switches; write at most how many, from 1, and after an @ how long "
          + "the job waits for nodes behind so few: 1 or 1@30")
    }
    guard parts.count == 2 else { return SwitchCount(most: most, wait: nil) }
    let wait = try time(String(parts[1]))
    guard wait <= mostWait else {
      throw OptionError("it would wait \(wait) for nodes behind so few; the longest is \(mostWait)")
    }
    return SwitchCount(most: most, wait: wait)
  }

  /// Longer than that nobody should be kept waiting by a wish.
  package static let mostWait = Seconds.hours(7 * 24)
  /// More than any network has.
  private static let mostSwitches = 1_000_000
}
