/// A line of the record that slurmctld itself writes when a run ends (jobcomp/filetxt).
///
/// It has no GPUs and no admin comment: join it by Slurm's job id. It comes also for a job that was
/// cancelled while it waited, and for each run of a job that a failed node requeued.
package struct EndedRun: Sendable, Equatable, Codable {
  package var jobID: Int
  /// The array this was a task of.
  package var arrayJobID: Int?
  package var arrayTask: Int?
  package var uid: Int
  package var account: String
  package var partition: String
  package var name: String
  package var state: SlurmJobState
  /// `nil` when the run never started. `times.end` is always there.
  package var times: JobTimes
  /// What else its times can mean, likelier ones first; nil if nothing. Slurm records local times, and
  /// when clocks go back an hour comes twice.
  package var otherTimes: [JobTimes]?
  package var exit: ExitStatus
  /// Expanded; empty when the run never started.
  package var nodes: [String]

  package init(
    jobID: Int, arrayJobID: Int?, arrayTask: Int?, uid: Int, account: String, partition: String,
    name: String, state: SlurmJobState, times: JobTimes, otherTimes: [JobTimes] = [],
    exit: ExitStatus, nodes: [String]
  ) {
    self.jobID = jobID
    self.arrayJobID = arrayJobID
    self.arrayTask = arrayTask
    self.uid = uid
    self.account = account
    self.partition = partition
    self.name = name
    self.state = state
    self.times = times
    self.otherTimes = otherTimes.isEmpty ? nil : otherTimes
    self.exit = exit
    self.nodes = nodes
  }
}

extension EndedRun {
  /// All that its times can mean, the likeliest first.
  package var readings: [JobTimes] { [times] + (otherTimes ?? []) }

  /// The same line where those readings for which this holds are likelier than all others.
  package func preferring(_ holds: (JobTimes) -> Bool) -> EndedRun {
    guard otherTimes != nil else { return self }
    let readings = readings.filter(holds) + readings.filter { !holds($0) }
    var line = self
    line.times = readings[0]
    line.otherTimes = Array(readings.dropFirst())
    return line
  }
}

/// A place in the record of ended runs; opaque to the daemon, which keeps it durably and hands it
/// back. It names the file itself, so that rotation (by renaming) loses and repeats nothing.
package struct RecordCursor: Sendable, Equatable, Codable {
  package let device: Int
  package let inode: Int
  /// Bytes of whole lines already read.
  package let offset: Int

  package init(device: Int, inode: Int, offset: Int) {
    self.device = device
    self.inode = inode
    self.offset = offset
  }
}

/// A part of the record.
package struct EndedRunPage: Sendable, Equatable, Codable {
  package var runs: [EndedRun]
  /// Lines that could not be read beyond doubt, shortened: for the log and the reconciliation.
  package var unreadable: [String]
  /// Where the next page begins. `nil` while there is no file at all.
  package var next: RecordCursor?
  /// More can be read at once.
  package var more: Bool

  package init(runs: [EndedRun], unreadable: [String], next: RecordCursor?, more: Bool) {
    self.runs = runs
    self.unreadable = unreadable
    self.next = next
    self.more = more
  }
}
