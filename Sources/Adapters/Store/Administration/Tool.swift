import Foundation

/// Why something outside failed, for a person.
struct ToolFailure: Error {
  let message: String
  init(_ message: String) { self.message = message }
}

/// Programs and files of this machine that a backup needs.
enum Tool {
  /// A program of Postgres: from the newest installation of Debian's, else by PATH.
  static func postgres(_ name: String) -> String {
    let root = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    let paths = versions.compactMap { Int($0) }.sorted(by: >).map { "\(root)/\($0)/bin/\(name)" }
    return paths.first { FileManager.default.isExecutableFile(atPath: $0) } ?? name
  }

  /// Runs a program to its end and gives what it printed. Blocks its thread.
  @discardableResult
  static func run(_ program: String, _ words: [String]) throws(ToolFailure) -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + words
    let output = Pipe()
    let complaint = Pipe()
    process.standardOutput = output
    process.standardError = complaint
    process.standardInput = FileHandle.nullDevice
    let printed: Data
    let complained: Data
    do {
      try process.run()
      printed = try output.fileHandleForReading.readToEnd() ?? Data()
      complained = try complaint.fileHandleForReading.readToEnd() ?? Data()
    } catch {
      throw ToolFailure("\(program) can't be run: \(error)")
    }
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let why = String(decoding: complained, as: UTF8.self)
      throw ToolFailure("\(program) ended with \(process.terminationStatus): \(why)")
    }
    return String(decoding: printed, as: UTF8.self)
  }

  /// In hexadecimal digits.
  static func sha256(of file: String) throws(ToolFailure) -> String {
    let printed = try run("sha256sum", ["--", file])
    guard let digest = printed.split(separator: " ").first, digest.count == 64 else {
      throw ToolFailure("sha256sum printed no digest of \(file)")
    }
    return String(digest)
  }

  /// Makes an empty file that its owner alone may read.
  static func makePrivate(_ file: String) throws(ToolFailure) {
    remove(file)
    let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw ToolFailure("\(file) can't be written: \(unsafe String(cString: strerror(errno)))")
    }
    close(descriptor)
  }

  /// Nothing if there is none.
  static func remove(_ file: String) {
    _ = unsafe unlink(file)
  }

  static func write(_ value: some Encodable, to file: String) throws(ToolFailure) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    do {
      let text = try encoder.encode(value) + Data("\n".utf8)
      try text.write(to: URL(filePath: file), options: .atomic)
    } catch {
      throw ToolFailure("\(file) can't be written: \(why(error))")
    }
  }

  static func read<Value: Decodable>(
    _ type: Value.Type, from file: String
  ) throws(ToolFailure) -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(contentsOf: URL(filePath: file)))
    } catch {
      throw ToolFailure(
        "\(file) can't be read: \(why(error)). A backup is two files, FILE and FILE.manifest, and is "
          + "named by the first")
    }
  }

  private static func why(_ error: any Error) -> String {
    if error is DecodingError { return "it is no manifest of `polder admin backup`" }
    return switch (error as? CocoaError)?.code {
    case .fileNoSuchFile, .fileReadNoSuchFile: "there is no such file or folder"
    case .fileReadNoPermission, .fileWriteNoPermission: "this account may not"
    case .fileWriteOutOfSpace: "the disk is full"
    default: error.localizedDescription
    }
  }

  static func rename(_ file: String, to target: String) throws(ToolFailure) {
    guard unsafe Glibc.rename(file, target) == 0 else {
      throw ToolFailure("\(file) can't be renamed to \(target)")
    }
  }
}
