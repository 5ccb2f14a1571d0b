package import Wire

extension Wording {
  /// What is wrong with the options of a submission, or nil if nothing is. Faults of the script
  /// carry their place; those of the command line name the option.
  package static func problem(_ faults: [OptionFault], script: String) -> Problem? {
    guard let first = faults.first else { return nil }
    var places: [Problem.Place] = []
    var others: [String] = []
    for fault in faults {
      switch fault.origin {
      case .script(let line):
        places.append(Problem.Place(file: script, line: line, message: fault.message))
      case .commandLine: others.append(fault.message)
      }
    }
    let detail =
      if faults.count == 1 {
        first.message
      } else if others.isEmpty {
        "\(faults.count) faults in \(script); nothing was accepted"
      } else {
        others.joined(separator: "; ")
      }
    return Problem(
      title: "The submission can't be read", status: 422, code: "invalid", detail: detail,
      nextStep: "correct it and submit it again; nothing was accepted. "
        + "docs/submitting.md lists the options",
      places: places)
  }
}
