// Why: whatever real scripts contain must parse; what Polder does not act on must not be dropped
// where that would run another job.
import Domain
import Services
import Testing
import Wire

@Suite("options") struct SubmissionOptionsTests {
  private func read(_ lines: [String] = [], _ commandLine: [String] = []) -> SubmissionOptions {
    let script = (["#!/bin/sh"] + lines.map { "#SBATCH \($0)" }).joined(separator: "\n")
    return SubmissionOptions(script: script, commandLine: commandLine)
  }

  /// The only fault of one command line.
  private func fault(_ words: String...) throws -> String {
    let read = read([], words)
    try #require(read.faults.count == 1, "\(read.faults)")
    return read.faults[0].message
  }

  @Test(
    "are read in each of their spellings",
    arguments: [["--nodes=2"], ["--nodes", "2"], ["-N2"], ["-N", "2"], ["-vQN2"]])
  func spellings(words: [String]) {
    let read = read([], words)
    #expect(read.faults == [])
    #expect(read.draft.nodes == 2...2)
  }

  @Test("a long option may be cut short where only one begins so")
  func abbreviations() throws {
    #expect(read([], ["--cpus-per-t=4"]).draft.cpusPerTask == 4)
    #expect(try fault("--nod=2").contains("--nodes, --nodelist"))
  }

  @Test("those of the command line overrule the script's")
  func precedence() {
    let read = read(
      ["--time=10 -J script", "--mem=4G --requeue"],
      ["--time=20", "--mem-per-gpu=1G", "--no-requeue"])
    #expect(read.faults == [])
    #expect(read.draft.timeLimit == .minutes(20))
    #expect(read.draft.name == "script")
    #expect(read.draft.memory == .perGPU(1024))
    #expect(read.draft.requeue == false)
  }

  @Test(
    "times are read in all of Slurm's formats",
    arguments: [
      ("90", 5400), ("1:30", 90), ("01:30:00", 5400), ("1-0", 86_400), ("1-2:3", 93_780),
      ("2-03:04:05", 183_845),
    ])
  func times(text: String, seconds: Int64) throws {
    #expect(try OptionValue.time(text) == Seconds(seconds))
  }

  @Test(
    "a time that sets no limit is refused",
    arguments: [
      "unlimited", "UNLIMITED", "infinite", "-1", "0", "0:00", "", ":", "1:2:3:4", "1-", "-5",
      "1h", "+5", "99999999999999999999", "1-2-3", "٣",
    ])
  func noTime(text: String) {
    #expect(throws: OptionError.self) { try OptionValue.time(text) }
  }

  @Test(
    "memory has Slurm's suffixes and is rounded up to MiB",
    arguments: [
      ("4000", 4000), ("512M", 512), ("16G", 16_384), ("1T", 1_048_576), ("1500K", 2),
      ("16g", 16_384), ("16GB", 16_384), ("16GiB", 16_384), ("0", 0),
    ])
  func memory(text: String, mebibytes: Int) throws {
    #expect(try OptionValue.memoryMiB(text) == mebibytes)
  }

  @Test("an amount of memory that is none is refused", arguments: ["", "G", "-1", "1.5G", "12X"])
  func noMemory(text: String) {
    #expect(throws: OptionError.self) { try OptionValue.memoryMiB(text) }
  }

  @Test(
    "GPUs are counted in each of their spellings",
    arguments: [
      ["--gres=gpu:2"], ["--gres=gpu:h100:2"], ["--gres", "gpu=2"], ["--gpus-per-node=h100:2"],
      ["--gpus-per-node", "2"], ["--gres=gres:gpu:2"],
    ])
  func gpus(words: [String]) {
    let read = read([], words)
    #expect(read.faults == [])
    #expect(read.draft.gpusPerNode == 2)
    #expect(read.draft.gpuType == (words[0].contains("h100") ? "h100" : nil))
  }

  @Test(
    "a MIG slice is a type of GPU, its dots and underscores with it",
    arguments: ["--gres=gpu:h100_1g.10gb:2", "--gpus-per-node=h100_1g.10gb:2"])
  func slice(word: String) {
    let read = read([], [word])
    #expect(read.faults == [])
    #expect(read.draft.gpusPerNode == 2 && read.draft.gpuType == "h100_1g.10gb")
  }

  @Test(
    "a share of a GPU is shards, with or without the type of GPU",
    arguments: ["--gres=shard:2", "--gres=shard:h100:2", "--gres=gres:shard:2"])
  func shards(word: String) {
    let read = read([], ["--gres=gpu:1", word])
    #expect(read.faults == [])
    #expect(read.draft.shards == 2 && read.draft.gpusPerNode == nil)
    #expect(read.draft.gpuType == (word.contains("h100") ? "h100" : nil))
  }

  @Test("arrays have ranges, steps, lists and a throttle")
  func arrays() throws {
    let spec = try ArraySpec("0-9:3,15,4%2")
    #expect(spec.indices == [0, 3, 4, 6, 9, 15])
    #expect(spec.throttle == 2)
    #expect(try ArraySpec("0-999").indices.count == 1000)
  }

  @Test(
    "an array that is none, or too large, is refused",
    arguments: [
      "", "a", "3-1", "1-", "-1", "1,,2", "1:2", "0-9:0", "0-9%0", "0-9%", "0-1000", "0-4000000",
      "4000001", "0-9%1%2", "1-2-3", "0-9223372036854775807",
    ])
  func noArray(text: String) {
    #expect(throws: OptionError.self) { try ArraySpec(text) }
  }

  @Test("dependencies name jobs by Polder's ids and by Slurm's")
  func dependencies() throws {
    let all = try DraftDependency.parse("afterok:P12:13,afterany:7(unfulfilled)")
    #expect(all.map(\.condition) == [.afterok, .afterok, .afterany])
    #expect(
      all.map(\.target) == [.polder(JobID(number: 12)), .slurm(13), .slurm(7)])
  }

  @Test("licences are names with counts, all of which are needed")
  func licences() throws {
    let draft = read(["-L matlab:2,ansys"], []).draft
    #expect(draft.licences.map(\.description) == ["ansys:1", "matlab:2"])
    let all = try OptionValue.licences("a=3;b&c:1")
    #expect(all.map(\.description) == ["a:3", "b:1", "c:1"])
    for text in ["", "a|b", "a:0", "a:x", "a,a:2", "a@server", "a,", ":2", "a:9999999"] {
      #expect(throws: OptionError.self, "\(text)") { try OptionValue.licences(text) }
    }
  }

  @Test("after takes a delay in minutes after each of its jobs")
  func delays() throws {
    let all = try DraftDependency.parse("after:P12+5:13+0:14_2+90,afterany:7")
    #expect(all.map(\.delay) == [.minutes(5), .zero, .minutes(90), .zero])
    #expect(all[2].target == .slurm(14) && all[2].index == 2)
  }

  @Test(
    "a dependency that would be half understood is refused",
    arguments: [
      "aftercorr", "afterok", "afterok:", "afterok:P12_x", "afterok:12_", "aftercorr:P12_3",
      "afterok:12+5", "after:12+", "after:12+x", "after:12+1000000", "singleton:5", "expand:5",
      "afterok:1?afterany:2,after:3", "singleton?afterok:1", "12", "afterok:0", "afterok:x",
      "afterok:1,",
    ])
  func noDependency(text: String) {
    #expect(throws: OptionError.self) { try DraftDependency.parse(text) }
  }

  @Test("begin times are relative, or instants in UTC")
  func begin() throws {
    #expect(try OptionValue.begin("now") == .after(.zero))
    #expect(try OptionValue.begin("now+90") == .after(Seconds(90)))
    #expect(try OptionValue.begin("now+1hour") == .after(.hours(1)))
    #expect(
      try OptionValue.begin("2026-12-01T08:00:00") == .at(try #require(Instant("2026-12-01T08:00")))
    )
    for text in ["", "now-1hour", "now+1fortnight", "tomorrow", "now+99999999999days"] {
      #expect(throws: OptionError.self) { try OptionValue.begin(text) }
    }
  }

  @Test("every option of real scripts parses, is accepted, or is refused in words")
  func realScripts() {
    let accepted = read([
      "-J name -o out -e err -i in -p gpu -A longscan -t 10 -N 1-2 -n 2 --ntasks-per-node=2",
      "-c 4 --mem=4G --gres=gpu:1 -a 0-9%4 -d afterok:P1 --begin=now+1hour -D /tmp --export=ALL",
      "--exclusive --requeue --comment=x --nice=5 --nice --qos=normal --mail-type=ALL",
      "--mail-user=a@b --wckey=submitit --signal=B:USR2@90 --open-mode=append --get-user-env=L",
      "--parsable --clusters=all --hint=nomultithread --time-min=5 -M c -q normal",
      "--reservation=course",
    ])
    #expect(accepted.faults == [] && accepted.draft.reservation == "course")
    #expect(accepted.draft.nodes == 1...2)
    let refused = ["--mincpus=4", "--bb=x", "--contiguous"]
    for line in refused {
      let faults = read([line]).faults
      #expect(faults.count == 1)
      #expect(faults.first?.message.contains("does not act on it yet") == true)
    }
  }

  @Test("an option that Slurm acts on and Polder does not is refused with what to do instead")
  func refusedWithNextStep() throws {
    #expect(try fault("--prefer=ib").contains("--constraint"))
    #expect(try fault("--priority=5").contains("--nice"))
    #expect(try fault("--tmp=1G").contains("--constraint"))
    #expect(try fault("--no-kill").contains("--requeue"))
  }

  @Test("a number of switches is read, with how long the job waits for nodes behind so few")
  func switches() throws {
    #expect(read(["--switches=2"]).draft.switches == SwitchCount(most: 2, wait: nil))
    #expect(
      read(["--switches=1@1:30:00"]).draft.switches == SwitchCount(most: 1, wait: .minutes(90)))
    for text in ["0", "-1", "x", "1@", "@5", "1@never"] {
      let told = try fault("--switches=\(text)")
      #expect(told.contains("write"), "\(text): \(told)")
    }
  }

  @Test("deadline, least time and nice are read; a nice value that goes ahead is refused")
  func wishes() throws {
    let draft = read(["--time-min=30 --nice", "--deadline=now+8hours"], ["--nice=20000"]).draft
    #expect(draft.minimumTime == .minutes(30))
    #expect(draft.deadline == .after(.hours(8)))
    #expect(draft.nice == 10_000)
    #expect(read(["--nice"]).draft.nice == 100)
    #expect(try fault("--nice=-5").contains("only an administrator may"))
    #expect(try fault("--nice=x").contains("0 to 10000"))
    #expect(try fault("--deadline=noon").contains("is no deadline; write now+8hours"))
    #expect(try fault("--time-min=0").contains("means no limit"))
  }

  @Test("singleton, corresponding tasks and single tasks are read among other conditions")
  func furtherDependencies() throws {
    let text = "singleton,aftercorr:P5,afterok:P12_3:13_0(failed)"
    let all = try DraftDependency.parse(text)
    #expect(all.map(\.condition) == [.aftercorr, .afterok, .afterok])
    #expect(all.map(\.index) == [nil, 3, 0])
    #expect(DraftDependency.namesSingleton(text))
    #expect(!DraftDependency.namesSingleton("afterok:1"))
    #expect(try DraftDependency.parse("singleton").isEmpty)
    let any = read(["-d afterok:1?afternotok:P2"]).draft
    #expect(any.dependencies.map(\.condition) == [.afterok, .afternotok])
    #expect(any.dependencyRule == .any)
  }

  @Test("nodes are asked for by features, required and excluded, in ranges")
  func terms() throws {
    let draft = read(["-C ib&nvme|rack1 -w gn[02-03]"], ["--exclude=gn01,gn04"]).draft
    #expect(draft.features?.description == "ib&nvme|rack1")
    #expect(draft.requiredNodes.map(\.text) == ["gn02", "gn03"])
    #expect(draft.excludedNodes.map(\.text) == ["gn01", "gn04"])
    #expect(try fault("-C", "[rack1|rack2]").contains("are not supported yet"))
    #expect(try fault("-C", "ib*2").contains("such as ib&nvme"))
    #expect(try fault("-C", "ib&").contains("1 to 32 names"))
    #expect(try fault("-w", "./nodes").contains("a file of names is not read"))
    #expect(try fault("-F", "nodes").contains("--nodelist"))
    #expect(try fault("-x", "gn[0-2000]").contains("2001 nodes; the most accepted is 2000"))
  }

  @Test("faults say what is accepted, and where they are")
  func faults() throws {
    #expect(try fault("--partion=gpu").contains("do you mean --partition?"))
    #expect(try fault("--mem-p=1").contains("--mem-per-cpu, --mem-per-gpu"))
    #expect(try fault("-Z") == "-Z is no option of sbatch")
    #expect(try fault("--nodes") == "--nodes needs a value")
    #expect(try fault("--requeue=1") == "--requeue takes no value")
    #expect(try fault("train.sh").contains("is no option"))
    #expect(try fault("--gres=gpu:a:b:c").contains("GPUs"))
    #expect(try fault("--gres=fpga:1").contains("accepted: gpu:4"))
    #expect(try fault("--gres=shard:0").contains("no share of a GPU"))
    #expect(try fault("--gres=gpu:1,shard:1").contains("one kind of GPU"))
    #expect(try fault("--mem=1G", "--mem-per-cpu=1G").contains("only one of"))
    #expect(try fault("--exclusive=user").contains("not supported"))
    #expect(try fault("-J", "two\nlines").contains("control character"))
    let script = read(["-N", "--time=soon"])
    #expect(script.faults.map(\.origin) == [.script(line: 2), .script(line: 3)])
  }

  @Test("a problem carries the script's lines as places, the command line's faults in words")
  func problem() throws {
    let read = read(["--time=soon"], ["--nodes=0"])
    let problem = try #require(Wording.problem(read.faults, script: "train.sh"))
    #expect(problem.places.map { "\($0.file):\($0.line)" } == ["train.sh:2"])
    #expect(problem.detail.hasPrefix("--nodes: '0' is no number of nodes"))
    #expect(Wording.problem([], script: "train.sh") == nil)
  }
}
