/// What `sacctmgr dump CLUSTER` writes: accounts in a tree, with their users, and limits on both
/// (sacctmgr(1), FLAT FILE DUMP AND LOAD).
struct SlurmDump {
  struct User: Equatable {
    let name: String
    let options: [String: String]
  }

  struct Account: Equatable {
    let name: String
    let parent: String
    let options: [String: String]
    var users: [User] = []
  }

  private(set) var cluster = ""
  private(set) var clusterOptions: [String: String] = [:]
  /// In the order of the file.
  private(set) var accounts: [Account] = []
  /// QOS as newer versions dump them.
  private(set) var classes: [(name: String, options: [String: String])] = []
  /// Lines that are none of these, with their numbers.
  private(set) var strange: [(line: Int, text: String)] = []

  init(_ text: String) {
    var parent = "root"
    for (number, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let line = raw.filter { $0 != "\r" }.drop { $0 == " " || $0 == "\t" }
      guard !line.isEmpty, line.first != "#" else { continue }
      let parts = line.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
      let word = parts[0].filter { $0 != " " }.lowercased()
      guard parts.count == 2, let (name, options) = Self.entry(parts[1]) else {
        strange.append((number + 1, String(line)))
        continue
      }
      switch word {
      case "cluster": (cluster, clusterOptions) = (name, options)
      case "parent": parent = name
      case "account": accounts.append(Account(name: name, parent: parent, options: options))
      case "qos": classes.append((name, options))
      case "user": add(User(name: name, options: options), to: parent)
      default: strange.append((number + 1, String(line)))
      }
    }
  }

  private mutating func add(_ user: User, to account: String) {
    // `root` stands in no file as an account of its own.
    if let place = accounts.firstIndex(where: { $0.name == account }) {
      accounts[place].users.append(user)
    } else {
      accounts.append(Account(name: account, parent: "", options: [:], users: [user]))
    }
  }

  /// `'physics':Description='Physics':GrpTRES=cpu=8,gres/gpu:h100=4:MaxJobs=2`; names in lower case.
  private static func entry(_ text: Substring) -> (String, [String: String])? {
    var rest = text.drop { $0 == " " }
    guard let name = value(&rest), !name.isEmpty else { return nil }
    var options: [String: String] = [:]
    while rest.popFirst() == ":" {
      guard let equals = rest.firstIndex(of: "=") else { break }
      let key = rest[..<equals].lowercased()
      rest = rest[rest.index(after: equals)...]
      guard let value = value(&rest) else { return nil }
      options[key] = value
    }
    return (name, options)
  }

  /// In quotes, or up to a colon behind which another option begins: `gres/gpu:h100=4` goes on.
  private static func value(_ rest: inout Substring) -> String? {
    for quote: Character in ["'", "\""] where rest.first == quote {
      rest.removeFirst()
      guard let end = rest.firstIndex(of: quote) else { return nil }
      defer { rest = rest[rest.index(after: end)...] }
      return String(rest[..<end])
    }
    var value = ""
    while let character = rest.first {
      if character == ":" {
        let word = rest.dropFirst().prefix { $0.isLetter }
        let isOption = !word.isEmpty && rest.dropFirst(1 + word.count).first == "="
        // `gres/gpu:tesla=4`: a type of the Gres that has just been named.
        let last = value.split(separator: ",").last ?? ""
        let isType = last.hasPrefix("gres/") && !last.contains("=")
        if isOption, !isType { break }
      }
      value.append(character)
      rest.removeFirst()
    }
    return value.split(separator: " ").joined(separator: " ")
  }
}
