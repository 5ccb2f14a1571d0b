// Why: a half-written journal beside the good one is taken for the books.
import ArgumentParser
import Foundation
import Testing
import Wire

@testable import polder

@Suite("exporting a journal")
struct ExportTests {
  @Test("leaves the file as it was and nothing beside it if it is refused")
  func refused() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "books.journal")
    try Data("old".utf8).write(to: file)
    let problem = Problem(title: "Not allowed", status: 403, code: "not-allowed", detail: "no")
    let server = try await CannedServer([.json(403, try json(problem))])
    var command = try #require(
      try Polder.parseAsRoot([
        "export", "journal", "--all", "-o", file.path, "--socket", server.socket,
      ]) as? ExportJournal)
    await #expect(throws: (any Error).self) { try await command.run() }
    try await server.close()
    #expect(server.requests.count == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["books.journal"])
    #expect(try Data(contentsOf: file) == Data("old".utf8))
  }
}
