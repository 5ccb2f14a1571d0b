// Why: a slip of the finger is answered with what was meant, on lines that can be read.
import Testing
import Wire

@testable import polder

@Suite("words that name no command, and lines that fit") struct CommandWordTests {
  @Test(
    "a word that is nearly a command's is answered with that command",
    arguments: [
      (["balanse"], "polder balance"), (["job", "shw", "P1"], "polder job show"),
      (["perod", "close"], "polder period"), (["admin", "verfy"], "polder admin verify"),
    ])
  func near(words: [String], command: String) {
    let failure = #expect(throws: Failure.self) { try CommandWord.refuse(in: words) }
    #expect(failure?.code == .usage)
    #expect(failure?.text.contains("do you mean \(command)?") == true, "\(failure?.text ?? "")")
  }

  @Test("what is like no command leads to the list of them")
  func far() {
    let failure = #expect(throws: Failure.self) { try CommandWord.refuse(in: ["job", "xyzzy"]) }
    #expect(failure?.text.hasSuffix("Next: see polder job --help") == true)
  }

  @Test(
    "commands, their words, options and help are let through",
    arguments: [
      [], ["balance", "balanse"], ["job", "show", "shw"], ["--version"], ["help", "jb"],
      ["job", "--help"], ["job", "help", "x"], ["quote", "a.sh"], ["job"],
    ])
  func known(words: [String]) {
    #expect(throws: Never.self) { try CommandWord.refuse(in: words) }
  }

  @Test("a message is broken between words, each line of it going on to the right of its begin")
  func hanging() {
    let text = Text.hanging(
      "polder: one two three four five six\n  Next: seven eight nine ten eleven twelve", width: 24)
    #expect(
      text.split(separator: "\n").map(String.init) == [
        "polder: one two three", "  four five six", "  Next: seven eight",
        "    nine ten eleven", "    twelve",
      ])
  }

  @Test("one is one, and more are many")
  func counts() {
    #expect(Text.entries(1) == "1 entry" && Text.entries(2) == "2 entries")
    let caller = CallerView(
      account: "anouk", role: "member", projects: ["longscan", "seals"],
      roles: ["longscan": "PI"])
    #expect(WhoAmI.projects(caller) == "longscan (PI), seals")
  }
}
