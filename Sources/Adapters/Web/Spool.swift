import Foundation
import Hummingbird
import NIOCore
import Services
import Synchronization
import Wire

/// A long answer on its way: written to a file that has no name any more, and sent from there piece by
/// piece, so that neither its length nor a slow reader costs memory, or a transaction.
///
/// Stands in the temporary folder of the process and goes with the last reference.
final class Spool: TextSink {
  /// Bytes that are gathered before they are written, and read at once.
  private static let piece = 64 << 10

  private struct State {
    let file: FileHandle
    var waiting = Data()
    var count = 0
  }

  private let state: Mutex<State>

  /// - Throws: ``Problem`` 503 if there is no room for a file.
  init() throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("polder-\(UUID().uuidString)")
    // For this account alone, and for nobody once it has no name.
    guard
      FileManager.default.createFile(
        atPath: path.path, contents: nil, attributes: [.posixPermissions: 0o600])
    else { throw Self.noRoom }
    let file = try FileHandle(forUpdating: path)
    try FileManager.default.removeItem(at: path)
    state = Mutex(State(file: file))
  }

  private static var noRoom: Problem {
    Problem(
      title: "No room for the answer", status: 503, code: "unavailable",
      detail: "polderd could not write to its temporary folder",
      nextStep: "have an administrator make room there")
  }

  func restart() -> Bool {
    state.withLock { state in
      state.waiting = Data()
      state.count = 0
      do {
        try state.file.truncate(atOffset: 0)
        return true
      } catch {
        return false
      }
    }
  }

  func write(_ piece: String) -> Bool {
    state.withLock { state in
      state.waiting.append(contentsOf: piece.utf8)
      return state.waiting.count < Self.piece || Self.flush(&state)
    }
  }

  /// A line of JSON for each value.
  ///
  /// - Throws: 503 if there is no room for them.
  func write(lines values: [some Encodable]) throws(Problem) -> Bool {
    for value in values {
      guard let line = Answer.line(of: value), write(line + "\n") else { throw Self.noRoom }
    }
    return true
  }

  private static func flush(_ state: inout State) -> Bool {
    do {
      try state.file.write(contentsOf: state.waiting)
      state.count += state.waiting.count
      state.waiting = Data()
      return true
    } catch {
      return false
    }
  }

  /// What was written, as an answer. To be asked for once.
  func answer(as type: String = "text/plain; charset=utf-8") throws -> Response {
    let count = try state.withLock { state in
      guard Self.flush(&state) else { throw Self.noRoom }
      try state.file.seek(toOffset: 0)
      return state.count
    }
    return Response(
      status: .ok, headers: [.contentType: type],
      body: ResponseBody(contentLength: count) { writer in
        while let piece = try self.next() { try await writer.write(ByteBuffer(bytes: piece)) }
        try await writer.finish(nil)
      })
  }

  private func next() throws -> Data? {
    try state.withLock { state in
      let piece = try state.file.read(upToCount: Self.piece)
      return piece?.isEmpty == false ? piece : nil
    }
  }
}
