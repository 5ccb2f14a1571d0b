// SPDX-License-Identifier: GPL-2.0-or-later
import BridgeProtocol
import Foundation
import Testing

@testable import SlurmControl

@Suite final class EndedRunRecordTests {
  let folder: URL
  let path: String

  init() throws {
    folder = URL(fileURLWithPath: NSTemporaryDirectory()).appending(path: "record-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.appending(path: "jobcomp.log").path
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private var record: EndedRunRecord { EndedRunRecord(path: path) }

  private func append(_ text: String) throws {
    if !FileManager.default.fileExists(atPath: path) {
      try Data().write(to: URL(fileURLWithPath: path))
    }
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.seekToEnd()
    try file.write(contentsOf: Data(text.utf8))
    try file.close()
  }

  private func lines(_ ids: ClosedRange<Int>) -> String {
    ids.map { "\(EndedRunLineTests.line(id: $0))\n" }.joined()
  }

  /// All runs from a cursor on, page by page.
  private func all(after cursor: inout RecordCursor?, limit: Int = 3) -> [Int] {
    var ids: [Int] = []
    for _ in 0..<100 {
      let page = record.page(after: cursor, limit: limit)
      ids += page.runs.map(\.jobID)
      cursor = page.next
      if !page.more { break }
    }
    return ids
  }

  @Test("who waits for the end of the record is told when it moves, or after the time")
  func endMoves() async throws {
    #expect(record.end(notAt: nil, within: 1) == nil, "there is no record")
    try append("one\n")
    let first = try #require(record.end(notAt: nil, within: 60_000))
    #expect(record.end(notAt: first, within: 1) == first)
    let record = record
    let moved = Task.detached { record.end(notAt: first, within: 60_000) }
    try append("two\n")
    #expect(await moved.value?.offset == 8)
    // Another file takes its place.
    try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
    try append("three..\n")
    let other = try #require(record.end(notAt: first, within: 60_000))
    #expect(other.inode != first.inode)
  }

  @Test("pages follow each other without gap or repetition")
  func pagesFollow() throws {
    var cursor: RecordCursor?
    #expect(all(after: &cursor).isEmpty && cursor == nil)
    try append(lines(1...10))
    #expect(all(after: &cursor) == Array(1...10))
    #expect(all(after: &cursor).isEmpty)
    try append(lines(11...12))
    #expect(all(after: &cursor) == [11, 12])
  }

  @Test("a half-written last line waits for its rest")
  func halfLinesWait() throws {
    var cursor: RecordCursor?
    let line = lines(5...5)
    try append(String(line.prefix(60)))
    #expect(all(after: &cursor).isEmpty)
    try append(String(line.dropFirst(60)))
    #expect(all(after: &cursor) == [5])
  }

  @Test("a renamed file is read to its end before the new one")
  func survivesRotation() throws {
    var cursor: RecordCursor?
    try append(lines(1...4))
    #expect(record.page(after: nil, limit: 2).runs.count == 2)
    cursor = record.page(after: nil, limit: 2).next
    try append(lines(5...5))
    try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
    // slurmctld still writes into the renamed file until it is told.
    #expect(all(after: &cursor) == [3, 4, 5])
    try append(lines(6...7))
    #expect(all(after: &cursor) == [6, 7])
  }

  @Test("a file cut in place is read from its beginning")
  func survivesTruncation() throws {
    var cursor: RecordCursor?
    try append(lines(1...4))
    #expect(all(after: &cursor).count == 4)
    try FileHandle(forWritingAtPath: path)?.truncate(atOffset: 0)
    try append(lines(8...8))
    #expect(all(after: &cursor) == [8])
  }

  @Test("a line longer than any of slurmctld's is passed over, and shown shortened")
  func survivesLongLines() throws {
    try append(String(repeating: "x", count: 3 << 20) + "\n" + lines(2...2))
    var page = record.page(after: nil, limit: 10)
    #expect(page.unreadable.map(\.count) == [200])
    if page.runs.isEmpty { page = record.page(after: page.next, limit: 10) }
    #expect(page.runs.map(\.jobID) == [2])
  }
}
