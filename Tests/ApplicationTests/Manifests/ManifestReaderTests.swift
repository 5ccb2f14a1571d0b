import Domain
import Manifests
import Testing
import Wire

/// What YAML becomes, and what is said of YAML that is wrong.
@Suite struct ManifestReaderTests {
  let reader = ManifestReader(
    variables: ["town": "Groningen"],
    today: CivilDate(year: 2026, month: 11, day: 23) ?? CivilDate(Instant(milliseconds: 0)))

  func objects(_ text: String) throws -> [DescribedObject] {
    try reader.read(text: text, file: "a.yaml").get()
  }

  func messages(_ text: String) -> [String] {
    guard case .failure(let errors) = reader.read(text: text, file: "a.yaml") else { return [] }
    return errors.places.map { "\($0.file):\($0.line): \($0.message)" }
  }

  @Test("every field keeps its text and the line of its name")
  func fieldsAndLines() throws {
    let all = try objects(
      """
      # A comment
      kind: Project
      id: longscan
      title: "Long scans: the first"
      members:
        - member: m-0001
          role: PI
        - {member: m-0002, role: member}
      window:
        from: 2026-01-01
      """)
    let object = try #require(all.first)
    #expect(all.count == 1)
    #expect(object.kind == .project)
    #expect(object.id == "longscan")
    #expect(object.line == 2)
    #expect(
      object.fields == [
        "title": "Long scans: the first", "members[0].member": "m-0001", "members[0].role": "PI",
        "members[1].member": "m-0002", "members[1].role": "member", "window.from": "2026-01-01",
      ])
    #expect(object.fieldLines["id"] == 3)
    #expect(object.fieldLines["members"] == 5)
    #expect(object.fieldLines["members[0].role"] == 7)
    #expect(object.fieldLines["members[1]"] == 8)
    #expect(object.fieldLines["window.from"] == 10)
  }

  @Test("a document with items is as many objects, and several documents follow one another")
  func itemsAndDocuments() throws {
    let all = try objects(
      """
      kind: Member
      items:
        - id: m-0001
          account: anouk
        - id: m-0002
          account: bram
      ---
      ---
      kind: Node
      id: gn01
      gpus: 4
      ---
      """)
    #expect(all.map(\.id) == ["m-0001", "m-0002", "gn01"])
    #expect(all.map(\.line) == [3, 5, 9])
    #expect(all[2].fields == ["gpus": "4"])
  }

  @Test("anchors, aliases and merge keys say a thing once; an object's own field goes first")
  func aliases() throws {
    let all = try objects(
      """
      kind: Node
      items:
        - &first
          id: gn01
          gpus: 4
          cpus: 80
        - <<: *first
          id: gn02
          cpus: 40
      """)
    #expect(all.map(\.id) == ["gn01", "gn02"])
    #expect(all[1].fields == ["gpus": "4", "cpus": "40"])
  }

  @Test("an empty list has a line and no value")
  func emptyList() throws {
    let all = try objects("kind: Project\nid: p\nmembers: []\n")
    #expect(all[0].fields.isEmpty)
    #expect(all[0].fieldLines["members"] == 3)
  }

  @Test("text that is no YAML names the line")
  func syntax() {
    #expect(
      messages("kind: Node\nid: gn01\n  gpus: 4\n").first?.hasPrefix(
        "a.yaml:3: this is not YAML: mapping values are not allowed") == true)
    #expect(messages("kind: Node\nid: \"gn01\n").first?.contains("this is not YAML") == true)
    #expect(
      messages("kind: Node\nid: gn01\n\u{1}").first?.hasPrefix("a.yaml:3: this is not") == true)
  }

  @Test("a number that a comma cut inside braces names the comma")
  func cut() {
    #expect(
      messages("kind: Programme\nid: a\namount: {least: 10 GPU-h, most: 5,000 GPU-h}\n")
        == [
          "a.yaml:3: a field's name begins with a letter and has letters, digits, - and _; inside "
            + "{ } a comma begins the next field: write a number that has one in quotes, as in "
            + "\"5,000 GPU-h\", or leave the comma out"
        ])
  }

  @Test("a field given twice is refused")
  func keyTwice() {
    #expect(messages("kind: Node\nid: a\ngpus: 4\ngpus: 5\n") == ["a.yaml:3: given twice: gpus"])
  }

  @Test("a document that is no object says what one looks like")
  func noObject() {
    #expect(
      messages("- a\n- b\n")
        == ["a.yaml:1: a document is a mapping: kind, id, and the fields of that kind"])
    #expect(
      messages("id: a\n")
        == [
          "a.yaml:1: kind is missing; accepted: Funder, Programme, Node, Partition, "
            + "Organisation, Member, Project, Allocation, Cap, Limit, QOS, Licence, Order"
        ])
    #expect(
      messages("kind: Nodes\nid: a\n")
        == [
          "a.yaml:1: \"Nodes\" is no kind of object; accepted: Funder, Programme, Node, "
            + "Partition, Organisation, Member, Project, Allocation, Cap, Limit, QOS, Licence, Order"
        ])
    #expect(messages("kind: Node\ngpus: 4\n") == ["a.yaml:1: this Node has no id"])
    #expect(messages("kind: Node\nid: [a]\n") == ["a.yaml:2: id takes one name"])
    #expect(
      messages("kind: Node\nitems: 4\n")
        == ["a.yaml:2: items is a list of objects, each with its id"])
    #expect(
      messages("kind: Node\ngpus: 4\nitems:\n  - id: a\n")
        == ["a.yaml:2: gpus stands beside items; only kind may"])
    #expect(
      messages("kind: Node\nid: a\ngpus:\n")
        == ["a.yaml:3: gpus has no value; give one, or leave the field out"])
  }

  @Test("an object described twice names both places")
  func twice() {
    #expect(
      messages("kind: Node\nid: a\n---\nkind: Node\nid: a\n")
        == ["a.yaml:4: Node a is already described in a.yaml:1"])
    #expect(messages("kind: Node\nid: a\n---\nkind: Partition\nid: a\n").isEmpty)
  }

  @Test("all errors are told at once")
  func allErrors() {
    #expect(messages("kind: Node\nid: ${x}\n---\nkind: Nod\n---\nkind: Node\n").count == 3)
  }

  @Test(
    "variables and dates are reckoned",
    arguments: [
      ("in ${town}", "in Groningen"),
      ("${today}", "2026-11-23"),
      ("${today - 30d}", "2026-10-24"),
      ("${today+3mo}", "2027-02-23"),
      ("${ today + 3mo + 1w - 2d }", "2027-02-28"),
      ("${today - 1y}", "2025-11-23"),
      ("${today + 90min}", "2026-11-23T01:30:00Z"),
      ("${soon:-${today + 5d}}", "2026-11-28"),
      ("${town:-Leek}", "Groningen"),
      ("${none:-}", ""),
      ("$${town} costs $5", "${town} costs $5"),
    ])
  func variables(text: String, result: String) throws {
    #expect(try objects("kind: Node\nid: a\nname: '\(text)'\n")[0].fields["name"] == result)
  }

  @Test("an instant given from outside can be reckoned with")
  func instantVariable() throws {
    let reader = ManifestReader(
      variables: ["soon": "2026-11-30T10:05:00Z"],
      today: CivilDate(year: 2026, month: 11, day: 23) ?? CivilDate(Instant(milliseconds: 0)))
    let text = "kind: Node\nid: a\nx: ${soon:-2026-01-01}\ny: ${soon + 3mo - 5min}\n"
    let object = try reader.read(text: text, file: "a").get()[0]
    #expect(object.fields == ["x": "2026-11-30T10:05:00Z", "y": "2027-02-28T10:00:00Z"])
  }

  @Test(
    "a variable that can't be had names the line and what is accepted",
    arguments: [
      ("${soon}", "${soon} is not known; give it with --var soon=VALUE (known: today, town)"),
      ("${town + 1d}", "${town} is \"Groningen\", which is no date to reckon with"),
      (
        "${today + 1fortnight}",
        "${today + 1fortnight} can't be reckoned; accepted: + or -, a number, and one of min, h, "
          + "d, w, mo, y"
      ),
      ("${today + 9000y}", "${today + 9000y} lies outside the years 1 to 9999"),
      ("${today", "\"${today\" has ${ without its }"),
      (
        "${}",
        "${} names no variable; accepted: ${NAME}, ${NAME:-default}, ${today + 2mo}"
      ),
    ])
  func badVariables(text: String, message: String) {
    #expect(messages("kind: Node\nid: a\nname: '\(text)'\n") == ["a.yaml:3: \(message)"])
  }
}
