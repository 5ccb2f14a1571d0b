import Foundation
import Glibc

/// How a foreign command ended, and what it said.
struct Output: Sendable {
  let words: [String]
  /// The exit code; 124 for one that was ended because its time was over.
  let status: Int32
  let text: String
  let complaint: String

  /// The output of a command that must succeed.
  func orThrow() throws -> String {
    guard status == 0 else { throw CommandFailure(output: self) }
    return text
  }
}

struct CommandFailure: Error, CustomStringConvertible {
  let output: Output

  var description: String {
    "\(output.words.joined(separator: " ")) ended with \(output.status): "
      + output.complaint + output.text
  }
}

/// Runs a command to its end with its output in files and none of our descriptors, so that no
/// daemon that it starts can keep the test waiting. (Foundation's `Process` takes a command for
/// running as long as any of its descendants lives.)
enum Command {
  static func run(
    _ words: [String], environment: [String: String], folder: String, deadlineSeconds: Int
  ) async throws -> Output {
    let place = FileManager.default.temporaryDirectory
      .appendingPathComponent("polder-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: place) }
    let files = ["text", "complaint"].map { place.appendingPathComponent($0) }
    let process = try start(
      ["/usr/bin/env", "--chdir=\(folder)", "timeout", "--kill-after=5", "\(deadlineSeconds)"]
        + words,
      environment: environment.map { "\($0.key)=\($0.value)" }, output: files.map(\.path))
    let status = await withCheckedContinuation { ended in
      // A thread of its own, since it blocks until the command has ended.
      Thread.detachNewThread { ended.resume(returning: end(of: process)) }
    }
    let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    return Output(words: words, status: status, text: texts[0], complaint: texts[1])
  }

  private struct NotStarted: Error {
    let words: [String]
    let code: Int32
  }

  private static func start(
    _ words: [String], environment: [String], output: [String]
  ) throws -> pid_t {
    // Ours from here to the end of this function; what is added to it is copied.
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for (descriptor, file) in zip([Int32(1), 2], output) {
      // The same.
      unsafe posix_spawn_file_actions_addopen(
        &actions, descriptor, file, O_WRONLY | O_CREAT, 0o600)
    }
    let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    for descriptor in open.compactMap({ Int32($0) }) where descriptor > 2 {
      // The same; one that is closed by then is no error.
      unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    var process = pid_t()
    // Copies that end with a zero, in arrays that end with a null; freed when the call is over.
    var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
    var variables = unsafe environment.map { unsafe strdup($0) } + [nil]
    defer {
      unsafe (arguments + variables).forEach { unsafe free($0) }
    }
    let code = unsafe posix_spawn(&process, words[0], &actions, nil, &arguments, &variables)
    guard code == 0 else { throw NotStarted(words: words, code: code) }
    return process
  }

  /// Waits for the end of a child of ours. Its exit code, or 128 and the signal that ended it.
  private static func end(of process: pid_t) -> Int32 {
    var status: Int32 = 0
    // `status` is this function's own.
    while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
  }
}
