import ArgumentParser
import Client
import Foundation
import Wire

/// Parses the words, performs the command, and turns every end into a documented exit code.
@main
enum Program {
  static func main() async {
    // Under the name of one of Slurm's commands it is that command.
    if SlurmTools.isOne(CommandLine.arguments) {
      return await SlurmTools.perform(CommandLine.arguments)
    }
    do {
      try CommandWord.refuse(in: CommandLine.arguments.dropFirst())
      try NegativeAmount.refuse(in: CommandLine.arguments.dropFirst())
      var command = try Polder.parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let failure as Failure {
      fflush(nil)
      Terminal.complain(failure.text)
      exit(failure.code.rawValue)
    } catch let error as ClientError {
      let failure = Failure(error)
      fflush(nil)
      Terminal.complain(failure.text)
      exit(failure.code.rawValue)
    } catch {
      Polder.exit(withError: error)
    }
  }
}

/// The command itself: nothing but its subcommands.
struct Polder: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "polder",
    abstract:
      "Compute time on the AI factory: ask what a job costs, submit it, follow it, see what it cost.",
    discussion: """
      Start with a script, say train.sh, that begins with #!/bin/bash:

        polder quote train.sh --gpus=1 --time=10       what would it cost?
        polder job submit train.sh --gpus=1 --time=10  submit it: say as P12
        polder queue                                   when does it start, and why
        polder job show P12                            all about it, and its cost
        polder balance                                 what your projects have left

      Times of jobs (--time) are in minutes or HH:MM:SS. Amounts are in GPU-hours (GPU-h): one GPU \
      for one hour. Every listing also prints JSON (--format json).

      Exit codes: see "polder exit-codes".
      """,
    version: "polder \(PolderRelease.version)",
    subcommands: [
      JobCommand.self, Quote.self, Queue.self, Priority.self, Simulate.self, Balance.self,
      Pace.self, Ledger.self,
      Rate.self,
      Transfer.self,
      Refund.self, Adjust.self, Caps.self, Limits.self,
      PeriodCommand.self, Report.self, Export.self,
      NodeCommand.self, PartitionCommand.self, ReservationCommand.self, BridgeCommand.self,
      WhatIf.self, Apply.self,
      Import.self, Audit.self,
      Privacy.self,
      Sacct.self, Sacctmgr.self, Sshare.self,
      AdminCommand.self,
      Status.self, WhoAmI.self,
      ExitCodes.self,
    ])
}
