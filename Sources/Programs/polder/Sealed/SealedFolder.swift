import Foundation
import OpenSSL
import Wire

/// A folder of sealed reports: its manifest, the signature of that, at times a time-stamp of that, and the files
/// that the manifest names. Nothing else may lie in it.
struct SealedFolder {
  let path: String

  /// Files that are longer are none of ours.
  private static let mostBytes = 1 << 30

  private func path(of name: String) -> String { "\(path)/\(name)" }

  // MARK: Writing

  /// Makes the folder, which may not be there or is empty.
  func write(_ reports: SealedReportsView, timeStamp: [UInt8]?) throws(Failure) {
    guard let signature = Hexadecimal.bytes(reports.signature) else {
      throw Failure(.unavailable, "the answer has no signature")
    }
    try make()
    for file in reports.files { try write(Array(file.text.utf8), to: file.name) }
    try write(Array(reports.manifest.utf8), to: SealManifest.name)
    if let timeStamp { try write(timeStamp, to: SealManifest.timeStampName) }
    // The last, so that what was not written to the end is not sealed.
    try write(signature, to: SealManifest.signatureName)
  }

  /// Throws before anything is asked for that could not be kept.
  func requireFree() throws(Failure) {
    guard FileManager.default.fileExists(atPath: path) else { return }
    guard let names = try? names(), names.isEmpty else {
      throw Failure(
        .invalidInput, "\(path) is there already",
        next: "name a folder that is not; sealed reports are never overwritten")
    }
  }

  private func make() throws(Failure) {
    try requireFree()
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true)
    } catch {
      throw Failure(.invalidInput, "\(path) can't be made: \(error.localizedDescription)")
    }
  }

  private func write(_ bytes: [UInt8], to name: String) throws(Failure) {
    guard Self.isPlain(name) else {
      throw Failure(.unavailable, "the answer has a file of the name '\(Text.plain(name))'")
    }
    do {
      try Data(bytes).write(to: URL(filePath: path(of: name)), options: .withoutOverwriting)
    } catch {
      throw Failure(
        .invalidInput, "\(path(of: name)) can't be written: \(error.localizedDescription)",
        next: "remove the folder, which is not whole, and seal again")
    }
  }

  /// A name that stays in the folder.
  private static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && !name.hasPrefix(".") && !name.utf8.contains(UInt8(ascii: "/"))
      && !name.utf8.contains(0)
  }

  // MARK: Reading

  private func names() throws(Failure) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    } catch {
      throw Failure(.invalidInput, "\(path) can't be read: \(error.localizedDescription)")
    }
  }

  func bytes(of name: String) throws(Failure) -> [UInt8] {
    do {
      let attributes = try FileManager.default.attributesOfItem(atPath: path(of: name))
      guard attributes[.type] as? FileAttributeType == .typeRegular else {
        throw Failure(.jobFailed, "\(path(of: name)) is no plain file")
      }
      guard (attributes[.size] as? NSNumber)?.int64Value ?? 0 <= Self.mostBytes else {
        throw Failure(.invalidInput, "\(path(of: name)) is too long")
      }
      return Array(try Data(contentsOf: URL(filePath: path(of: name))))
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(
        .invalidInput, "\(path(of: name)) can't be read", next: "name a folder of sealed reports")
    }
  }

  /// The manifest, if the files are those that it names; what is wrong with them else.
  func manifest(_ bytes: [UInt8]) throws(Failure) -> SealManifest {
    let manifest: SealManifest
    do {
      manifest = try JSONDecoder().decode(SealManifest.self, from: Data(bytes))
    } catch {
      throw Failure(.jobFailed, "\(SealManifest.name) is none of Polder's")
    }
    guard manifest.format == SealManifest.format else {
      throw Failure(
        .invalidInput, "\(SealManifest.name) is of the form '\(Text.plain(manifest.format))'",
        next: "this is \(PolderRelease.version), which knows \(SealManifest.format)")
    }
    return manifest
  }

  /// Each way in which the folder is not what the manifest says.
  func faults(of manifest: SealManifest) throws(Failure) -> [String] {
    let beside = [SealManifest.name, SealManifest.signatureName, SealManifest.timeStampName]
    let present = Set(try names())
    let listed = manifest.files.map(\.name)
    var faults: [String] = []
    for file in manifest.files {
      guard Self.isPlain(file.name), !beside.contains(file.name) else {
        faults.append("the manifest names '\(file.name)', which is no file of a sealed folder")
        continue
      }
      guard present.contains(file.name) else {
        faults.append("\(file.name) is missing")
        continue
      }
      let bytes = try bytes(of: file.name)
      if bytes.count != file.bytes || Digest.sha256(bytes) != file.sha256 {
        faults.append("\(file.name) is not what was sealed")
      }
    }
    if Set(listed).count != listed.count { faults.append("the manifest names a file twice") }
    for name in present.subtracting(listed).subtracting(beside).sorted() {
      faults.append("\(name) is not of what was sealed")
    }
    return faults.map(Text.plain)
  }

  /// Nil if there is none.
  func timeStamp() throws(Failure) -> [UInt8]? {
    guard try names().contains(SealManifest.timeStampName) else { return nil }
    return try bytes(of: SealManifest.timeStampName)
  }
}
