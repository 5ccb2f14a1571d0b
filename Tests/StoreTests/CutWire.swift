// Why: a trigger can't fail where nothing is written, as at BEGIN, a lock or a question; the wire can.
import CPosix
import Foundation
import Synchronization
import Threads

/// Stands between a store and its server on a Unix socket, counts the statements that go by, and cuts
/// the connection at one of them.
///
/// It reads the frames of the protocol, version 3: a byte of kind and a length of four bytes, which
/// counts itself; the first frame of a client has no kind.
final class CutWire: Sendable {
  /// When the connection is cut.
  enum Moment: CaseIterable {
    /// The statement never reaches the server.
    case unheard
    /// The server did it, and its answer never reaches the client.
    case unanswered
  }

  struct Failure: Error {
    let call: String
    let errno: Int32
  }

  private struct State {
    var number = 0
    var count = 0
    var cuts = 0
    var isClosed = false
  }

  private let moment: Moment
  private let server: String
  private let folder: String
  private let listener: Int32
  private let state = Mutex(State())

  /// - Parameter server: the folder of the server's socket.
  init(to server: String, cutting moment: Moment) throws {
    self.moment = moment
    self.server = "\(server)/\(Self.socket)"
    folder = NSTemporaryDirectory() + "/cut-\(UInt32.random(in: .min ... .max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    listener = cposix_local_socket()
    let path = "\(folder)/\(Self.socket)"
    // The path is zero-terminated by the bridge for the duration of the call.
    let status = unsafe cposix_local_listen(listener, path, 0o600, 64)
    guard status == 0 else { throw Failure(call: "listen \(path)", errno: -status) }
    try OwnThread.start(named: "cut-wire") { self.accept() }
  }

  private static let socket = ".s.PGSQL.5432"

  /// What, at the end of a connection string, leads through here.
  var detour: String { " host=\(folder)" }

  /// Counts from 1 again, and cuts at the statement of this number; at none if it is 0.
  func cut(at number: Int) {
    state.withLock {
      $0.number = number
      $0.count = 0
    }
  }

  /// Statements since `cut(at:)`.
  var count: Int { state.withLock { $0.count } }

  /// Connections that were cut.
  var cuts: Int { state.withLock { $0.cuts } }

  func close() {
    state.withLock { $0.isClosed = true }
    _ = cposix_shutdown(listener)
    try? FileManager.default.removeItem(atPath: folder)
  }

  private func accept() {
    while true {
      let client = cposix_local_accept(listener)
      if client >= 0 {
        // A thread that can't be had shows as a connection that breaks.
        do {
          try OwnThread.start(named: "cut-wire") { self.serve(client) }
        } catch {
          cposix_close(client)
        }
      } else if state.withLock({ $0.isClosed }) {
        break
      } else {
        _ = cposix_wait_readable(listener, -1)
      }
    }
    cposix_close(listener)
  }

  private func serve(_ client: Int32) {
    let server = cposix_local_socket()
    defer {
      cposix_close(client)
      cposix_close(server)
    }
    // The path is zero-terminated by the bridge for the duration of the call.
    guard unsafe cposix_local_connect(server, self.server, -1) == 0,
      cposix_set_nonblocking(server) == 0
    else { return }
    var (asked, answered) = (Frames(beginsBare: true), Frames(beginsBare: false))
    while cposix_wait_ready(client, 0, server, -1) >= 0 {
      // `Q` and `E` of a client are a statement; `C` of a server says that one is done.
      guard pass(&asked, client, server, moment == .unheard ? Array("QE".utf8) : []),
        pass(&answered, server, client, moment == .unanswered ? Array("C".utf8) : [])
      else { return }
    }
  }

  /// Passes what came from one side on to the other; false when the connection ends here.
  private func pass(
    _ frames: inout Frames, _ from: Int32, _ to: Int32, _ counted: [UInt8]
  ) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let received = unsafe bytes.withUnsafeMutableBytes {
      // The array owns its bytes during the call.
      unsafe cposix_receive(from, $0.baseAddress, $0.count)
    }
    guard received > 0 else { return received == -Int64(EAGAIN) || received == -Int64(EINTR) }
    frames.append(bytes.prefix(Int(received)))
    var passed: [UInt8] = []
    while let frame = frames.next() {
      if let kind = frame.kind, counted.contains(kind), isCut() {
        _ = send(passed, to)
        return false
      }
      passed += frame.bytes
    }
    return send(passed, to)
  }

  /// Counts a statement; whether it is the one.
  private func isCut() -> Bool {
    state.withLock {
      $0.count += 1
      guard $0.count == $0.number else { return false }
      $0.cuts += 1
      return true
    }
  }

  private func send(_ bytes: [UInt8], _ to: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let status = unsafe bytes.withUnsafeBytes {
        // The rest of `bytes`, which the array owns during the call.
        unsafe cposix_send(to, $0.baseAddress?.advanced(by: sent), bytes.count - sent)
      }
      if status >= 0 {
        sent += Int(status)
      } else if status == -Int64(EAGAIN) {
        _ = cposix_wait_writable(to, -1)
      } else if status != -Int64(EINTR) {
        return false
      }
    }
    return true
  }
}

/// Bytes of one direction, cut into frames.
private struct Frames {
  private var isBare: Bool
  private var bytes: ArraySlice<UInt8> = []

  init(beginsBare: Bool) { isBare = beginsBare }

  mutating func append(_ more: ArraySlice<UInt8>) { bytes += more }

  /// The next frame that is whole; its kind is nil where it has none.
  mutating func next() -> (kind: UInt8?, bytes: ArraySlice<UInt8>)? {
    let head = isBare ? 0 : 1
    guard bytes.count >= head + 4 else { return nil }
    let length = bytes.dropFirst(head).prefix(4).reduce(0) { $0 << 8 | Int($1) }
    guard bytes.count >= head + length else { return nil }
    let frame = bytes.prefix(head + length)
    bytes.removeFirst(head + length)
    defer { isBare = false }
    return (isBare ? nil : frame.first, frame)
  }
}
