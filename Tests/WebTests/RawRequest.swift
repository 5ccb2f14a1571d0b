import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Wire

/// One request as no client of ours would send it, and its answer.
struct RawRequest {
  let status: Int
  let type: String?
  let text: String

  /// A POST if it has a body, else a GET.
  init(_ socket: String, _ path: String, body: String? = nil) async throws {
    let escaped = socket.replacing("/", with: "%2F")
    var request = HTTPClientRequest(url: "http+unix://\(escaped)\(path)")
    if let body {
      request.method = .POST
      request.body = .bytes(ByteBuffer(string: body))
    }
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
    status = Int(response.status.code)
    type = response.headers.first(name: "Content-Type")
    text = String(buffer: try await response.body.collect(upTo: 1 << 20))
  }

  func problem() throws -> Problem {
    try JSONDecoder().decode(Problem.self, from: Data(text.utf8))
  }
}
