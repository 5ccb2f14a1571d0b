package import FoundationEssentials

/// How messages travel: a length of four bytes, most significant first, then that many bytes of JSON.
package enum BridgeFrame {
  /// A request: a script and an environment of some megabytes at most.
  package static let maximumRequestBytes = 16 << 20
  /// An answer: some hundred thousand jobs.
  package static let maximumReplyBytes = 512 << 20

  /// The JSON of a message, keys sorted, without the length.
  package static func encode(_ message: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(message)
  }

  /// A message from its JSON. Throws Foundation's `DecodingError` for anything else.
  package static func decode<Message: Decodable>(_ type: Message.Type, from json: Data) throws
    -> Message
  {
    try JSONDecoder().decode(type, from: json)
  }
}
