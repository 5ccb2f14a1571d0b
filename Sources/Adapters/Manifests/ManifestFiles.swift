import FoundationEssentials
import Wire

/// Which files a description consists of, and what is in them.
enum ManifestFiles {
  /// A file larger than this is no description of a centre.
  static let largestFile = 8 << 20
  /// Folders deeper than this are taken for a loop of links.
  static let deepestFolder = 16

  /// The files named, and the `*.yaml` and `*.yml` of the folders named; each file once, the
  /// files of a folder by path. Names that begin with a dot are passed over.
  static func find(_ paths: [String], problems: inout [Problem.Place]) -> [String] {
    var files: [String] = []
    var seen: Set<String> = []
    for path in paths {
      var isFolder = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        problems.append(
          Problem.Place(file: path, line: 0, message: "there is no such file or folder"))
        continue
      }
      let found = isFolder ? below(path, depth: 0, problems: &problems).sorted() : [path]
      if found.isEmpty {
        problems.append(
          Problem.Place(file: path, line: 0, message: "no *.yaml or *.yml file is in this folder"))
      }
      for file in found where seen.insert(file).inserted { files.append(file) }
    }
    return files
  }

  /// The text of a file, or nil and a problem if it can't be had.
  static func text(of file: String, problems: inout [Problem.Place]) -> String? {
    guard let data = FileManager.default.contents(atPath: file) else {
      problems.append(Problem.Place(file: file, line: 0, message: "this file can't be read"))
      return nil
    }
    guard data.count <= largestFile else {
      problems.append(
        Problem.Place(
          file: file, line: 1,
          message: "the file has \(data.count) bytes; at most \(largestFile) are read"))
      return nil
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      problems.append(Problem.Place(file: file, line: 1, message: "the file is not UTF-8 text"))
      return nil
    }
    return text
  }

  private static func below(
    _ folder: String, depth: Int, problems: inout [Problem.Place]
  ) -> [String] {
    guard depth < deepestFolder,
      let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
    else {
      problems.append(
        Problem.Place(file: folder, line: 0, message: "this folder can't be read, or is a loop"))
      return []
    }
    var files: [String] = []
    for name in names where !name.hasPrefix(".") {
      let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
      var isFolder = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { continue }
      if isFolder {
        files += below(path, depth: depth + 1, problems: &problems)
      } else if name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
        files.append(path)
      }
    }
    return files
  }
}
