/// Amounts as Slurm prints them (`convert_num_unit` in Slurm's `slurm_protocol_api.c`).
extension SacctNumber {
  /// The units, each 1024 times the one before.
  static let units: [Character] = [" ", "K", "M", "G", "T", "P"]

  /// Mebibytes in the largest unit that loses nothing (half a unit is none), or in a unit.
  ///
  /// - Parameters:
  ///   - unit: one of ``units``; nil for the largest.
  ///   - converts: false to leave it in mebibytes.
  static func mebibytes(_ count: Int, unit: Character?, converts: Bool = true) -> String {
    guard count != 0 else { return "0" }
    var value = Double(count)
    var place = 2
    if let unit, let wanted = units.firstIndex(of: unit) {
      while place > wanted {
        value *= 1024
        place -= 1
      }
      while place < wanted {
        value /= 1024
        place += 1
      }
    } else if converts {
      while value >= 1024, Int(value) % 512 == 0, place < units.count - 1 {
        value /= 1024
        place += 1
      }
    }
    return decimal(value) + (place == 0 ? "" : String(units[place]))
  }

  /// A whole number, or two decimals.
  private static func decimal(_ value: Double) -> String {
    if value.rounded(.towardZero) == value { return String(Int(value)) }
    let hundredths = Int((value * 100).rounded(.toNearestOrEven))
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}
