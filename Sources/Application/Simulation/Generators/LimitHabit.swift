/// How people choose a time limit: too long, and a round figure.
///
/// Tsafrir, Etsion and Feitelson ("Modeling User Runtime Estimates", JSSPP 2005) found that about
/// twenty round values make up nearly all limits, and that jobs use the half of theirs or less.
struct LimitHabit {
  /// Seconds: five minutes to thirty days.
  private static let figures: [Int64] = [
    300, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200, 10_800, 14_400, 18_000, 21_600, 28_800,
    36_000, 43_200, 64_800, 86_400, 129_600, 172_800, 259_200, 345_600, 432_000, 604_800,
    1_209_600, 2_592_000,
  ]

  /// Not above `longest`, which the run must not exceed either.
  static func limit(run: Int64, longest: Int64, _ dice: inout Dice) -> Int64 {
    // One in twelve asks for the longest there is.
    if dice.chance(80) { return longest }
    // Thousandths of the run: 1.05 to 5 times, shorter jobs being guessed worse.
    let most = run < 3600 ? 5000 : 2600
    let factor = Int64(dice.uniform(1050, Double(most)))
    let wanted = max(run * factor / 1000, 1)
    return min(figures.first { $0 >= wanted } ?? wanted, longest)
  }
}
