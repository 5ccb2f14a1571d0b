import Foundation
import Testing

/// The Slurm plugin is C that slurmctld loads: its test is C too, and is built here with the
/// plugin's sources by the same compiler and flags.
@Suite struct PluginTests {
  @Test("the plugin keeps its rules", .timeLimit(.minutes(5)))
  func pluginKeepsItsRules() throws {
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let folder = root.appending(path: "Sources/Plugins/job_submit_polder")
    let sources = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".c") }.sorted().map { folder.appending(path: $0).path }
    #expect(sources.count > 3)
    let program = NSTemporaryDirectory() + "plugin-test-\(UUID())"
    defer { try? FileManager.default.removeItem(atPath: program) }
    let flags = ["-std=gnu17", "-O1", "-g", "-Wall", "-Wextra", "-Werror"]
    let built = try run(
      "/usr/bin/cc",
      flags + ["-o", program] + sources
        + [root.appending(path: "Tests/PluginTests/plugin_test.c").path, "-lslurm", "-lpthread"])
    try #require(built.status == 0, "\(built.output)")
    // Short, for a socket is in it.
    let desk = "/tmp/polder-plugin-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: desk, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: desk) }
    let ran = try run(program, [desk])
    #expect(ran.status == 0, "\(ran.output)")
  }

  private func run(_ program: String, _ arguments: [String]) throws -> (
    status: Int32, output: String
  ) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
