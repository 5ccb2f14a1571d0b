package import Domain
package import Ledger

/// How an account of an allocation is named in a journal, alike in every dialect:
/// `Assets:Funder-eu:Programme-playground:Project-acme:Allocation-acme-2026:Available`.
///
/// A part of the name is what it is, a hyphen, and its opaque id. Beancount takes nothing in a part
/// but letters, digits and hyphens, so in an id `.` is written `-x2e-`, `_` is `-x5f-`, and a
/// hyphen before an `x` is `-x2d-`: reading from the left, what is escaped and what is not can be
/// told apart, so that every name leads back to one id. Names of people never stand in a journal.
package struct JournalAccount: Hashable, Sendable {
  package let name: String

  /// An allocation that the centre does not describe any more is named
  /// `Former:Allocation-…`, without its project.
  package init(_ account: Account, of allocation: AllocationID, in centre: Centre) {
    var parts = [account.journalRoot]
    if let described = centre.allocations[allocation] {
      if let programme = centre.programmes[described.programme] {
        parts.append("Funder-" + Self.escaped(programme.funder.text))
      }
      parts.append("Programme-" + Self.escaped(described.programme.text))
      parts.append("Project-" + Self.escaped(described.project.text))
    } else {
      parts.append("Former")
    }
    parts.append("Allocation-" + Self.escaped(allocation.text))
    parts.append(account.journalLeaf)
    name = parts.joined(separator: ":")
  }

  /// The id as it stands in a part of a name.
  package static func escaped(_ id: String) -> String {
    let bytes = Array(id.utf8)
    return bytes.indices.map { index -> String in
      switch bytes[index] {
      case UInt8(ascii: "."): "-x2e-"
      case UInt8(ascii: "_"): "-x5f-"
      case UInt8(ascii: "-") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "x"):
        "-x2d-"
      default: String(UnicodeScalar(bytes[index]))
      }
    }.joined()
  }

  /// The id that a part of a name stands for: what ``escaped(_:)`` was given.
  package static func unescaped(_ part: String) -> String {
    let codes = ["-x2e-": ".", "-x5f-": "_", "-x2d-": "-"]
    var rest = part[...]
    var id = ""
    while !rest.isEmpty {
      let head = String(rest.prefix(5))
      if let character = codes[head] {
        id += character
        rest = rest.dropFirst(5)
      } else {
        id.append(rest.removeFirst())
      }
    }
    return id
  }
}

extension Account {
  /// One of the five kinds of account that bookkeeping programs know. What can be or is to be used
  /// is an asset, what was used or lost an expense, and what it came out of is equity.
  fileprivate var journalRoot: String {
    switch self {
    case .available, .deferred, .held: "Assets"
    case .charged, .expired, .overrun: "Expenses"
    case .funding, .transfers, .uncovered: "Equity"
    }
  }

  fileprivate var journalLeaf: String {
    switch self {
    case .funding: "Funding"
    case .available: "Available"
    case .deferred: "Deferred"
    case .held: "Held"
    case .charged: "Charged"
    case .expired: "Expired"
    case .transfers: "Transfers"
    case .uncovered: "Operator-Uncovered"
    case .overrun: "Operator-Overrun"
    }
  }
}

extension Balance {
  /// What stands in an account. Over all accounts of the allocation it is zero.
  package func amount(in account: Account) -> GPUTime {
    switch account {
    case .funding: .zero - granted
    case .available: available
    case .deferred: deferred
    case .held: held
    case .charged: used
    case .expired: expired
    case .transfers: transferredOut - transferredIn
    case .uncovered: .zero - overrun
    case .overrun: overrun
    }
  }
}
