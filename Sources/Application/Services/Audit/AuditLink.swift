package import Domain
import Crypto

/// A line of the audit log in its chain.
///
/// Its hash is the SHA-256 of its canonical bytes: the fields in a fixed order, each with its length
/// in bytes and a colon before it, so that two lines never give the same bytes. Postgres computes it
/// when the line is written (`audit_line_sha256`), this program anew when the chain is verified.
package struct AuditLink: Hashable, Sendable {
  /// From 1, without gaps.
  package let seq: Int64
  package let at: Instant
  package let line: AuditLine
  /// The hash of the line before; 32 zeros for the first.
  package let previous: [UInt8]
  package let sha256: [UInt8]

  /// A line as it was read.
  package init(
    seq: Int64, at: Instant, line: AuditLine, previous: [UInt8], sha256: [UInt8]
  ) {
    self.seq = seq
    self.at = at
    self.line = line
    self.previous = previous
    self.sha256 = sha256
  }

  /// The next line of a chain.
  package init(_ line: AuditLine, at: Instant, after head: AuditHead) {
    let seq = head.seq + 1
    let bytes = Self.canonicalBytes(line, at: at, seq: seq, previous: head.sha256)
    self.init(
      seq: seq, at: at, line: line, previous: head.sha256, sha256: Array(SHA256.hash(data: bytes)))
  }

  /// Whether its hash is that of its content, had it been written as number `seq`.
  package func isSound(asLine seq: Int64) -> Bool {
    let bytes = Self.canonicalBytes(line, at: at, seq: seq, previous: previous)
    return Array(SHA256.hash(data: bytes)) == sha256
  }

  /// The bytes that are hashed: a magic word with the version of the form, then the fields.
  package static func canonicalBytes(
    _ line: AuditLine, at: Instant, seq: Int64, previous: [UInt8]
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    for field in [
      "polder-audit-1", "\(seq)", "\(at.milliseconds)", line.actor, line.action.rawValue,
      line.object, line.result.rawValue, line.origin, line.detail, Hexadecimal.text(previous),
    ] {
      bytes.append(contentsOf: "\(field.utf8.count):".utf8)
      bytes.append(contentsOf: field.utf8)
    }
    return bytes
  }
}

/// Where the chain ends: the number and hash of its last line. Kept outside Polder, it shows later
/// that nothing up to it was rewritten or cut off.
package struct AuditHead: Hashable, Sendable {
  /// 0 before the first line.
  package let seq: Int64
  package let sha256: [UInt8]

  package init(seq: Int64, sha256: [UInt8]) {
    self.seq = seq
    self.sha256 = sha256
  }

  /// Before the first line.
  package static let none = AuditHead(seq: 0, sha256: [UInt8](repeating: 0, count: 32))

  /// Reads `SEQ:HASH`, as ``description`` writes it.
  package init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let seq = Int64(parts[0]), seq >= 0,
      let sha256 = Hexadecimal.bytes(String(parts[1])), sha256.count == 32
    else { return nil }
    self.init(seq: seq, sha256: sha256)
  }
}

extension AuditHead: CustomStringConvertible {
  /// `17:9f86d081…`, the hash in full.
  package var description: String { "\(seq):\(Hexadecimal.text(sha256))" }
}

/// Bytes as people copy them: two lower-case digits each.
package enum Hexadecimal {
  /// Two digits a byte.
  package static func text(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Nil unless it is an even number of digits of either case.
  package static func bytes(_ text: String) -> [UInt8]? {
    let digits = text.utf8.map { Character(Unicode.Scalar($0)).hexDigitValue }
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = digits[index], let low = digits[index + 1] else { return nil }
      bytes.append(UInt8(high << 4 | low))
    }
    return bytes
  }
}
