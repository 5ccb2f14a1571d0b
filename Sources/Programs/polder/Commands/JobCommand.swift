import ArgumentParser

struct JobCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "job",
    abstract: "Submit, list, follow, extend and cancel jobs.",
    subcommands: [
      JobSubmit.self, JobList.self, JobShow.self, JobCancel.self, JobExtend.self,
      JobWait.self, JobExplain.self,
    ])
}
