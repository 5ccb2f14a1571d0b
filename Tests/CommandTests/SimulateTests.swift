import Foundation
import Simulation
import Testing

@testable import polder

/// `polder simulate`: what it is told, what it writes, and that two processes agree.
@Suite("simulate")
struct SimulateTests {
  static func input(_ generate: GeneratorName, jobs: Int = 60) throws -> SimulationInput {
    try SimulationInput(
      trace: nil, generate: generate, jobs: jobs, load: 0.9, seed: 7, processors: nil,
      machine: nil)
  }

  static func outcomes(_ input: SimulationInput) throws -> [SimulationOutcome] {
    try ReplayPolicy.allCases.map { try SimulationOutcome(input, $0) }
  }

  /// Runs the command that was built beside these tests.
  static func run(_ words: [String]) throws -> (status: Int32, output: String, errors: String) {
    let process = Process()
    process.executableURL = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appending(path: "polder")
    process.arguments = ["simulate"] + words
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    let complaint = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (
      process.terminationStatus, String(decoding: text, as: UTF8.self),
      String(decoding: complaint, as: UTF8.self)
    )
  }

  @Test("the same seed gives the same output, digest and all, in two processes")
  func twoProcesses() throws {
    let words = ["--generate", "ai-factory", "--jobs", "80", "--policy", "fcfs,easy,conservative"]
    let first = try Self.run(words)
    #expect(first.status == 0)
    #expect(first.output == (try Self.run(words)).output)
    let other = try Self.run(words + ["--seed", "2"])
    #expect(other.status == 0 && other.output != first.output)
    let digests = first.output.split(separator: "\n").filter {
      $0.prefix(64).allSatisfy(\.isHexDigit)
    }
    #expect(digests.count == 3)
  }

  @Test("runs lie on nodes where that is asked for: another schedule, the same in two processes")
  func nodes() throws {
    let words = ["--generate", "ai-factory", "--jobs", "60", "--policy", "easy,conservative"]
    let exact = try Self.run(words + ["--nodes", "exact", "--round", "60"])
    #expect(exact.status == 0, "\(exact.errors)")
    #expect(exact.output == (try Self.run(words + ["--nodes", "exact", "--round", "60"])).output)
    #expect(exact.output != (try Self.run(words)).output)
  }

  static let refusals: [(words: [String], status: Int32, message: String)] = [
    ([], 64, "a workload is needed, and one only"),
    (["--generate", "lublin", "--policy", "sjf"], 64, "\"sjf\" is no policy"),
    (["--generate", "lublin", "--load", "0"], 64, "--load is above 0"),
    (["--generate", "lublin", "--jobs", "0"], 64, "--jobs is a number from 1"),
    (["--generate", "ai-factory", "--processors", "9"], 64, "ai-factory needs GPUs"),
    (["--generate", "lublin", "--nodes", "some"], 64, "\"some\" is no detail"),
    (["--generate", "lublin", "--round", "9"], 64, "--round is for --nodes exact"),
    (["--generate", "lublin", "--nodes", "exact", "--round", "0"], 64, "from 1 to 86,400"),
    (["--trace", "/nowhere.swf"], 65, "/nowhere.swf can't be read: No such file or directory"),
    (
      ["--generate", "lublin", "--policy", "easy,fcfs", "--starts", "x"], 64,
      "--starts writes one schedule"
    ),
  ]

  @Test("what can't be simulated is refused with the reason", arguments: refusals)
  func refused(_ refusal: (words: [String], status: Int32, message: String)) throws {
    let (status, output, errors) = try Self.run(refusal.words)
    #expect(status == refusal.status)
    #expect(output.isEmpty)
    #expect(errors.contains(refusal.message), "\(errors)")
  }

  @Test("a trace on a disk is replayed, and its starts are written as job,start")
  func starts() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let trace = folder.appending(path: "t.swf").path(percentEncoded: false)
    let starts = folder.appending(path: "s.csv").path(percentEncoded: false)
    let rest = "-1 -1 -1 -1 -1 1 1 1 -1 -1 -1 -1 -1"
    let lines = [
      "; MaxProcs: 4", "5 0 -1 10 3 \(rest)", "6 1 -1 5 4 \(rest)", "9 2 -1 8 1 \(rest)",
    ]
    try lines.joined(separator: "\n").write(toFile: trace, atomically: true, encoding: .utf8)
    let (status, _, errors) = try Self.run(["--trace", trace, "--starts", starts])
    #expect(status == 0, "\(errors)")
    #expect(
      try String(contentsOfFile: starts, encoding: .utf8) == "job,start\n5,0\n6,10\n9,2\n")
  }

  @Test("the table keeps within 80 columns, with three policies side by side")
  func columns() throws {
    for generator in GeneratorName.allCases {
      let input = try Self.input(generator)
      let lines = SimulationText.lines(input, try Self.outcomes(input))
      #expect(lines.allSatisfy { $0.count <= 80 })
    }
  }

  @Test("the page stands alone, and each of its drawings has words")
  func page() throws {
    let input = try Self.input(.aiFactory)
    let page = SimulationPage(input, try Self.outcomes(input)).text
    for loader in ["http://", "https://", "src=", "@import", "url(", "<script"] {
      #expect(!page.contains(loader), "\(loader)")
    }
    let drawings = page.ranges(of: "role=\"img\"").count
    #expect(drawings == 4)
    #expect(page.ranges(of: "<desc>").count == drawings)
    #expect(page.contains("entitled to 35.00 %"))
    let processors = try Self.input(.lublin)
    let plain = SimulationPage(processors, try Self.outcomes(processors)).text
    #expect(!plain.contains("Use by funder"))
  }

  @Test("what is written into a page can't end its text")
  func escaped() {
    #expect(SVG.escaped("<a & \"b\">") == "&lt;a &amp; &quot;b&quot;&gt;")
  }

  @Test("figures: groups of three, fixed decimals rounded half up, two units of time")
  func figures() {
    #expect(Figure.grouped(28_481) == "28,481" && Figure.grouped(-1000) == "-1,000")
    #expect(Figure.hundredths(6_836_865) == "6,836.87" && Figure.hundredths(4) == "0.00")
    #expect(Figure.thousandths(92_577) == "92.577" && Figure.thousandths(1_012) == "1.012")
    #expect(Figure.percent(687_349) == "68.73 %" && Figure.percent(-30_000) == "−3.00 %")
    #expect(Figure.duration(6837) == "1 h 53 min" && Figure.duration(0) == "0 s")
    #expect(Figure.duration(86_400) == "1 d" && Figure.duration(59) == "59 s")
  }
}
