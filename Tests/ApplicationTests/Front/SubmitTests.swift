// Why: a job is accepted once, as what its member meant, or refused with numbers and a next step.
import Domain
import Doubles
import Engine
import Ledger
import Lifecycle
import Scheduling
import Services
import Testing
import Wire

@Suite("submitting") struct SubmitTests {
  private func request(
    _ directives: String, partition: String = "gpu"
  ) async throws -> JobRequest {
    let town = try await Town()
    let view = try await town.submit("bram", "\(directives) -p \(partition)")
    let job = try #require(JobID(view.id))
    return try #require(await town.store.state.jobs[job]).request
  }

  @Test(
    "what is not named comes with the GPUs, and GPUs divide over the nodes",
    arguments: [
      ("--gpus=1", 1, NodeResources(gpus: 1, cpus: 20, memoryMiB: 128_000)),
      ("--gpus=6", 2, NodeResources(gpus: 3, cpus: 60, memoryMiB: 384_000)),
      ("-G 8", 2, NodeResources(gpus: 4, cpus: 80, memoryMiB: 512_000)),
      ("-N 2 --gres=gpu:2", 2, NodeResources(gpus: 2, cpus: 40, memoryMiB: 256_000)),
      ("-n 4 --gpus-per-task=1", 1, NodeResources(gpus: 4, cpus: 80, memoryMiB: 512_000)),
      ("-n 8 --gpus-per-task=1", 2, NodeResources(gpus: 4, cpus: 80, memoryMiB: 512_000)),
      ("--gpus=1 -c 4 --mem=8G", 1, NodeResources(gpus: 1, cpus: 4, memoryMiB: 8192)),
      ("--gpus=2 --mem-per-gpu=1G", 1, NodeResources(gpus: 2, cpus: 40, memoryMiB: 2048)),
      ("-n 10 -c 2 --mem-per-cpu=1G", 1, NodeResources(gpus: 0, cpus: 20, memoryMiB: 20_480)),
      ("-n 100", 2, NodeResources(gpus: 0, cpus: 50, memoryMiB: 320_000)),
      ("-N 2 --ntasks-per-node=4", 2, NodeResources(gpus: 0, cpus: 4, memoryMiB: 25_600)),
      ("-N 1-4 --gpus=8", 2, NodeResources(gpus: 4, cpus: 80, memoryMiB: 512_000)),
      ("-N 3-4 -G 8", 4, NodeResources(gpus: 2, cpus: 40, memoryMiB: 256_000)),
      ("-N 2-4 --gpus-per-node=1", 2, NodeResources(gpus: 1, cpus: 20, memoryMiB: 128_000)),
      ("-N 1-3 -n 120", 2, NodeResources(gpus: 0, cpus: 60, memoryMiB: 384_000)),
      (
        "-N 1-4 -n 8 --gpus-per-task=1", 2,
        NodeResources(gpus: 4, cpus: 80, memoryMiB: 512_000)
      ),
      ("--gpus=1 --mem=0", 1, NodeResources(gpus: 1, cpus: 20, memoryMiB: 512_000)),
      (
        "--gres=shard:1", 1,
        NodeResources(gpus: 1, cpus: 5, memoryMiB: 32_000, gpuThousandths: 250)
      ),
      (
        "--gres=shard:h100:3 -c 2 --mem=1G", 1,
        NodeResources(gpus: 1, cpus: 2, memoryMiB: 1024, gpuThousandths: 750)
      ),
      ("--gpus=1 --exclusive", 1, NodeResources(gpus: 4, cpus: 80, memoryMiB: 512_000)),
    ])
  func shapes(directives: String, nodes: Int, share: NodeResources) async throws {
    let request = try await request(directives)
    #expect(request.nodeCount == nodes)
    #expect(request.perNode == share)
  }

  @Test(
    "a share of a GPU that can't be had is refused with what can",
    arguments: [
      ("--gres=shard:5", "shards", "which has 4 shards"),
      ("--gres=shard:1 -p whole", "shards", "gives whole nodes"),
      ("--gres=shard:1 --nodelist=gn01", "required-nodes", "gn01 can't be among"),
      ("--gres=shard:1 --exclude=gn04", "shards", "cut into shards"),
      ("--gres=shard:1 --gpus=1", "contradiction", "whole GPUs"),
      ("--gres=shard:1 --exclusive", "contradiction", "whole nodes"),
      ("--gres=shard:1 --mem-per-gpu=1G", "contradiction", "a share of one"),
    ])
  func noShare(directives: String, code: String, words: String) async throws {
    let problem = try await Town().refusal("bram", directives)
    let text = "\(problem.code) \(problem.detail)"
    #expect(text.contains(code) && text.contains(words), "\(text)")
  }

  @Test("a whole-node partition gives all of each node")
  func wholeNodes() async throws {
    let request = try await request("-N 2 --time=90:30", partition: "whole")
    #expect(request.perNode == NodeResources(gpus: 4, cpus: 80, memoryMiB: 512_000))
    // Slurm counts limits in whole minutes.
    #expect(request.timeLimit == .minutes(91))
  }

  @Test(
    "what contradicts itself or fits no node is refused",
    arguments: [
      ("--gpus=3 -N 2", "gpus-uneven"), ("--gpus=4 -N 2 --gpus-per-node=4", "contradiction"),
      ("-N 4 -n 2", "contradiction"), ("-N 3-4 -G 7", "gpus-uneven"),
      ("-N 1-2 --gpus-per-node=1 -w gn[01-03]", "contradiction"),
      ("-N 1 -n 9 --ntasks-per-node=4", "contradiction"),
      ("--gpus-per-node=5", "too-large"), ("-N 5 --gpus-per-node=1", "too-many-nodes"),
      ("--gpus=a100:1", "gpu-type"), ("--gpus=1 --mem=1T", "too-large"),
      ("--gpus=1 --time=2-0", "time-limit"), ("--gpus=1 -p gpuu", "unknown-partition"),
      ("--gpus=1 -p a,b,c,d,e,f,g,h,i", "partition-list"),
      ("--gpus=1 --allocation=x", "no-allocation"),
      ("--gpus=1 -d afterok:P9", "unknown-dependency"),
      ("--gpus=1 --mem=900000000T", "too-large"),
      ("-n 1000000 -c 1000000 --mem-per-cpu=999999T", "too-large"),
      ("--gpus=1 -C nvme", "features"), ("--gpus=1 -x gn[01-04]", "features"),
      ("-N 3 --gpus-per-node=1 -C ib", "too-many-nodes"),
      ("--gpus=1 -w gn09", "unknown-node"), ("--gpus=1 -x gn1", "unknown-node"),
      ("--gpus=1 -w gn01 -C ib", "required-nodes"),
      ("--gpus=1 -t 30 --deadline=now+20minutes", "deadline"),
      ("--gpus=1 -t 30 --time-min=60", "contradiction"),
      ("--gpus=1 -w gn01 -x gn[01-02]", "contradiction"),
      ("-N 1 --gpus-per-node=1 -w gn01,gn02", "contradiction"),
    ])
  func refused(directives: String, code: String) async throws {
    let problem = try await Town().refusal("bram", directives)
    #expect(problem.code == code)
    #expect(!problem.nextStep.isEmpty)
    #expect(problem.status == 422)
  }

  @Test("what is said of the nodes is kept, shown, and as many nodes are asked for as are named")
  func terms() async throws {
    let town = try await Town()
    let view = try await town.submit("bram", "--gpus-per-node=1 -w gn0[3-4] -C ib -x gn01")
    #expect(view.nodes == 2)
    #expect(
      view.conditions == ["--constraint=ib", "--nodelist=gn[03-04]", "--exclude=gn01"])
    let refusal = try await town.refusal("bram", "--gpus=1 -C nvme -x gn01")
    #expect(
      refusal.detail
        == "none of 4 nodes is left that meets 'nvme', with 1 excluded")
    #expect(refusal.nextStep == "features of its nodes: ib (2)")
  }

  @Test("deadline, least time, nice and singleton are kept and shown")
  func wishes() async throws {
    let town = try await Town()
    let view = try await town.submit(
      "bram", "--gpus=1 -t 60 --time-min=10 --deadline=now+30minutes --nice=5 -d singleton")
    #expect(
      view.conditions == [
        "--time-min=00:10:00", "--deadline=\(Town.now + .minutes(30))", "--nice=5",
        "--dependency=singleton",
      ])
    let late = try await town.refusal("bram", "--gpus=1 -t 30 --deadline=now+20minutes")
    #expect(
      late.detail == "started at \(Town.now) with a limit of 00:30:00 it ends by "
        + "\(Town.now + .minutes(30)); the deadline is \(Town.now + .minutes(20))")
  }

  @Test("a singleton that waits for a job of another project names neither it nor its number")
  func foreignSingleton() {
    let reason = WaitReason.singleton(JobID(number: 77), tasks: 2)
    let foreign = Wording { _ in false }.view(reason)
    #expect(!foreign.text.contains("77") && !foreign.nextStep.contains("77"))
    #expect(foreign.text.contains("a job of another project") && foreign.text.contains("2 tasks"))
    #expect(Wording { _ in true }.view(reason).nextStep == "see `polder job show P77`")
  }

  @Test("a dependency may name one task of an array that has it")
  func taskDependency() async throws {
    let town = try await Town()
    _ = try await town.submit("bram", "--gpus=1 -t 5 -a 0-2", key: "a")
    let view = try await town.submit("bram", "--gpus=1 -t 5 -d afterok:P1_2", key: "b")
    let job = try #require(JobID(view.id))
    #expect(
      await town.store.state.jobs[job]?.request.dependencies
        == [Dependency(condition: .afterok, job: JobID(number: 1), index: 2)])
    let none = try await town.refusal("bram", "--gpus=1 -t 5 -d afterok:P1_7")
    #expect(none.code == "unknown-dependency" && none.detail.contains("P1_7"))
  }

  @Test("without -A the only active project is taken, and of several none is guessed")
  func projects() async throws {
    let town = try await Town()
    #expect(try await town.submit("bram", "--gpus=1").project == "longscan")
    let several = try await town.refusal("anouk", "--gpus=1")
    #expect(several.code == "project-missing")
    #expect(several.detail.contains("longscan, seals"))
    #expect(try await town.submit("anouk", "--gpus=1 -t 30 -A seals", key: "a").project == "seals")
  }

  @Test("a project of others and one that is none are refused in the same words")
  func foreignProjects() async throws {
    let town = try await Town()
    let foreign = try await town.refusal("bram", "--gpus=1 -A seals")
    let unknown = try await town.refusal("bram", "--gpus=1 -A seels")
    #expect(foreign.code == "not-a-member")
    #expect(
      foreign.detail.replacing("seals", with: "X") == unknown.detail.replacing("seels", with: "X"))
    #expect(try await town.refusal("vera", "--gpus=1 -A seals").code == "not-a-member")
    #expect(try await town.refusal("bram", "-A longscn").detail.contains("longscan?"))
  }

  @Test("a job that no allocation could ever carry is refused with the numbers")
  func budget() async throws {
    let town = try await Town()
    let problem = try await town.refusal("anouk", "-A seals --gpus=4 --time=30")
    #expect(problem.code == "budget")
    #expect(
      problem.detail
        == "requested 2.0333 GPU-h (4.000 GPU-equivalents for 00:30:00, and 30 s of grace); "
        + "available 1.0000 GPU-h in seals-1; held by running jobs 0.0000 GPU-h")
    #expect(
      problem.nextStep
        == "ask for --time=00:14:00 or less, or for fewer GPUs, or ask your PI (ivo) for more")
    #expect(problem.numbers["requestedGPUMilliseconds"] == 7_320_000)
    #expect(problem.numbers["availableGPUMilliseconds"] == 3_600_000)
  }

  @Test("the PI is not sent to the PI")
  func ownPI() async throws {
    let town = try await Town()
    let problem = try await town.refusal("ivo", "-A seals --gpus=4 --time=30")
    #expect(problem.code == "budget")
    #expect(
      problem.nextStep
        == "ask for --time=00:14:00 or less, or for fewer GPUs, or ask an administrator for more")
  }

  @Test("who has one project hears what is wrong with its allocation, named or not")
  func expired() async throws {
    let town = try await Town()
    await town.store.set(clock: Town.now + .hours(24 * 60))
    let unnamed = try await town.refusal("bram", "--gpus=1")
    #expect(unnamed.code == "expired" && unnamed.detail.contains("longscan-1"))
    #expect(unnamed == (try await town.refusal("bram", "-A longscan --gpus=1")))
    let several = try await town.refusal("anouk", "--gpus=1")
    #expect(several.code == "project-missing")
    for name in ["longscan-1 ended at ", "seals-1 ended at "] {
      #expect(several.detail.contains(name), "\(several.detail)")
    }
  }

  @Test("an array is held against the budget as a whole")
  func arrayBudget() async throws {
    let town = try await Town()
    let problem = try await town.refusal("ivo", "-A seals --gpus=1 -t 30 -a 0-2")
    #expect(problem.code == "budget")
    // One after the other: each task releases its grace before the next one needs it.
    #expect(
      problem.detail.hasPrefix(
        "requested 1.5083 GPU-h (3 tasks of 1.000 GPU-equivalents for 00:30:00, and 30 s of grace "
          + "of one of them); "))
    #expect(problem.numbers["requestedGPUMilliseconds"] == 5_430_000)
    let view = try await town.submit("ivo", "-A seals --gpus=1 -t 20 -a 0-1%1")
    #expect(view.tasks.map(\.id) == ["P1_0", "P1_1"])
  }

  @Test("what is held by running jobs may still be released, so that a job waits for it")
  func heldBudget() async throws {
    let town = try await Town()
    let seals = try #require(AllocationID("seals-1"))
    let run = try #require(RunID("P77.1"))
    await town.store.post(.hold(run, seals, .hours(1), effective: Town.now))
    #expect(try await town.submit("ivo", "-A seals --gpus=1 -t 30").tasks[0].state == "waiting")
  }

  @Test("windows that have ended, open later or end too soon are refused with their dates")
  func windows() async throws {
    let town = try await Town()
    let pending = try await town.refusal("ivo", "-A flood --gpus=1 -t 5")
    #expect(pending.code == "pending")
    #expect(pending.detail.contains("flood-2 of project flood opens at 2026-11-20T11:06:40Z"))
    let expired = try await town.refusal("ivo", "-A flood --allocation=flood-1 --gpus=1")
    #expect(expired.code == "expired")
    #expect(expired.detail.hasPrefix("allocation flood-1 of project flood ended at "))
    #expect(
      expired.nextStep
        == "name flood-2, which opens at 2026-11-20T11:06:40Z; or ask an administrator "
        + "to request an extension or a new allocation")
    await town.store.set(clock: Town.now + .hours(72))
    let other = try await town.refusal("ivo", "-A flood --allocation=flood-1 --gpus=1")
    #expect(
      other.nextStep.hasPrefix(
        "leave --allocation out, or name one that is open: flood-2 (10.0000 GPU-h available); or "))
    await town.store.set(clock: Town.now)
    let short = try await town.refusal("ivo", "-A seals --cpus-per-task=1 -t 2:00:00")
    #expect(short.code == "window")
    #expect(short.nextStep.hasPrefix("ask for --time=01:59:00 or less"))
    let later = try await town.submit("ivo", "-A flood --gpus=1 -t 5 --begin=now+3days")
    #expect(later.project == "flood")
  }

  @Test("the same key gives the same job again, and refuses another one")
  func idempotency() async throws {
    let town = try await Town()
    let bram = try await town.caller("bram")
    let first = try await town.front.submit(Town.submission("--gpus=1"), key: "k", bram)
    let again = try await town.front.submit(Town.submission("--gpus=1"), key: "k", bram)
    #expect(first.isNew && !again.isNew)
    #expect(first.view.id == again.view.id)
    #expect(await town.store.state.jobs.count == 1)
    let problem = await #expect(throws: Problem.self) {
      try await town.front.submit(Town.submission("--gpus=2"), key: "k", bram)
    }
    #expect(problem?.code == "key-used-otherwise")
  }

  @Test(
    "moments relative to now are the same when they are said again",
    arguments: ["--begin=now+8hours", "--deadline=now+2days -t 5", "--begin=now+1minute"])
  func idempotencyOfMoments(_ options: String) async throws {
    let town = try await Town()
    let first = try await town.submit("bram", "--gpus=1 \(options)", key: "k")
    await town.store.set(clock: Town.now + Seconds(90))
    #expect(try await town.submit("bram", "--gpus=1 \(options)", key: "k") == first)
    await town.store.set(clock: Town.now + .hours(24 * 3))
    #expect(try await town.submit("bram", "--gpus=1 \(options)", key: "k").id == first.id)
    #expect(await town.store.state.jobs.count == 1)
  }

  @Test("a repetition from another login is the same; with another variable of one's own it is not")
  func idempotencyOfLogins() async throws {
    let town = try await Town()
    let bram = try await town.caller("bram")
    var said = Town.submission("--gpus=1")
    said.environment += ["SSH_TTY=/dev/pts/1", "RATE=0.1"]
    let first = try await town.front.submit(said, key: "k", bram)
    said.environment = Town.submission("--gpus=1").environment + ["XDG_SESSION_ID=7", "RATE=0.1"]
    said.scriptName = "./train.sh"
    #expect(try await town.front.submit(said, key: "k", bram).view.id == first.view.id)
    said.environment += ["RATE=0.2"]
    await #expect(throws: Problem.self) { try await town.front.submit(said, key: "k", bram) }
  }

  @Test("a key that stands for another job is told of, though what is said now is refused")
  func keyOfAnother() async throws {
    let town = try await Town()
    let bram = try await town.caller("bram")
    _ = try await town.front.submit(Town.submission("--gpus=1"), key: "k", bram)
    let problem = await #expect(throws: Problem.self) {
      try await town.front.submit(Town.submission("--gpus=4000"), key: "k", bram)
    }
    #expect(problem?.code == "key-used-otherwise")
  }

  @Test("the same key gives its job again, though the budget would not carry it any more")
  func idempotencyAfterUse() async throws {
    let town = try await Town()
    let job = try await town.submit("ivo", "-A seals --gpus=1 -t 30", key: "k")
    let seals = try #require(AllocationID("seals-1"))
    await town.store.post(
      .withdraw(EntryID("cut"), seals, GPUTime(milliseconds: 2_700_000), effective: Town.now))
    #expect(try await town.refusal("ivo", "-A seals --gpus=1 -t 30").code == "budget")
    #expect(try await town.submit("ivo", "-A seals --gpus=1 -t 30", key: "k").id == job.id)
  }

  @Test("system accounts, unbound accounts and unknown uids submit nothing")
  func strangers() async throws {
    let town = try await Town()
    #expect(try await town.refusal("root", "--gpus=1").code == "system-account")
    #expect(try await town.refusal("stranger", "--gpus=1").code == "not-a-member")
    await #expect(throws: Problem.self) { try await town.front.caller(uid: 4711) }
  }

  @Test("with the store away a submission says that nothing was accepted")
  func storeAway() async throws {
    let town = try await Town()
    let bram = try await town.caller("bram")
    await town.store.set(fault: .unavailable("no connection"))
    let problem = await #expect(throws: Problem.self) {
      try await town.front.submit(Town.submission("--gpus=1"), key: "k", bram)
    }
    #expect(problem?.status == 503)
    #expect(problem?.code == "unavailable")
    #expect(await town.store.state.jobs.isEmpty)
  }

  @Test("a dependency has to be able to come true")
  func dependencies() async throws {
    let town = try await Town()
    let first = try #require(TaskID(try await town.submit("bram", "--gpus=1", key: "a").id))
    let second = try await town.submit("bram", "--gpus=1 -d afterok:P1", key: "b")
    #expect(second.id == "P2")
    _ = try await town.store.perform(.dropped(first, .failed, cause: "test"))
    let problem = try await town.refusal("bram", "--gpus=1 -d afterok:P1")
    #expect(problem.code == "hopeless-dependency")
    #expect(try await town.submit("bram", "--gpus=1 -d afterany:P1", key: "c").id == "P3")
    // Where one condition will do, the others may be lost.
    #expect(
      try await town.submit("bram", "--gpus=1 -d afterok:P1?afterany:P3", key: "d").id == "P4")
    #expect(
      try await town.refusal("bram", "--gpus=1 -d afterok:P1?afterok:P1").code
        == "hopeless-dependency")
    #expect(
      try await town.refusal("ivo", "-A seals -t 5 -d afterany:P1").code == "unknown-dependency")
  }

  @Test("an environment is handed on as --export says")
  func export() async throws {
    let town = try await Town()
    for (index, (export, expected)) in [
      ("ALL", ["HOME=/home/x", "PATH=/bin", "SECRET=1"]),
      ("NONE", ["HOME=/home/x", "PATH=/bin"]),
      ("X=2,SECRET", ["HOME=/home/x", "PATH=/bin", "SECRET=1", "X=2"]),
    ].enumerated() {
      _ = try await town.submit("bram", "--gpus=1 --export=\(export)", key: "k\(index)")
      let payload = try await town.store.payload(of: JobID(number: Int64(index + 1)))
      #expect(payload?.environment.sorted() == expected)
    }
  }
}
