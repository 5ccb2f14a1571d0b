import BridgeProtocol

/// How the store keeps a place in Slurm's record: `DEVICE:INODE:OFFSET`.
extension RecordCursor {
  var text: String { "\(device):\(inode):\(offset)" }

  /// Parses what ``text`` prints; nil for anything else.
  init?(_ text: String) {
    let parts = text.split(separator: ":").compactMap { Int($0) }
    guard parts.count == 3 else { return nil }
    self.init(device: parts[0], inode: parts[1], offset: parts[2])
  }
}
