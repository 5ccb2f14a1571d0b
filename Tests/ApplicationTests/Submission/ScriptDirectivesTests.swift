// Why: a script that runs under sbatch must mean the same to Polder, and a slip in it must be
// named by its line.
import Services
import Testing

@Suite("directives") struct ScriptDirectivesTests {
  private func words(_ lines: String...) -> [String] {
    ScriptDirectives((["#!/bin/sh"] + lines).joined(separator: "\n")).words.map(\.text)
  }

  @Test("are read up to the first command only")
  func firstCommand() {
    #expect(
      words("# a comment", "", "#SBATCH -N 2", "  # another", "date", "#SBATCH -N 3")
        == ["-N", "2"])
  }

  @Test("a line counts only if it begins with #SBATCH")
  func beginning() {
    #expect(words(" #SBATCH -N 2", "##SBATCH -N 3", "#sbatch -N 4", "#SBATCH -N5") == ["-N5"])
  }

  @Test(
    "are split as sbatch splits them",
    arguments: [
      ("-J \"two words\"", ["-J", "two words"]),
      ("-J 'two words'", ["-J", "two words"]),
      ("--comment=\"a \\\" b\"", ["--comment=a \" b"]),
      ("-J a\\ b", ["-J", "a b"]),
      ("-N 2 # two nodes", ["-N", "2"]),
      ("-N 2# two nodes", ["-N", "2"]),
      ("--comment='#1'", ["--comment=#1"]),
      ("-J ''", ["-J", ""]),
      ("\t-N\t2  ", ["-N", "2"]),
    ])
  func split(line: String, expected: [String]) {
    #expect(words("#SBATCH \(line)") == expected)
  }

  @Test("an open quote is a fault of its line")
  func openQuote() {
    let read = ScriptDirectives("#!/bin/sh\n#SBATCH -N 2\n#SBATCH -J \"name\n")
    #expect(
      read.faults == [OptionFault(.script(line: 3), "the quote \" is not closed on this line")])
  }

  @Test(
    "a script that can't be one is refused at the line that shows it",
    arguments: [
      ("", 1, "empty"), ("date\n", 1, "interpreter"), ("#!/bin/sh\nx\r\ny\r\n", 2, "CR LF"),
      ("#!/bin/sh\n\0\n", 1, "zero byte"),
    ])
  func malformed(script: String, line: Int, word: String) throws {
    let faults = ScriptDirectives(script).faults
    let fault = try #require(faults.first)
    #expect(faults.count == 1)
    #expect(fault.origin == .script(line: line))
    #expect(fault.message.contains(word))
  }
}
