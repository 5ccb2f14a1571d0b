import Testing

/// The tidy tests' own eyes: what they can't see, they can't forbid.
@Suite("scanner")
struct ScannerTests {
  @Test("comments and strings are blanked, and code in an interpolation stays")
  func codeOnly() {
    let source = ####"""
      let a = "try! \(b("fatalError(") + c) }" // as! {
      /* one { /* two */ { */ let d = 1
      let e = ##"raw " \( "# \##(f) "##
      """####
    let words = CodeOnly.of(source).split(separator: "\n").map { line in
      line.split(separator: " ").joined(separator: " ")
    }
    #expect(words == ["let a = b( ) + c", "let d = 1", "let e = f"])
  }

  @Test("functions are measured from signature to closing brace, and requirements are none")
  func functions() {
    let source = """
      protocol P {
        func required() -> Int
        init?(a: Int)
      }
      extension P {
        package static func two(
          a: () -> Void
        ) {
          if true { a() }
        }
        init() {}
      }
      """
    let found = Functions.of(SwiftFile(path: "Sources/A/B/C.swift", text: source))
    #expect(found.map(\.line) == [6, 11])
    #expect(found.map(\.lines) == [5, 1])
  }

  @Test("an import is found at every level of access")
  func imports() {
    let source = """
      import A
      package import B
      @testable import C
      import struct D.E
      let text = "import F"
      """
    let file = SwiftFile(path: "Sources/A/B/C.swift", text: source)
    #expect(file.imports.map(\.module) == ["A", "B", "C", "D"])
  }
}
