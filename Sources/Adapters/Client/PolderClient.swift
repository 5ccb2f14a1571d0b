import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Wire

/// Polder's HTTP interface over the daemon's Unix socket. Who calls is told by the socket's peer
/// credentials; there is nothing to log in with.
///
/// Each call makes at most one request, but for ``submit(_:key:)``. Close it when done.
package final class PolderClient: Sendable {
  /// The path of the daemon's socket, for messages.
  package let socket: String

  private let http: HTTPClient

  /// The longest answer that is read: a ledger of about a hundred thousand entries.
  package static let largestAnswer = 256 << 20
  private static let answerWithin = TimeAmount.seconds(30)
  /// A report over all runs takes its minutes.
  private static let patientAnswerWithin = TimeAmount.minutes(30)
  /// A journal of all books takes its minutes.
  private static let streamWithin = TimeAmount.hours(2)

  /// Connects when the first request is made; a path that is no socket shows only then.
  package init(socket: String) {
    self.socket = socket
    var configuration = HTTPClient.Configuration()
    configuration.httpVersion = .http1Only
    configuration.redirectConfiguration = .disallow
    configuration.timeout.connect = .seconds(5)
    // A closed socket is told at once; whether to try again is the caller's to decide.
    configuration.connectionPool.retryConnectionEstablishment = false
    http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  /// Ends the connections. A client that is not closed traps when it goes.
  package func close() async {
    do {
      try await http.shutdown()
    } catch {
      // Closing twice, or a connection that broke meanwhile: nothing is left to be closed.
    }
  }

  /// A client for the length of `body`, closed however that ends.
  package static func connected<Value>(
    to socket: String, _ body: (PolderClient) async throws -> Value
  ) async throws -> Value {
    let client = PolderClient(socket: socket)
    do {
      let value = try await body(client)
      await client.close()
      return value
    } catch {
      await client.close()
      throw error
    }
  }

  // MARK: - One request

  /// - Parameter isPatient: waits as long as the daemon may take for what goes over all runs.
  func get<Answer: Decodable>(
    _ path: String, query: [(String, String?)] = [], isPatient: Bool = false
  ) async throws(ClientError) -> Answer {
    try await answer(
      to: request(.GET, path, query),
      within: isPatient ? Self.patientAnswerWithin : Self.answerWithin)
  }

  func post<Answer: Decodable>(
    _ path: String, _ body: (any Encodable)? = nil, headers: [(String, String)] = [],
    isPatient: Bool = false
  ) async throws(ClientError) -> Answer {
    var request = request(.POST, path, [])
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      let data = try body.map { try encoder.encode($0) } ?? Data("{}".utf8)
      request.headers.add(name: "Content-Type", value: "application/json")
      request.body = .bytes(data)
    } catch {
      throw .unreadable("the request can't be written as JSON: \(error)")
    }
    return try await answer(
      to: request, within: isPatient ? Self.patientAnswerWithin : Self.answerWithin)
  }

  private func request(
    _ method: HTTPMethod, _ path: String, _ query: [(String, String?)]
  ) -> HTTPClientRequest {
    let allowed = CharacterSet.alphanumerics.intersection(
      CharacterSet(charactersIn: Unicode.Scalar(0)..<Unicode.Scalar(128))
    ).union(CharacterSet(charactersIn: "-_.~"))
    func escaped(_ text: String) -> String {
      text.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    }
    let pairs = query.compactMap { name, value in value.map { "\(name)=\(escaped($0))" } }
    let steps = path.split(separator: "/").map { escaped(String($0)) }.joined(separator: "/")
    let tail = pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    var request = HTTPClientRequest(url: "http+unix://\(escaped(socket))/\(steps)\(tail)")
    request.method = method
    request.headers.add(name: "Host", value: "localhost")
    request.headers.add(name: "Accept", value: "application/json, application/problem+json")
    return request
  }

  /// An answer of any length, piece by piece. Throws ``ClientError``, and what `take` throws.
  func stream(
    _ path: String, query: [(String, String?)], _ take: (Data) throws -> Void
  ) async throws {
    let response: HTTPClientResponse
    do {
      response = try await http.execute(request(.GET, path, query), timeout: Self.streamWithin)
    } catch {
      throw ClientError(connecting: error, socket: socket)
    }
    guard (200..<300).contains(Int(response.status.code)) else {
      throw try await Self.problem(response, socket)
    }
    var pieces = response.body.makeAsyncIterator()
    while true {
      let piece: ByteBuffer?
      do {
        piece = try await pieces.next()
      } catch {
        throw ClientError(connecting: error, socket: socket)
      }
      guard let piece else { return }
      try take(Data(piece.readableBytesView))
    }
  }

  private func answer<Answer: Decodable>(
    to request: HTTPClientRequest, within limit: TimeAmount
  ) async throws(ClientError) -> Answer {
    let body = try await body(of: request, within: limit)
    do {
      return try JSONDecoder().decode(Answer.self, from: body)
    } catch {
      throw .unreadable("\(body.count) bytes: \(error)")
    }
  }

  /// The bytes of an answer, or the problem that it is.
  private func body(
    of request: HTTPClientRequest, within limit: TimeAmount
  ) async throws(ClientError) -> Data {
    let response: HTTPClientResponse
    let body: Data
    do {
      response = try await http.execute(request, timeout: limit)
      let buffer = try await response.body.collect(upTo: Self.largestAnswer)
      body = Data(buffer.readableBytesView)
    } catch {
      throw ClientError(connecting: error, socket: socket)
    }
    let status = Int(response.status.code)
    guard (200..<300).contains(status) else { throw Self.problem(status, body, socket) }
    return body
  }

  private static func problem(
    _ response: HTTPClientResponse, _ socket: String
  ) async throws(ClientError) -> ClientError {
    do {
      let buffer = try await response.body.collect(upTo: Self.largestAnswer)
      return problem(Int(response.status.code), Data(buffer.readableBytesView), socket)
    } catch {
      throw ClientError(connecting: error, socket: socket)
    }
  }

  /// What an answer that is no success says.
  private static func problem(_ status: Int, _ body: Data, _ socket: String) -> ClientError {
    do {
      return .refused(try JSONDecoder().decode(Problem.self, from: body))
    } catch {
      if status >= 500 { return .lost(socket, "it answered \(status) without saying why") }
      return .unreadable("status \(status), \(body.count) bytes: \(error)")
    }
  }
}
