import CZlib
import Glibc

/// A file that may be compressed with gzip; one that is not is read as it is.
package enum GzipFile {
  /// All that the file holds once it is inflated.
  ///
  /// - Parameter mostBytes: a file that inflates to more is refused, before more is kept.
  /// - Throws: ``GzipError``.
  package static func read(_ path: String, mostBytes: Int) throws(GzipError) -> [UInt8] {
    // `gzopen` would open a folder, and fail at the first read with words about something else.
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw .unreadable(words(errno)) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw .unreadable("it is a folder") }
    errno = 0
    // The handle is ours until `gzclose_r` below; zlib owns its buffers.
    guard let file = unsafe gzopen(path, "rb") else { throw .unreadable(words(errno)) }
    let result = unsafe contents(of: file, mostBytes: mostBytes)
    // Tells too when the file ends in the middle of its compressed part.
    let closed = unsafe gzclose_r(file)
    let bytes = try result.get()
    guard closed == Z_OK else { throw .damaged }
    return bytes
  }

  private static func contents(of file: gzFile, mostBytes: Int) -> Result<[UInt8], GzipError> {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      // zlib writes at most `piece.count` bytes into the array, which lives through the call.
      let count = unsafe piece.withUnsafeMutableBytes {
        unsafe gzread(file, $0.baseAddress, UInt32($0.count))
      }
      if count < 0 { return .failure(.damaged) }
      if count == 0 { return .success(bytes) }
      if bytes.count + Int(count) > mostBytes { return .failure(.tooLong(mostBytes: mostBytes)) }
      bytes.append(contentsOf: piece[..<Int(count)])
    }
  }

  private static func words(_ code: Int32) -> String {
    // The text belongs to libc, is terminated by zero, and is copied at once.
    unsafe String(cString: strerror(code))
  }
}

/// Why a file could not be read.
package enum GzipError: Error, Equatable {
  /// In the system's words.
  case unreadable(String)
  /// Its compressed part is not whole, or not what was compressed.
  case damaged
  case tooLong(mostBytes: Int)
}
