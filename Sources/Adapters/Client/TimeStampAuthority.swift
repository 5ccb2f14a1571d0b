import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// An authority for time-stamps over HTTP, as RFC 3161 has it (3.4). What it is asked is a digest; it hears
/// nothing else.
package enum TimeStampAuthority {
  private static let mostBytes = 1 << 16
  private static let within = TimeAmount.seconds(30)

  /// The bytes that it answers; whether they are a time-stamp is not looked at.
  ///
  /// - Throws: why there is no answer, in words.
  package static func ask(
    _ url: String, _ request: [UInt8]
  ) async throws(TimeStampError) -> [UInt8] {
    let http = HTTPClient(eventLoopGroupProvider: .singleton)
    let answer: Result<[UInt8], TimeStampError>
    do {
      var asked = HTTPClientRequest(url: url)
      asked.method = .POST
      asked.headers.add(name: "Content-Type", value: "application/timestamp-query")
      asked.headers.add(name: "Accept", value: "application/timestamp-reply")
      asked.body = .bytes(Data(request))
      let response = try await http.execute(asked, timeout: within)
      let body = try await response.body.collect(upTo: mostBytes)
      answer =
        response.status == .ok
        ? .success(Array(body.readableBytesView))
        : .failure(TimeStampError(words: "it answered \(response.status.code)"))
    } catch {
      answer = .failure(TimeStampError(words: "\(error)"))
    }
    do {
      try await http.shutdown()
    } catch {
      // The answer is there, or is not.
    }
    return try answer.get()
  }
}

/// Why an authority gave nothing.
package struct TimeStampError: Error, Equatable {
  package let words: String

  package init(words: String) { self.words = words }
}
