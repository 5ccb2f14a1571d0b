// SPDX-License-Identifier: GPL-2.0-or-later
import BridgeProtocol
import CPosix
import Glibc

/// The file in which slurmctld records ended runs (jobcomp/filetxt), read a page at a time from a
/// cursor, across rotation by renaming.
///
/// The cursor names a file by device and inode. A file that was renamed beside its old path
/// (`jobcomp.log.1`) is read to its end before the next one begins. A cursor that fits nothing any
/// more starts the oldest file that is left: lines may come twice then, which is harmless, and
/// only lines of deleted files are lost.
struct EndedRunRecord: Sendable {
  /// Lines of more are not Slurm's.
  static let maximumLineBytes = 64 << 10
  static let maximumLines = 10_000

  let path: String

  init(path: String) { self.path = path }

  /// At most `limit` lines after the cursor. A last line without its line break is left for later.
  func page(after cursor: RecordCursor?, limit: Int) -> EndedRunPage {
    let files = RecordFile.all(of: path)
    guard let (file, index, offset) = place(cursor, in: files) else {
      return EndedRunPage(runs: [], unreadable: [], next: cursor, more: false)
    }
    // Asked before reading: once the next file has lines, this one gets no more.
    let isFinished = index + 1 < files.count && files[(index + 1)...].contains { $0.size > 0 }
    var page = EndedRunPage(runs: [], unreadable: [], next: nil, more: false)
    let (lines, end) = file.lines(from: offset, limit: min(max(limit, 1), Self.maximumLines))
    for line in lines {
      switch EndedRunLine(line) {
      case .run(let run): page.runs.append(run)
      case .ignored: break
      case .unreadable: page.unreadable.append(String(line.prefix(200)))
      }
    }
    if lines.isEmpty && isFinished {
      let next = files[index + 1]
      page.next = RecordCursor(device: next.device, inode: next.inode, offset: 0)
      page.more = true
    } else {
      page.next = RecordCursor(device: file.device, inode: file.inode, offset: end)
      page.more = !lines.isEmpty
    }
    return page
  }

  /// Where the record ends, with bytes of a line that is not whole yet; nil while there is none.
  ///
  /// - Parameters:
  ///   - known: it is waited for that it ends elsewhere.
  ///   - milliseconds: but no longer than this.
  func end(notAt known: RecordCursor?, within milliseconds: Int) -> RecordCursor? {
    let until = cposix_monotonic_ms() + Int64(milliseconds)
    // Watched before it is looked at, so that what is written in between is heard.
    let watch = unsafe cposix_watch(folder)
    defer { if watch >= 0 { close(watch) } }
    while true {
      let end = RecordFile(path).map {
        RecordCursor(device: $0.device, inode: $0.inode, offset: $0.size)
      }
      let rest = until - cposix_monotonic_ms()
      guard end == known, rest > 0, watch >= 0 else { return end }
      _ = cposix_await_change(watch, Int32(clamping: rest))
    }
  }

  private var folder: String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    return parts.isEmpty ? "." : parts == [""] ? "/" : parts.joined(separator: "/")
  }

  /// The file to read from, its index and the offset; nil while there is no file.
  private func place(
    _ cursor: RecordCursor?, in files: [RecordFile]
  ) -> (RecordFile, Int, Int)? {
    guard let cursor else {
      return files.last.map { ($0, files.count - 1, 0) }
    }
    for (index, file) in files.enumerated()
    where file.device == cursor.device && file.inode == cursor.inode {
      // A number given to a new file, or a file cut in place: from its beginning.
      return (file, index, file.isBoundary(cursor.offset) ? cursor.offset : 0)
    }
    return files.first.map { ($0, 0, 0) }
  }
}

/// One file of the record.
struct RecordFile: Sendable {
  let path: String
  let device: Int
  let inode: Int
  let size: Int
  private let modified: Int

  /// The file at the path and those renamed beside it, oldest first, the path's own last.
  static func all(of path: String) -> [RecordFile] {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let folder = parts.dropLast().joined(separator: "/")
    let name = String(parts.last ?? "")
    let compressed = [".gz", ".xz", ".bz2", ".zst"]
    var older: [RecordFile] = []
    for entry in names(in: folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder)
    where entry.hasPrefix(name + ".") || entry.hasPrefix(name + "-") {
      guard !compressed.contains(where: entry.hasSuffix) else { continue }
      if let file = RecordFile(
        folder.isEmpty && !path.hasPrefix("/") ? entry : "\(folder)/\(entry)")
      {
        older.append(file)
      }
    }
    older.sort { ($0.modified, $0.path) < ($1.modified, $1.path) }
    return older + [RecordFile(path)].compactMap { $0 }
  }

  fileprivate init?(_ path: String) {
    var status = stat()
    // The path is zero-terminated for the call, which writes into `status` before it returns.
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    self.path = path
    device = Int(truncatingIfNeeded: status.st_dev)
    inode = Int(truncatingIfNeeded: status.st_ino)
    size = status.st_size
    modified = status.st_mtim.tv_sec * 1_000_000 + status.st_mtim.tv_nsec / 1000
  }

  private static func names(in folder: String) -> [String] {
    // The stream is opened here and closed below; each entry is copied before the next is read.
    guard let stream = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      // A zero-terminated text inside the entry.
      let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      names.append(name)
    }
    return names
  }

  /// True if a line begins at the offset.
  func isBoundary(_ offset: Int) -> Bool {
    guard offset > 0 else { return offset == 0 }
    return offset <= size && read(from: offset - 1, count: 1) == [0x0A]
  }

  /// Whole lines from the offset, without their line breaks, and the offset after them.
  func lines(from offset: Int, limit: Int) -> (lines: [Substring], end: Int) {
    var lines: [Substring] = []
    var end = offset
    var rest: [UInt8] = []
    var next = offset
    while lines.count < limit {
      let chunk = read(from: next, count: 1 << 20)
      guard !chunk.isEmpty else { break }
      next += chunk.count
      rest += chunk
      var start = 0
      while lines.count < limit, let stop = rest[start...].firstIndex(of: 0x0A) {
        let line = rest[start..<min(stop, start + EndedRunRecord.maximumLineBytes)]
        lines.append(Substring(decoding: line, as: UTF8.self))
        end += stop + 1 - start
        start = stop + 1
      }
      rest.removeFirst(start)
      // A page of lines is enough; only a line longer than a chunk needs another one.
      if !lines.isEmpty { break }
    }
    return (lines, end)
  }

  private func read(from offset: Int, count: Int) -> [UInt8] {
    // The path is zero-terminated for the call.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      // `buffer` is the new array's, of `count` bytes, for the call.
      unsafe filled = max(0, pread(descriptor, buffer.baseAddress, count, offset))
    }
  }
}
