import Documents
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import OpenSSL
import Seals
import Services
import Wire

/// A centre's key, and a time-stamping authority that is `openssl ts`, in a folder of their own.
final class SealFixture: Sendable {
  let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "seal-\(UUID())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, extra) in [
      ("seal", []), ("other", []), ("tsa", ["-addext", "extendedKeyUsage=critical,timeStamping"]),
    ] {
      try openssl(
        ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
          + ["-keyout", path("\(name).key"), "-out", path("\(name).pem"), "-days", "2"]
          + ["-subj", "/CN=Test \(name)"] + extra)
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o600], ofItemAtPath: path("\(name).key"))
    }
    try """
    [tsa]
    default_tsa = here
    [here]
    serial = \(path("serial"))
    signer_cert = \(path("tsa.pem"))
    signer_key = \(path("tsa.key"))
    signer_digest = sha256
    default_policy = 1.2.3.4.1
    digests = sha256
    ess_cert_id_alg = sha256
    """.write(toFile: path("tsa.cnf"), atomically: true, encoding: .utf8)
    try "01".write(toFile: path("serial"), atomically: true, encoding: .utf8)
  }

  /// A key `NAME.key` with its certificate `NAME.pem` that `issuer` issued, itself if nil.
  func issue(_ name: String, by issuer: String?, mayIssue: Bool = false) throws {
    try "[req]\ndistinguished_name = none\n[none]\n".write(
      toFile: path("issue.cnf"), atomically: true, encoding: .utf8)
    try openssl(
      ["req", "-x509", "-config", path("issue.cnf"), "-newkey", "ec", "-nodes", "-days", "2"]
        + ["-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=Test \(name)"]
        + ["-keyout", path("\(name).key"), "-out", path("\(name).pem")]
        + ["-addext", "basicConstraints=critical,CA:\(mayIssue ? "TRUE" : "FALSE")"]
        + (issuer.map { ["-CA", path("\($0).pem"), "-CAkey", path("\($0).key")] } ?? []))
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o600], ofItemAtPath: path("\(name).key"))
  }

  /// The text of files, one behind the other, in a file that all can read.
  func join(_ names: String..., into name: String) throws {
    try names.map { try String(contentsOfFile: path($0), encoding: .utf8) }.joined()
      .write(toFile: path(name), atomically: true, encoding: .utf8)
  }

  /// Whether the command that README.txt of a folder tells is content: the one that begins with these words.
  func readme(
    of folder: String, _ words: String, _ named: String, is file: String
  ) throws -> Bool {
    let text = try String(contentsOfFile: "\(folder)/README.txt", encoding: .utf8)
      .replacingOccurrences(of: "\\\n", with: " ")
    guard let line = text.split(separator: "\n").first(where: { $0.contains("  \(words)") }) else {
      return false
    }
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = [
      "-c", line.replacingOccurrences(of: named, with: path(file)) + " >/dev/null 2>&1",
    ]
    process.currentDirectoryURL = URL(filePath: folder)
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  func remove() { try? FileManager.default.removeItem(atPath: folder) }

  func path(_ name: String) -> String { "\(folder)/\(name)" }

  var sealer: KeySealer { KeySealer(key: path("seal.key"), certificate: path("seal.pem")) }

  /// Whether openssl ends with 0; throws, with what it said, only where it must.
  @discardableResult
  func openssl(_ words: [String], mayFail: Bool = false) throws -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["openssl"] + words
    let said = Pipe()
    process.standardError = said
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: said.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 || mayFail else { throw Refused(text: text) }
    return process.terminationStatus == 0
  }

  struct Refused: Error { let text: String }

  /// What `polderd` would answer, of a report with one row.
  func reports(
    timeStamp: String? = nil, by sealer: KeySealer? = nil
  ) async throws -> SealedReportsView {
    let report = ReportView(
      title: "Projects", from: 1_793_491_200_000, to: 1_796_083_200_000,
      asOf: 1_796_083_200_000, made: 5, columns: ["project", "used GPU-h"],
      rows: [["longscan", "12.5000"]], notes: ["Used: é."], csv: "project,used GPU-h\n")
    let files =
      ReportFiles().files(of: report, .projects, named: "projects")
      + [ReportFiles().readme(["projects"], standing: "Not a qualified seal")]
    let manifest = ReportFiles().text(
      of: SealManifest(
        release: PolderRelease.version, from: "2026-11-01", to: "2026-11-30",
        seal: "Not a qualified seal", reports: ["projects"],
        files: files.map {
          .init(
            name: $0.name, bytes: $0.text.utf8.count,
            sha256: Digest.sha256(Array($0.text.utf8)) ?? "")
        },
        ledger: [
          .init(
            month: "2026-11", closed: "2026-12-01T00:00:00Z", entries: 3, entriesSHA256: "ab",
            factsSHA256: nil)
        ]))
    let seal = try await (sealer ?? self.sealer).seal(Array(manifest.utf8))
    let digits: String = OpenSSL.Hexadecimal.text(seal.signature)
    return SealedReportsView(
      files: files, manifest: manifest,
      manifestSHA256: Digest.sha256(Array(manifest.utf8)) ?? "",
      signature: digits, signer: seal.signer,
      fingerprint: seal.fingerprint, standing: "Not a qualified seal", timeStamp: timeStamp)
  }

  /// The answer of the authority to a request.
  func stamp(_ request: [UInt8]) throws -> [UInt8] {
    let (asked, answer) = (path("\(UUID()).tsq"), path("\(UUID()).tsr"))
    try Data(request).write(to: URL(filePath: asked))
    try openssl([
      "ts", "-reply", "-config", path("tsa.cnf"), "-section", "here", "-queryfile", asked, "-out",
      answer,
    ])
    return Array(try Data(contentsOf: URL(filePath: answer)))
  }
}

/// A server of HTTP on loopback that answers each request by what its body is.
final class BodyServer: Sendable {
  let url: String
  private let channel: any Channel

  init(_ answer: @escaping @Sendable ([UInt8]) -> [UInt8]) async throws {
    channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(Handler(answer))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    url = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)/"
  }

  func close() async throws { try await channel.close() }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let reply: @Sendable ([UInt8]) -> [UInt8]
    private var body: [UInt8] = []

    init(_ reply: @escaping @Sendable ([UInt8]) -> [UInt8]) { self.reply = reply }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head: body = []
      case .body(let bytes): body += Array(bytes.readableBytesView)
      case .end:
        let bytes = reply(body)
        let headers: HTTPHeaders = ["Content-Length": "\(bytes.count)"]
        let status: HTTPResponseStatus = bytes.isEmpty ? .internalServerError : .ok
        context.write(
          wrapOutboundOut(.head(.init(version: .http1_1, status: status, headers: headers))),
          promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
      }
    }
  }
}
