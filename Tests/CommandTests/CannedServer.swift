import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A server on a Unix socket that answers from a list, request by request, and remembers what it
/// was asked: for what the daemon would have to be broken to do.
final class CannedServer: Sendable {
  enum Answer: Sendable {
    case json(Int, String)
    /// The connection ends without an answer.
    case hangUp
  }

  struct Request: Sendable {
    let line: String
    /// The idempotency key that it carried.
    let key: String?
    let body: String
  }

  let socket: String
  private let channel: any Channel
  private let log: Log

  /// What was asked, in order.
  var requests: [Request] { log.requests.withLock { $0 } }

  init(_ answers: [Answer]) async throws {
    socket = "/tmp/cs-" + String(UInt64.random(in: .min ... .max), radix: 36)
    let log = Log(answers)
    self.log = log
    channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(Handler(log))
        }
      }
      .bind(unixDomainSocketPath: socket).get()
  }

  func close() async throws {
    try await channel.close()
    try? FileManager.default.removeItem(atPath: socket)
  }

  private final class Log: Sendable {
    let requests = Mutex<[Request]>([])
    private let answers: Mutex<[Answer]>

    init(_ answers: [Answer]) { self.answers = Mutex(answers) }

    func take(_ request: Request) -> Answer {
      requests.withLock { $0.append(request) }
      return answers.withLock { $0.isEmpty ? .hangUp : $0.removeFirst() }
    }
  }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let log: Log
    private var head: HTTPRequestHead?
    private var body = ""

    init(_ log: Log) { self.log = log }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head):
        self.head = head
        body = ""
      case .body(let bytes): body += String(buffer: bytes)
      case .end: answer(context)
      }
    }

    private func answer(_ context: ChannelHandlerContext) {
      guard let head else { return }
      let line = "\(head.method.rawValue) \(head.uri)"
      switch log.take(
        Request(line: line, key: head.headers.first(name: "Idempotency-Key"), body: body))
      {
      case .hangUp:
        context.close(promise: nil)
      case .json(let status, let text):
        let headers: HTTPHeaders = ["Content-Length": "\(text.utf8.count)"]
        let head = HTTPResponseHead(
          version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
      }
    }
  }
}

/// A value as the daemon would send it.
func json(_ value: some Encodable) throws -> String {
  String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
}
