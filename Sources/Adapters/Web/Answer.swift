import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Wire

/// Reads and writes bodies. JSON has its keys sorted, so that equal answers are equal bytes.
enum Answer {
  static func json(
    _ value: some Encodable, status: HTTPResponse.Status = .ok
  ) throws -> Response {
    Response(
      status: status, headers: [.contentType: "application/json"], body: try body(of: value))
  }

  static func text(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status, headers: [.contentType: "text/plain; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  static func problem(_ problem: Problem) -> Response {
    let status = HTTPResponse.Status(code: problem.status)
    var headers: HTTPFields = [.contentType: "application/problem+json"]
    if problem.status == 503 { headers[.retryAfter] = "5" }
    do {
      return Response(status: status, headers: headers, body: try body(of: problem))
    } catch {
      // A problem is texts and numbers, which JSON can carry; a client reads the status alone.
      return Response(status: status, headers: headers)
    }
  }

  /// One line of JSON; nil for a value that JSON can't carry.
  static func line(of value: some Encodable) -> String? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch {
      return nil
    }
  }

  private static func body(of value: some Encodable) throws -> ResponseBody {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return ResponseBody(byteBuffer: ByteBuffer(bytes: try encoder.encode(value)))
  }
}

extension Request {
  /// The body as a value.
  ///
  /// - Throws: ``Problem`` 413 if it is longer than `limit` bytes, 400 if it is not that value.
  func decoded<Value: Decodable>(_ type: Value.Type, upTo limit: Int) async throws -> Value {
    let bytes: ByteBuffer
    do {
      bytes = try await body.collect(upTo: limit)
    } catch is NIOTooManyBytesError {
      throw Problem(
        title: "The request is too long", status: 413, code: "too-long",
        detail: "the body has more than \(limit) bytes, the most that is read here",
        nextStep: "send less: a script may be \(4 << 20) bytes long")
    }
    let data = Data(bytes.readableBytesView)
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch let error as DecodingError {
      throw Problem(
        title: "The body is not as expected", status: 400, code: "invalid",
        detail: Self.sentence(error, of: data), nextStep: "see docs/api.md")
    }
  }

  private static func sentence(_ error: DecodingError, of data: Data) -> String {
    func path(_ context: DecodingError.Context) -> String {
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      return path.isEmpty ? "the body" : path
    }
    return switch error {
    case .keyNotFound(let key, let context): "\(path(context)): '\(key.stringValue)' is missing"
    case .typeMismatch(let type, let context): "\(path(context)) is not a \(type)"
    case .valueNotFound(let type, let context): "\(path(context)) is null, not a \(type)"
    case .dataCorrupted(let context): "\(path(context)) is not valid JSON\(place(in: data))"
    @unknown default: "the body is not valid JSON"
    }
  }
  /// ` at line 3, column 6`, counted from 1 in bytes: where a text stops being JSON. The decoder does not
  /// say where; the parser beside it does, as the number of a byte in its words.
  private static func place(in data: Data) -> String {
    do {
      _ = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
      return ""
    } catch {
      let words = (error as NSError).userInfo["NSDebugDescription"] as? String ?? ""
      guard let match = words.firstMatch(of: #/character (\d+)/#), let offset = Int(match.1) else {
        return words.isEmpty ? "" : ": \(words)"
      }
      let before = data.prefix(offset)
      let line = before.count { $0 == UInt8(ascii: "\n") } + 1
      let column = offset - (before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0) + 1
      return " at line \(line), column \(column)"
    }
  }
}
