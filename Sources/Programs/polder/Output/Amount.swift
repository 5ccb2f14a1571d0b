import Domain

/// How the command prints the interface's raw integers.
enum Amount {
  /// GPU-milliseconds as GPU-hours: `1.2500`.
  static func hours(_ milliseconds: Int64) -> String {
    GPUTime(milliseconds: milliseconds).hoursText()
  }

  /// With the unit: `1.2500 GPU-h`.
  static func withUnit(_ milliseconds: Int64) -> String {
    GPUTime(milliseconds: milliseconds).description
  }

  /// Thousandths of a GPU-equivalent: `1.250`.
  static func weight(_ thousandths: Int64) -> String {
    Weight(thousandths: thousandths).description
  }
}
