package import Domain

extension OptionValue {
  /// The most names in one list.
  private static let mostLicences = 32

  /// `matlab:2,ansys`: licences that each task needs, all of them; by name. Between them stand `,`,
  /// `;` (as Slurm has both) or `&`.
  package static func licences(_ text: String) throws(OptionError) -> [LicenceShare] {
    if text.contains("|") {
      throw OptionError(
        "'\(text)': one of several licences can't be asked for; name those that it needs, with , "
          + "between them")
    }
    let words = text.split(
      omittingEmptySubsequences: false, whereSeparator: { $0 == "," || $0 == ";" || $0 == "&" })
    guard words.count <= mostLicences else {
      throw OptionError("it names \(words.count) licences; the most accepted is \(mostLicences)")
    }
    var shares: [LicenceShare] = []
    for word in words {
      let parts = word.split(
        maxSplits: 1, omittingEmptySubsequences: false, whereSeparator: { $0 == ":" || $0 == "=" })
      guard let name = LicenceName(String(parts[0])) else {
        throw OptionError("'\(word)' is no licence; write a name and how many: matlab:2")
      }
      guard let count = parts.count == 2 ? digits(parts[1]) : 1, count > 0,
        Int64(count) <= LicenceShare.mostCount
      else {
        throw OptionError("'\(word)': after the name stands how many, from 1: \(name):2")
      }
      guard !shares.contains(where: { $0.name == name }) else {
        throw OptionError("'\(text)' names \(name) twice")
      }
      shares.append(LicenceShare(name: name, count: Int64(count)))
    }
    return shares.sorted { $0.name < $1.name }
  }
}
