import Domain
import Services

/// `retention:` of the configuration: periods after the end of a job, of notes after their act, `30 d`,
/// or `never` erased.
struct RetentionSettings: Decodable {
  let policy: RetentionPolicy

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case payloads, paths, jobNames, notes
  }

  init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    let standard = RetentionPolicy()
    policy = RetentionPolicy(
      payloads: try Self.period(keys, .payloads, standard.payloads),
      paths: try Self.period(keys, .paths, standard.paths),
      jobNames: try Self.period(keys, .jobNames, standard.jobNames),
      notes: try Self.period(keys, .notes, standard.notes))
  }

  private static func period(
    _ keys: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys, _ standard: Seconds?
  ) throws -> Seconds? {
    guard let text = try keys.decodeIfPresent(String.self, forKey: key) else { return standard }
    if text == "never" { return nil }
    let parts = text.split(separator: " ")
    guard parts.count == 2, parts[1] == "d", let days = Int64(parts[0]),
      (1...36_500).contains(days)
    else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: keys,
        debugDescription: "'\(text)' is neither days, such as 30 d, nor never")
    }
    return .days(days)
  }
}
