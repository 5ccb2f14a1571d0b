import Foundation
import Gzip
import Manifests
import Simulation
import Testing

/// Files as they lie on a disk: compressed, damaged, too long; and machines in YAML.
@Suite("files")
struct FileTests {
  /// A file of these bytes, gone after `body`.
  private static func withFile<Value>(
    _ bytes: [UInt8], _ body: (String) throws -> Value
  ) throws -> Value {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "polder-\(UUID().uuidString)").path(percentEncoded: false)
    try Data(bytes).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }

  /// "polder\n", by gzip -9n.
  private static let compressed: [UInt8] = [
    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x2B, 0xC8, 0xCF, 0x49, 0x49,
    0x2D, 0xE2, 0x02, 0x00, 0x63, 0xB3, 0xE0, 0xD3, 0x07, 0x00, 0x00, 0x00,
  ]

  @Test("a compressed file is inflated, and one that is not is read as it is")
  func contents() throws {
    let plain = Array("polder\n".utf8)
    #expect(try Self.withFile(Self.compressed) { try GzipFile.read($0, mostBytes: 100) } == plain)
    #expect(try Self.withFile(plain) { try GzipFile.read($0, mostBytes: 100) } == plain)
    #expect(try Self.withFile([]) { try GzipFile.read($0, mostBytes: 100) } == [])
  }

  @Test("a file that is cut off or changed is damaged, never half read")
  func damaged() throws {
    var changed = Self.compressed
    changed[Self.compressed.count - 6] ^= 0xFF
    for bytes in [Array(Self.compressed.dropLast(3)), changed] {
      #expect(throws: GzipError.damaged) {
        try Self.withFile(bytes) { try GzipFile.read($0, mostBytes: 100) }
      }
    }
  }

  @Test("a file that inflates to more than is allowed is refused")
  func tooLong() {
    #expect(throws: GzipError.tooLong(mostBytes: 6)) {
      try Self.withFile(Self.compressed) { try GzipFile.read($0, mostBytes: 6) }
    }
  }

  @Test("a file that is not there, or is a folder, is told in the system's words")
  func absent() {
    #expect(throws: GzipError.unreadable("No such file or directory")) {
      try GzipFile.read("/nowhere/at/all", mostBytes: 1)
    }
    #expect(throws: GzipError.unreadable("it is a folder")) {
      try GzipFile.read("/", mostBytes: 1)
    }
  }

  @Test("a machine is groups of nodes, and shares that add up")
  func machine() throws {
    let machine = try MachineFile.read(
      """
      groups:
        - {prefix: h, nodes: 3, gpuType: h200, gpus: 8, cpus: 128, memoryMiB: 1024}
        - {prefix: c, nodes: 2, cpus: 64}
      shares: {a: 600, b: 400}
      """, file: "m.yaml")
    #expect(machine.gpus == 24 && machine.cpus == 512 && machine.nodes == 5)
    #expect(
      machine.shares == [
        FunderShare(funder: "a", thousandths: 600), FunderShare(funder: "b", thousandths: 400),
      ])
  }

  static let faults: [(yaml: String, message: String)] = [
    ("[]", "m.yaml:1: a machine is a mapping of groups, shares"),
    ("groups: []", "m.yaml:1: groups is missing: a list of groups of equal nodes"),
    (
      "groups:\n  - {prefix: c, nodes: 0, cpus: 1}",
      "m.yaml:2: nodes is a number from 1 to 1000000"
    ),
    (
      "groups:\n  - {prefix: c, nodes: 1, cpu: 1}",
      "m.yaml:2: cpu is no field of a group; accepted: prefix, nodes, gpuType, gpus, cpus, memoryMiB"
    ),
    (
      "groups:\n  - {prefix: c, nodes: 1, cpus: 1, gpus: 2}",
      "m.yaml:2: gpus are given, and no gpuType"
    ),
    (
      "groups:\n  - {prefix: c, nodes: 1, cpus: 1}\nshares: {a: 600}",
      "m.yaml:3: shares add up to 600, not to 1000"
    ),
  ]

  @Test("a wrong machine is told with file and line", arguments: faults)
  func fault(_ fault: (yaml: String, message: String)) {
    let error = #expect(throws: MachineFault.self) {
      try MachineFile.read(fault.yaml, file: "m.yaml")
    }
    #expect(error?.description == fault.message)
  }
}
