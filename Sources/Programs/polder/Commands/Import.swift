import ArgumentParser
import Foundation

struct Import: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "A description of a centre, from what a running site has.",
    subcommands: [ImportSlurm.self])
}

struct ImportSlurm: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slurm",
    abstract:
      "From what scontrol and sacctmgr print: nodes, partitions, projects, members, limits.",
    discussion: """
      Reads files, or runs "scontrol show …" itself for those that are not named. Writes a folder \
      that "polder apply" accepts, and in it import.txt: what did not map, and what was chosen. \
      Changes nothing in Slurm and nothing in Polder.

      Example:

        sacctmgr dump mycluster file=accounts.cfg
        getent passwd > passwd
        polder import slurm --accounts accounts.cfg --passwd passwd --output config
        polder apply -f config --dry-run
      """)

  @Option(help: ArgumentHelp("Output of scontrol show config.", valueName: "file"))
  var config: String?
  @Option(help: ArgumentHelp("Output of scontrol show node.", valueName: "file"))
  var nodes: String?
  @Option(help: ArgumentHelp("Output of scontrol show partition.", valueName: "file"))
  var partitions: String?
  @Option(help: ArgumentHelp("Output of scontrol show reservation.", valueName: "file"))
  var reservations: String?
  @Option(help: ArgumentHelp("Output of scontrol show licenses.", valueName: "file"))
  var licenses: String?
  @Option(help: ArgumentHelp("What sacctmgr dump wrote.", valueName: "file"))
  var accounts: String?
  @Option(help: ArgumentHelp("Output of sacctmgr -P show qos.", valueName: "file"))
  var qos: String?
  @Option(
    help: ArgumentHelp(
      "Output of getent passwd: users that it lacks are left out and told.", valueName: "file"))
  var passwd: String?
  @Option(help: "The country of organisations, two capital letters.")
  var country = "NL"
  @Option(
    name: .shortAndLong, help: ArgumentHelp("A folder that is not there yet.", valueName: "folder"))
  var output: String

  mutating func run() async throws {
    var texts = SlurmImport.Texts()
    texts.config = try text(of: config, else: "config")
    texts.nodes = try text(of: nodes, else: "node")
    texts.partitions = try text(of: partitions, else: "partition")
    texts.reservations = try text(of: reservations, else: "reservation")
    texts.licences = try text(of: licenses, else: "licenses")
    texts.accounts = try accounts.map(Self.read)
    texts.classes = try qos.map(Self.read)
    texts.passwd = try passwd.map(Self.read)
    if let fault = SlurmImport.fault(in: texts) {
      throw Failure(
        .invalidInput, "\(fault); nothing was written", next: "look at the file that you named")
    }
    let made = SlurmImport(texts, country: country)
    guard !made.files.isEmpty else {
      throw Failure(
        .invalidInput, "nothing was found to import; nothing was written",
        next: "name the files, or run it where scontrol answers")
    }
    try write(made)
    Terminal.say("\(Text.count(made.files.count, "file")) and import.txt in \(output):")
    made.unmapped.forEach { Terminal.say("  not taken over: \($0)") }
    made.chosen.forEach { Terminal.say("  chosen: \($0)") }
    Terminal.say("Look at them, then: polder apply -f \(output) --dry-run")
  }

  private func write(_ made: SlurmImport) throws {
    guard !FileManager.default.fileExists(atPath: output) else {
      throw Failure(
        .invalidInput, "\(output) is there already; nothing was written",
        next: "name another folder")
    }
    try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
    for file in made.files + [(name: "import.txt", text: made.report)] {
      try Data(file.text.utf8).write(to: URL(fileURLWithPath: "\(output)/\(file.name)"))
    }
  }

  private func text(of file: String?, else object: String) throws -> String? {
    if let file { return try Self.read(file) }
    // Where only an accounts file is at hand, there may be no Slurm.
    return try? Self.scontrol(object)
  }

  private static func read(_ file: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw Failure(.invalidInput, "\(file) can't be read")
    }
    return String(decoding: data, as: UTF8.self)
  }

  private static func scontrol(_ object: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["scontrol", "show", object]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(.unavailable, "scontrol show \(object) ended with \(process.terminationStatus)")
    }
    return String(decoding: data, as: UTF8.self)
  }
}
