/// Texts of members that slurmctld writes into its record of ended runs: the job's name and folder.
///
/// The record is a line for each run, `Key=value` with blanks between, and nothing in it is quoted. So
/// a text that held a line break, or a blank and a key, could be read as another run or another end.
/// Both ways in refuse it (the plugin in `rules.c`), and so does the bridge.
package enum RecordText {
  /// slurmctld's own bound of a job's name, and more than it takes of a folder's.
  package static let maximumBytes = 1024

  /// The keys of the record in their order; the last four only of arrays and heterogeneous jobs.
  package static let keys = [
    "JobId", "UserId", "GroupId", "Name", "JobState", "Partition", "TimeLimit", "StartTime",
    "EndTime", "NodeList", "NodeCnt", "ProcCnt", "WorkDir", "ReservationName", "Tres", "Account",
    "QOS", "WcKey", "Cluster", "SubmitTime", "EligibleTime", "DerivedExitCode", "ExitCode",
    "ArrayJobId", "ArrayTaskId", "HetJobId", "HetJobOffset",
  ]

  /// What is wrong with a text, to follow "the job's name"; nil if it can be written.
  package static func fault(in text: String) -> String? {
    let bytes = Array(text.utf8)
    guard bytes.count <= maximumBytes else { return "is longer than \(maximumBytes) bytes" }
    guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return "has a control character" }
    for key in keys where occurs(Array(" \(key)=".utf8), in: bytes) {
      return "holds ' \(key)=', a key of Slurm's record of ended runs, where names stand unquoted"
    }
    return nil
  }

  private static func occurs(_ word: [UInt8], in bytes: [UInt8]) -> Bool {
    guard bytes.count >= word.count else { return false }
    return (0...(bytes.count - word.count)).contains { bytes[$0...].starts(with: word) }
  }
}
