import Domain
import FoundationEssentials
import Manifests
import Testing
import Wire

/// Which files are read, on a folder of its own.
@Suite struct ManifestFilesTests {
  let reader = ManifestReader(today: CivilDate(Instant(milliseconds: 0)))

  func inFolder(_ files: [String: String], _ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "polder-manifests-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, text) in files {
      let path = "\(folder)/\(name)"
      if let slash = path.lastIndex(of: "/") {
        try FileManager.default.createDirectory(
          atPath: String(path[..<slash]), withIntermediateDirectories: true)
      }
      try Data(text.utf8).write(to: URL(filePath: path))
    }
    try body(folder)
  }

  @Test("a folder is read with all below it, by path, hidden names and other files left out")
  func folder() throws {
    try inFolder([
      "b.yaml": "kind: Node\nid: b\n", "a/z.yml": "kind: Node\nid: a\n",
      "notes.txt": "no: [yaml", ".hidden.yaml": "no: [yaml", ".git/c.yaml": "no: [yaml",
    ]) { folder in
      let objects = try reader.read(paths: [folder, "\(folder)/b.yaml"]).get()
      #expect(objects.map(\.id) == ["a", "b"])
      #expect(objects.map(\.file) == ["\(folder)/a/z.yml", "\(folder)/b.yaml"])
    }
  }

  @Test("a path - is the standard input, beside files")
  func input() throws {
    try inFolder(["b.yaml": "kind: Node\nid: b\n"]) { folder in
      let objects = try reader.read(paths: ["-", folder], input: "kind: Node\nid: a\n").get()
      #expect(objects.map(\.id) == ["a", "b"] && objects[0].file == "standard input")
      let twice = reader.read(paths: [folder, "-"], input: "kind: Node\nid: b\n")
      #expect(throws: ManifestErrors.self) { try twice.get() }
    }
    #expect(throws: ManifestErrors.self, "nothing was read there") {
      try reader.read(paths: ["-"]).get()
    }
  }

  @Test("an object described in two files names both")
  func twice() throws {
    try inFolder(["a.yaml": "kind: Node\nid: x\n", "b.yaml": "#\nkind: Node\nid: x\n"]) { folder in
      guard case .failure(let errors) = reader.read(paths: [folder]) else {
        Issue.record("read")
        return
      }
      #expect(
        errors.places == [
          Problem.Place(
            file: "\(folder)/b.yaml", line: 2,
            message: "Node x is already described in \(folder)/a.yaml:1")
        ])
    }
  }

  @Test("a file that is missing, empty of YAML or no text is named")
  func missing() throws {
    try inFolder(["x.txt": ""]) { folder in
      try Data([0x6b, 0xff, 0xfe]).write(to: URL(filePath: "\(folder)/y.yml.bin"))
      guard
        case .failure(let errors) = reader.read(
          paths: ["\(folder)/none.yaml", "\(folder)/y.yml.bin"])
      else {
        Issue.record("read")
        return
      }
      #expect(
        errors.places.map(\.message) == [
          "there is no such file or folder", "the file is not UTF-8 text",
        ])
      guard case .failure(let none) = reader.read(paths: [folder]) else {
        Issue.record("read")
        return
      }
      #expect(none.places.map(\.message) == ["no *.yaml or *.yml file is in this folder"])
    }
  }
}
