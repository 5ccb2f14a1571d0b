// Why: a site that moves to Polder must find all that its Slurm knew, or be told what it has to see to.
import Domain
import Foundation
import Manifests
import Services
import Testing
import Wire

@testable import polder

@Suite("import slurm")
struct ImportTests {
  /// Written by hand in the form of 23.02 (the first), 21.08 (oneliner, without a type) and 24.05 (CPUs
  /// only); what 22.05 prints itself is read in SiteTests.
  private static let nodes = """
    NodeName=gn01 Arch=x86_64 CoresPerSocket=40
       CPUAlloc=8 CPUEfctv=80 CPUTot=80 CPULoad=2.31
       AvailableFeatures=nvme,ib
       ActiveFeatures=nvme,ib
       Gres=gpu:h100:4(S:0-1),shard:h100:16(S:0-1)
       NodeAddr=gn01 NodeHostName=gn01 Version=23.02.7
       OS=Linux 5.15.0-91-generic #101-Ubuntu SMP Tue Nov 14 13:30:08 UTC 2023
       RealMemory=512000 AllocMem=128000 FreeMem=401230 Sockets=2 Boards=1
       State=MIXED+DRAIN ThreadsPerCore=1 TmpDisk=0 Weight=1 Owner=N/A MCS_label=N/A
       Partitions=gpu,long
       BootTime=2026-08-20T08:00:00 SlurmdStartTime=2026-08-20T08:01:00
       CfgTRES=cpu=80,mem=500G,billing=80,gres/gpu=4
       AllocTRES=cpu=8,mem=125G,gres/gpu=1
       Reason=bad DIMM State=odd [root@2026-11-20T10:00:00]

    NodeName=gn02 Arch=x86_64 CPUTot=80 AvailableFeatures=nvme,ib Gres=gpu:h100:4,shard:16 RealMemory=512000 State=IDLE
    NodeName=old1 Arch=x86_64 CoresPerSocket=16 CPUAlloc=0 CPUTot=64 AvailableFeatures=(null) Gres=gpu:4 Version=21.08.8 RealMemory=256000 State=IDLE
    NodeName=cn1 CPUEfctv=64 CPUTot=64 AvailableFeatures=amd Gres=(null) RealMemory=256000 Version=24.05.2 State=IDLE
    NodeName=two CPUTot=16 Gres=gpu:a40:2,gpu:a100:1,fpga:1 RealMemory=64000 State=IDLE
    """

  /// Likewise in the form of 22.05, 24.05 and 20.11.
  private static let partitions = """
    PartitionName=gpu
       AllowGroups=ALL AllowAccounts=ALL AllowQos=ALL
       AllocNodes=ALL Default=YES QoS=N/A
       DefaultTime=01:00:00 DisableRootJobs=NO ExclusiveUser=NO GraceTime=0 Hidden=NO
       MaxNodes=UNLIMITED MaxTime=2-00:00:00 MinNodes=0 LLN=NO MaxCPUsPerNode=UNLIMITED
       Nodes=gn[01-02]
       PriorityJobFactor=1 PriorityTier=1 RootOnly=NO ReqResv=NO OverSubscribe=NO
       OverTimeLimit=NONE PreemptMode=OFF
       State=UP TotalCPUs=160 TotalNodes=2 SelectTypeParameters=NONE
       JobDefaults=DefCpuPerGPU=16,DefMemPerGPU=100000
       DefMemPerCPU=1000 MaxMemPerNode=UNLIMITED
       TRES=cpu=160,mem=1000G,node=2,billing=160,gres/gpu=8
       TRESBillingWeights=CPU=1.0,Mem=0.128G,GRES/gpu=16.0

    PartitionName=long AllowGroups=staff AllowAccounts=physics AllowQos=ALL Default=NO QoS=long DefaultTime=NONE ExclusiveUser=NO ExclusiveTopo=NO GraceTime=0 MaxNodes=4 MaxTime=UNLIMITED MinNodes=1 Nodes=gn[01-02],old1 PriorityTier=2 OverSubscribe=EXCLUSIVE State=UP
    PartitionName=cpu Nodes=cn1 DefaultTime=00:30:00 MaxTime=12:00:00 OverSubscribe=YES:4 State=DRAIN
    PartitionName=empty Nodes=(null) MaxTime=1:00:00
    """

  private static let accounts = """
    # To edit this file start with a cluster line for the new cluster
    QOS - 'normal':Description='Normal QOS default':UsageFactor=1.000000
    QOS - 'urgent':Description='urgent':Priority=100:MaxWallDurationPerJob=60:Preempt='scavenger'
    QOS - 'scavenger':Description='spare':Priority=0
    Cluster - 'mycluster':Fairshare=1:QOS='normal'
    Parent - 'root'
    User - 'root':DefaultAccount='root':AdminLevel='Administrator':Fairshare=1
    Account - 'Science':Description='the faculty':Organization='uni':Fairshare=10
    Parent - 'Science'
    Account - 'physics':Description='Physics: "all" of it':Organization='uni':Fairshare=3:GrpTRES=cpu=100,gres/gpu=8:GrpTRESMins=gres/gpu=600000:GrpSubmitJobs=100:MaxJobs=20:QOS='normal,urgent'
    Account - 'chem':Description='chem':Organization='chem lab':Fairshare=parent:GrpTRES=gres/gpu:h100=2:GrpTRESRunMins=gres/gpu=1440:MaxWallDurationPerJob=120
    Parent - 'physics'
    User - 'anouk':Coordinator='physics':DefaultAccount='physics':Fairshare=1:MaxJobs=20
    User - 'bram':DefaultAccount='physics':Fairshare=2147483647:MaxJobs=2
    User - 'gone':DefaultAccount='physics':Fairshare=1
    User - 'X-Y':DefaultAccount='physics':Fairshare=1
    Parent - 'chem'
    User - 'bram':Partition='cpu':DefaultAccount='physics':Fairshare=1
    What is this
    """

  private static let passwd = """
    root:x:0:0:root:/root:/bin/bash
    anouk:x:1001:1001:Anouk de Vries,room 3,,:/home/anouk:/bin/bash
    bram:x:1002:1002::/home/bram:/bin/bash
    """

  private static let made = SlurmImport(
    SlurmImport.Texts(
      config: "SLURM_VERSION           = 23.02.7\nKillWait                = 30 sec\n",
      nodes: nodes, partitions: partitions,
      reservations: "ReservationName=maint_1 StartTime=2026-12-01T00:00:00 Flags=MAINT,SPEC_NODES\n"
        + "ReservationName=class StartTime=2026-12-01T00:00:00 Nodes=gn01 Users=anouk Flags=SPEC_NODES\n",
      licences: "LicenseName=matlab\n    Total=25 Used=3 Free=22 Reserved=0 Remote=no\n",
      accounts: accounts, passwd: passwd), country: "NL")

  private func file(_ name: String) throws -> String {
    try #require(Self.made.files.first { $0.name == name }?.text)
  }

  private func isTold(_ text: String) -> Bool {
    Self.made.unmapped.contains { $0.contains(text) }
  }

  @Test("a description that is made is accepted by apply, whole")
  func applies() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("import-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for file in Self.made.files {
      try Data(file.text.utf8).write(to: folder.appendingPathComponent(file.name))
    }
    let now = try #require(Instant("2026-11-23T21:17:41Z"))
    let reader = ManifestReader(variables: [:], today: CivilDate(now))
    let objects = try reader.read(paths: [folder.path]).get()
    let context = ApplyContext(
      now: now, centre: Centre(), balances: [:], grantEntries: [:], busyProjects: [],
      busyNodes: [])
    let plan = ApplyPlanner.plan(described: objects, context: context)
    #expect(plan.refusals == [])
    let next = plan.next
    #expect(next.nodes.count == 5 && next.partitions.count == 3)
    #expect(next.projects.count == 2 && next.members.count == 2)
    #expect(next.allocations.count == 1 && next.limitRules.count == 4)
    #expect(next.licences.count == 1 && next.qosClasses.count == 2)
  }

  @Test("nodes keep GPUs by type, shards, features, CPUs and memory, whatever the version")
  func machine() throws {
    let nodes = try file("nodes.yaml")
    #expect(nodes.contains("id: gn[01-02]\n    gpuType: h100\n    gpus: 4\n    cpus: 80"))
    #expect(nodes.contains("shardsPerGPU: 4\n    features: [nvme, ib]"))
    #expect(nodes.contains("id: old1\n    gpuType: gpu\n    gpus: 4"))
    #expect(nodes.contains("id: cn1\n    gpuType: none\n    gpus: 0"))
    #expect(isTold("node two: GPUs of a second type, a100"))
    #expect(isTold("node two: Gres fpga"))
  }

  @Test("partitions keep their limits of time and cost what they cost; the rest is told")
  func partitions() throws {
    let partitions = try file("partitions.yaml")
    #expect(partitions.contains("rates: {perGPU: 1.000, perCPU: 0.062, perGiB: 0.008}"))
    #expect(partitions.contains("defaultsPerGPU: {cpus: 16, memory: 100000 MiB}"))
    #expect(partitions.contains("id: long\n    nodes: gn[01-02],old1\n    wholeNodes: true"))
    for told in [
      "partition long: AllowGroups=staff", "partition long: AllowAccounts=physics",
      "partition long: QoS=long", "partition long: MaxNodes=4", "partition long: PriorityTier=2",
      "partition cpu: State=DRAIN", "partition cpu: OverSubscribe=YES:4", "partition empty",
    ] {
      #expect(isTold(told), "\(told)")
    }
    #expect(!Self.made.unmapped.contains { $0.hasPrefix("partition gpu") })
    #expect(Self.made.chosen.contains { $0.contains("defaultPartition: gpu") })
  }

  @Test("accounts with users become projects, users with accounts members; others are told")
  func people() throws {
    #expect(try file("members.yaml").contains("account: anouk\n    name: Anouk de Vries"))
    let projects = try file("projects.yaml")
    #expect(projects.contains("title: \"Physics: \\\"all\\\" of it\""))
    #expect(projects.contains("{account: anouk, role: PI}"))
    for told in [
      "user gone has no UNIX account", "user X-Y", "account Science has no users",
      "account physics: it stands under Science", "line 19: 'What is this'",
      "user bram of chem: partition=cpu", "project chem has no budget",
    ] {
      #expect(isTold(told), "\(told): \(Self.made.unmapped)")
    }
  }

  @Test("limits and shares are kept as far as they map")
  func limits() throws {
    let limits = try file("limits.yaml")
    #expect(
      limits.contains(
        "id: physics-at-once\n    scope: {project: physics}\n    atMost: {gpus: 8, queued: 100}"))
    #expect(limits.contains("id: physics-each\n    scope: {project: physics}\n    each: member"))
    #expect(limits.contains("scope: {member: m-0002, project: physics}\n    atMost: {running: 2}"))
    #expect(
      limits.contains(
        "id: chem-at-once\n    scope: {project: chem}\n    atMost: {gpuTime: 1440 GPU-min}"))
    #expect(try file("order.yaml").contains("{project: physics, shares: 3}"))
    #expect(try file("allocations.yaml").contains("granted: 600000 GPU-min"))
    for told in [
      "grptres=cpu=100", "grptres=gres/gpu:h100=2", "maxwalldurationperjob=120",
      "qos=normal,urgent", "QOS urgent: maxwalldurationperjob=60", "Slurm 23.02.7",
      "reservation class",
    ] {
      #expect(isTold(told), "\(told)")
    }
  }

  /// An import of a dump with these lines for the cluster, the account and its user.
  private func people(_ cluster: String, _ account: String, _ user: String) -> SlurmImport {
    SlurmImport(
      SlurmImport.Texts(
        accounts: """
          Cluster - 'c':Fairshare=1:QOS='normal'\(cluster)
          Parent - 'root'
          Account - 'physics':Organization='uni':Fairshare=1\(account)
          Parent - 'physics'
          User - 'anouk':DefaultAccount='physics'\(user)

          """), country: "NL")
  }

  @Test("a limit of -1 is none, and is no line of the description")
  func noLimit() {
    let made = people("", ":MaxJobs=-1:GrpJobs=-1:MaxSubmitJobs=-1", ":MaxJobs=-1:GrpTRES=cpu=-1")
    #expect(!made.files.contains { $0.name == "limits.yaml" })
    #expect(!made.unmapped.contains { $0.contains("-1") }, "\(made.unmapped)")
  }

  @Test("shares of users, limits of the cluster and figures that are cut are told")
  func dropped() {
    let made = people(":MaxJobs=50:GrpTRES=gres/gpu=8", "", ":Fairshare=7:GrpTRESMins=gres/gpu=60")
    for told in [
      "cluster c: maxjobs=50", "cluster c: grptres=gres/gpu=8",
      "user anouk of physics: fairshare=7", "user anouk of physics: grptresmins=gres/gpu=60",
    ] {
      #expect(made.unmapped.contains { $0.hasPrefix(told) }, "\(told): \(made.unmapped)")
    }
    for told in [
      "partition gpu: the weight of cpu, 0.0625 of a GPU's, is cut to 0.062",
      "partition gpu: DefMemPerCPU=1000 is left out",
    ] {
      #expect(Self.made.chosen.contains { $0.hasPrefix(told) }, "\(told): \(Self.made.chosen)")
    }
  }

  @Test("what is not what it was given as is an error, and no import of nothing")
  func wrongInput() {
    for text in ["", "\n", "PartitionName=gpu Nodes=gn01", "{\"json\": 1}"] {
      #expect(SlurmImport.fault(in: .init(accounts: text))?.contains("accounts") == true)
      #expect(SlurmImport.fault(in: .init(nodes: text))?.contains("nodes") == true)
      #expect(SlurmImport.fault(in: .init(config: text))?.contains("config") == true)
      #expect(SlurmImport.fault(in: .init(classes: text))?.contains("qos") == true)
    }
    let other = SlurmImport.fault(in: .init(partitions: "NodeName=gn01"))
    #expect(other?.contains("partitions") == true)
    let whole = SlurmImport.Texts(
      nodes: Self.nodes, partitions: Self.partitions, accounts: Self.accounts)
    #expect(SlurmImport.fault(in: whole) == nil)
  }

  @Test("the report has all of it")
  func report() {
    for line in Self.made.unmapped + Self.made.chosen {
      #expect(Self.made.report.contains("  - \(line)\n"))
    }
  }
}
