// Why: a word taken for the script, or handed on to the wrong side, submits another job than meant.
import Testing
import Wire

@testable import polder

@Suite("the words of a submission")
struct WordsTests {
  @Test("a script that is missing is asked for by the command that was typed")
  func scriptless() throws {
    let words = try SubmissionWords(["--gpus=1"])
    let quote = #expect(throws: Failure.self) { try Submission(words, of: "polder quote") }
    #expect(quote?.text.contains("Next: polder quote SCRIPT") == true)
    let submit = #expect(throws: Failure.self) { try Submission(words) }
    #expect(submit?.text.contains("Next: polder job submit SCRIPT") == true)
  }

  @Test(
    "options of sbatch are handed on as they were typed, wherever the script stands",
    arguments: [
      (["a.sh", "-N", "2"], ["-N", "2"]),
      (["-N", "2", "a.sh"], ["-N", "2"]),
      (["-N2", "a.sh", "--time=10"], ["-N2", "--time=10"]),
      (["--time", "10", "a.sh", "--exclusive"], ["--time", "10", "--exclusive"]),
      (["-HN", "2", "a.sh"], ["-HN", "2"]),
      (["-H", "a.sh"], ["-H"]),
      (["--comment=a b", "a.sh", "--array", "0-9%4"], ["--comment=a b", "--array", "0-9%4"]),
      (["--mem=", "--", "a.sh"], ["--mem="]),
      (["--parsable", "--test-only", "a.sh"], []),
      (["--unknown", "a.sh"], ["--unknown"]),
    ])
  func options(words: [String], options: [String]) throws {
    let sorted = try SubmissionWords(words)
    #expect(sorted.script == "a.sh")
    #expect(sorted.options == options)
  }

  @Test("Polder's own options are not handed on")
  func own() throws {
    let words = try SubmissionWords([
      "--parsable", "-W", "--wrap", "echo hi", "--idempotency-key=k", "--socket", "/s",
      "--format=json",
    ])
    #expect(words.options == [])
    #expect(words.wrap == "echo hi" && words.idempotencyKey == "k" && words.socket == "/s")
    #expect(words.isParsable && words.waits && words.wantsJSON)
  }

  @Test(
    "what can't be understood ends with 64",
    arguments: [
      ["a.sh", "b.sh"], ["a.sh", "--", "b"], ["--wrap", "x", "a.sh"], ["a.sh", "--time"],
      ["a.sh", "-N"], ["a.sh", "--format=xml"],
    ])
  func misunderstood(words: [String]) {
    let failure = #expect(throws: Failure.self) { try SubmissionWords(words) }
    #expect(failure?.code == .usage)
  }

  @Test("SBATCH_… variables become options, before those of the command line")
  func variables() {
    let options = SbatchVariables.options(from: [
      "SBATCH_TIMELIMIT": "5", "SBATCH_ACCOUNT": "seals", "SBATCH_EXCLUSIVE": "", "HOME": "/",
    ])
    #expect(options == ["--account=seals", "--exclusive", "--time=5"])
  }

  @Test(
    "a period is the month so far, a month, or days",
    arguments: [
      (nil, nil, nil, "2026-12-01", "2026-12-05"),
      ("2026-12", nil, nil, "2026-12-01", "2026-12-31"),
      ("2028-02", nil, nil, "2028-02-01", "2028-02-29"),
      (nil, "2026-10-01", "2026-12-31", "2026-10-01", "2026-12-31"),
      (nil, "2026-12-03", nil, "2026-12-03", "2026-12-05"),
    ] as [(String?, String?, String?, String, String)])
  func periods(month: String?, from: String?, to: String?, first: String, last: String) throws {
    // 2026-12-05 13:00 UTC
    let period = try Period(month: month, from: from, to: to, now: 1_796_475_600_000)
    #expect(period.from == first && period.to == last)
  }

  @Test(
    "no period is guessed from a slip of the pen",
    arguments: [
      ("2026-13", nil, nil), ("2026-1", nil, nil), (nil, "2026-02-30", nil),
      (nil, "2027-01-01", "2026-12-31"), ("2026-12", "2026-12-01", nil),
    ] as [(String?, String?, String?)])
  func slips(month: String?, from: String?, to: String?) {
    let failure = #expect(throws: Failure.self) {
      try Period(month: month, from: from, to: to, now: 1_796_475_600_000)
    }
    #expect(failure?.code == .usage)
  }

  @Test(
    "each kind of refusal has its exit code",
    arguments: [
      (400, "invalid", 65), (404, "unknown-job", 65), (422, "invalid", 65), (422, "budget", 77),
      (403, "not-a-member", 77), (409, "expired", 77), (503, "unavailable", 75),
      (500, "broken", 75), (409, "conflict", 75),
    ] as [(Int, String, Int32)])
  func exitCodes(status: Int, code: String, exit: Int32) {
    #expect(Failure(Sample.problem(status, code)).code.rawValue == exit)
  }

  @Test("places are told as file:line: message, then what it is and the next step")
  func places() {
    var problem = Sample.problem(422, "invalid")
    problem.places = [
      .init(file: "a.sh", line: 3, message: "no such option --tiem"),
      .init(file: "command line", line: 0, message: "--x needs a value"),
    ]
    #expect(
      Failure(problem).text
        == "a.sh:3: no such option --tiem\ncommand line: --x needs a value\npolder: title"
        + "\n  Next: step")
  }
}
