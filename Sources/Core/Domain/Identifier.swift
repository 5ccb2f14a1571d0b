/// A short name of one kind of thing, so that a project's id can't be passed for an allocation's.
///
/// One to 64 characters: letters, digits, `.`, `_`, `-`; the first a letter or a digit. That is
/// what Slurm accepts as an account, a partition or a node, and what a person can type.
package struct Identifier<Kind>: Hashable, Comparable, Sendable {
  package let text: String

  /// Nil if the text is not of that shape.
  package init?(_ text: String) {
    let bytes = text.utf8
    guard (1...64).contains(bytes.count), let first = bytes.first,
      Identifier.isAlphanumeric(first),
      bytes.allSatisfy({ Identifier.isAlphanumeric($0) || ".-_".utf8.contains($0) })
    else { return nil }
    self.text = text
  }

  /// The same text as a name of another kind.
  package init<Other>(_ other: Identifier<Other>) { text = other.text }

  package static func < (left: Self, right: Self) -> Bool { left.text < right.text }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"):
      true
    default: false
    }
  }
}

extension Identifier: CustomStringConvertible {
  package var description: String { text }
}

/// The kinds that an ``Identifier`` can name; never instantiated.
package enum Named {
  package enum Funder {}
  package enum Programme {}
  package enum Organisation {}
  package enum Project {}
  package enum Allocation {}
  package enum Cap {}
  package enum Limit {}
  package enum Member {}
  package enum Partition {}
  package enum Node {}
  package enum Feature {}
  package enum Switch {}
  package enum QOS {}
  package enum Licence {}
  package enum SetAside {}
}

/// A party that paid for the machine and is entitled to a share of it.
package typealias FunderID = Identifier<Named.Funder>
/// A funder's way of giving access: an access mode with its amounts and durations.
package typealias ProgrammeID = Identifier<Named.Programme>
/// A company, university or public body.
package typealias OrganisationID = Identifier<Named.Organisation>
/// A project; the same text is its account in Slurm.
package typealias ProjectID = Identifier<Named.Project>
/// The right of a project to an amount of GPU time in a window.
package typealias AllocationID = Identifier<Named.Allocation>
/// A cap on what many allocations may use together.
package typealias CapID = Identifier<Named.Cap>
/// A limit on what many jobs may take at once.
package typealias LimitID = Identifier<Named.Limit>
/// An opaque subject: whose name and UNIX account stand in one erasable table only.
package typealias MemberID = Identifier<Named.Member>
/// A partition of the cluster.
package typealias PartitionName = Identifier<Named.Partition>
/// A node of the cluster.
package typealias NodeName = Identifier<Named.Node>
/// What some nodes have and others lack, as Slurm's `Features` names it.
package typealias FeatureName = Identifier<Named.Feature>
/// A switch of the network, or what stands for one: a rack, a row of racks.
package typealias SwitchName = Identifier<Named.Switch>
/// A class of service.
package typealias QOSName = Identifier<Named.QOS>
/// A reservation of nodes in Slurm, as `--reservation` names it.
package typealias ReservationName = Identifier<Named.SetAside>
/// What a centre lends to runs, as `--licenses` names it.
package typealias LicenceName = Identifier<Named.Licence>
