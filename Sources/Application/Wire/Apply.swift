/// A centre's description as it is applied: `POST /v1/apply`. Declarative: objects that the centre
/// has and the description lacks are left alone and listed.
package struct ApplyRequest: Codable, Equatable, Sendable {
  package var objects: [DescribedObject]
  /// True to be shown the difference only.
  package var dryRun: Bool
  /// True if the difference is shown to be applied then: a refusal ends the act, and is a line of
  /// the audit log as that of the second step would be. A dry run for its own sake is no act.
  package var thenApply: Bool?

  package init(objects: [DescribedObject], dryRun: Bool, thenApply: Bool? = nil) {
    self.objects = objects
    self.dryRun = dryRun
    self.thenApply = thenApply
  }
}

/// One object of a description, with the place of each of its fields for messages.
package struct DescribedObject: Codable, Equatable, Sendable {
  package var kind: DescribedKind
  package var id: String
  /// Flat fields in their canonical text, by path: `share.percent`, `members[2].role`.
  package var fields: [String: String]
  package var file: String
  /// The line on which the object begins, from 1.
  package var line: Int
  /// The line of each field.
  package var fieldLines: [String: Int]

  package init(
    kind: DescribedKind, id: String, fields: [String: String], file: String, line: Int,
    fieldLines: [String: Int]
  ) {
    self.kind = kind
    self.id = id
    self.fields = fields
    self.file = file
    self.line = line
    self.fieldLines = fieldLines
  }
}

/// The kinds of objects, in the order in which they may refer to each other.
package enum DescribedKind: String, Codable, CaseIterable, Sendable {
  case funder = "Funder"
  case programme = "Programme"
  case node = "Node"
  case partition = "Partition"
  case organisation = "Organisation"
  case member = "Member"
  case project = "Project"
  case allocation = "Allocation"
  case cap = "Cap"
  case limit = "Limit"
  case qos = "QOS"
  case licence = "Licence"
  case order = "Order"
}

/// The difference that a description makes, and what stands against it. With a refusal nothing was
/// applied.
package struct ApplyResult: Codable, Equatable, Sendable {
  package struct Change: Codable, Equatable, Sendable {
    /// `create`, `update` or `remove`.
    package var action: String
    package var kind: String
    package var id: String
    package var fields: [FieldChange]

    package init(action: String, kind: String, id: String, fields: [FieldChange]) {
      self.action = action
      self.kind = kind
      self.id = id
      self.fields = fields
    }
  }

  package struct FieldChange: Codable, Equatable, Sendable {
    package var field: String
    package var before: String?
    package var after: String

    package init(field: String, before: String?, after: String) {
      self.field = field
      self.before = before
      self.after = after
    }
  }

  package var changes: [Change]
  package var unchanged: Int
  /// Objects of the centre that the description does not name: `Kind id`.
  package var notDescribed: [String]
  package var refusals: [Problem.Place]
  package var applied: Bool
  /// What becomes of runs under way, and which awards are late; a sentence each.
  package var effects: [String]
  /// Those of ``effects`` that nothing undoes: rights that end. They are agreed to before they are
  /// applied.
  package var irrevocable: [String]

  package init(
    changes: [Change], unchanged: Int, notDescribed: [String], refusals: [Problem.Place],
    applied: Bool, effects: [String] = [], irrevocable: [String] = []
  ) {
    self.changes = changes
    self.unchanged = unchanged
    self.notDescribed = notDescribed
    self.refusals = refusals
    self.applied = applied
    self.effects = effects
    self.irrevocable = irrevocable
  }
}
