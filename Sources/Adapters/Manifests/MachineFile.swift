package import Simulation
import Yams

/// Reads a machine for the simulator from YAML:
///
/// ```yaml
/// groups:
///   - {prefix: h, nodes: 500, gpuType: h200, gpus: 8, cpus: 128, memoryMiB: 2097152}
/// shares: {national: 350, union: 350, partners: 300}   # thousandths; may be left out
/// ```
package enum MachineFile {
  /// - Throws: ``MachineFault`` for the first thing that is wrong.
  package static func read(_ text: String, file: String) throws(MachineFault) -> MachineModel {
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      throw MachineFault(place: file, message: "this is not YAML: \(error)")
    }
    let fields = Fields(
      root ?? Node(""), file: file, what: "a machine", accepted: ["groups", "shares"])
    try fields.check()
    guard let list = fields["groups"]?.sequence, !list.isEmpty else {
      throw fields.fault("groups is missing: a list of groups of equal nodes")
    }
    var groups: [MachineGroup] = []
    for item in list { groups.append(try group(item, file: file)) }
    return MachineModel(groups: groups, shares: try shares(fields))
  }

  private static func group(_ node: Node, file: String) throws(MachineFault) -> MachineGroup {
    let fields = Fields(
      node, file: file, what: "a group",
      accepted: ["prefix", "nodes", "gpuType", "gpus", "cpus", "memoryMiB"])
    try fields.check()
    guard let prefix = fields["prefix"]?.scalar?.string, !prefix.isEmpty else {
      throw fields.fault("prefix is missing: what the names of the nodes begin with")
    }
    let gpus = try fields.number("gpus", 0...64, otherwise: 0)
    let type = fields["gpuType"]?.scalar?.string ?? ""
    guard gpus == 0 || !type.isEmpty else { throw fields.fault("gpus are given, and no gpuType") }
    return MachineGroup(
      prefix: prefix, nodes: try fields.number("nodes", 1...1_000_000),
      node: MachineNode(
        gpuType: gpus > 0 ? type : "", gpus: gpus, cpus: try fields.number("cpus", 1...4096),
        memoryMiB: try fields.number("memoryMiB", 0...1_000_000_000, otherwise: 0)))
  }

  /// They add up to a thousand.
  private static func shares(_ fields: Fields) throws(MachineFault) -> [FunderShare] {
    guard let node = fields["shares"] else { return [] }
    let inner = Fields(node, file: fields.file, what: "shares", accepted: nil)
    try inner.check()
    var shares: [FunderShare] = []
    for name in inner.names {
      shares.append(
        FunderShare(funder: name, thousandths: try inner.number(name, 0...1000)))
    }
    let sum = shares.reduce(0) { $0 + $1.thousandths }
    guard sum == 1000 else { throw inner.fault("shares add up to \(sum), not to 1000") }
    return shares
  }
}

/// What is wrong with the description of a machine, and where.
package struct MachineFault: Error, Equatable, CustomStringConvertible {
  /// File and, where it is known, line.
  package let place: String
  package let message: String

  package var description: String { "\(place): \(message)" }
}

/// The fields of one mapping, with their lines.
private struct Fields {
  let node: Node
  let file: String
  let what: String
  /// Nil: any name.
  let accepted: [String]?

  init(_ node: Node, file: String, what: String, accepted: [String]?) {
    self.node = node
    self.file = file
    self.what = what
    self.accepted = accepted
  }

  var names: [String] { node.mapping?.keys.compactMap { $0.scalar?.string } ?? [] }

  subscript(name: String) -> Node? { node.mapping?[name] }

  func check() throws(MachineFault) {
    guard node.mapping != nil else {
      throw fault("\(what) is a mapping of \(accepted?.joined(separator: ", ") ?? "names")")
    }
    guard let accepted else { return }
    for name in names where !accepted.contains(name) {
      throw fault("\(name) is no field of \(what); accepted: \(accepted.joined(separator: ", "))")
    }
  }

  /// - Parameter otherwise: what a field that is left out stands for; nil: it may not be.
  func number(
    _ name: String, _ range: ClosedRange<Int>, otherwise: Int? = nil
  ) throws(MachineFault) -> Int {
    guard let value = self[name] else {
      if let otherwise { return otherwise }
      throw fault("\(name) is missing")
    }
    guard let text = value.scalar?.string, let number = Int(text), range.contains(number) else {
      let line = value.mark.map { ":\($0.line)" } ?? ""
      throw MachineFault(
        place: file + line,
        message: "\(name) is a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func fault(_ message: String) -> MachineFault {
    MachineFault(place: file + (node.mark.map { ":\($0.line)" } ?? ""), message: message)
  }
}
