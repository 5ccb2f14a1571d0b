import Domain
import Testing

@Suite("ids")
struct IdentifierTests {
  @Test("a job, a task and a run are typed as they are printed")
  func roundTrip() {
    for number in [1, 42, 1042, Int64.max] {
      let job = JobID(number: number)
      #expect(JobID(job.description) == job)
      for index in [nil, 0, 3, 99_999] as [Int?] {
        let task = TaskID(job: job, index: index)
        #expect(TaskID(task.description) == task)
        let run = RunID(task: task, attempt: 2)
        #expect(RunID(run.description) == run)
      }
    }
    #expect(TaskID("p1042_3")?.description == "P1042_3")
    #expect(RunID("P1042_3.1")?.task == TaskID("P1042_3"))
  }

  @Test(
    "what is no job, task or run is refused",
    arguments: [
      "", "P", "1042", "P0", "P-1", "P+1", "J1", "P1x", "P1_", "P1_-1", "P1_1_1", "P1 ", " P1",
      "P9223372036854775808", "P1.", "P1.1.1", "P1_2.0", "P1.-1",
    ])
  func refused(text: String) {
    #expect(JobID(text) == nil)
    #expect(TaskID(text) == nil)
    #expect(RunID(text) == nil)
  }

  @Test("ids order by number, and an array's tasks by index")
  func order() {
    let texts = ["P2", "P2_0", "P2_1", "P2_10", "P10", "P10_2"]
    let tasks = texts.compactMap { TaskID($0) }
    #expect(tasks.reversed().sorted() == tasks)
    #expect(tasks.map(\.description) == texts)
  }

  @Test("a name is what Slurm and a person accept", arguments: ["a", "gn01", "EHPC-AIF.1_x", "7"])
  func names(text: String) {
    #expect(NodeName(text)?.text == text)
  }

  @Test(
    "what is no name is refused",
    arguments: [
      "", "-a", ".a", "a b", "a,b", "a/b", "é", "a\n", String(repeating: "a", count: 65),
    ])
  func noNames(text: String) {
    #expect(NodeName(text) == nil)
  }
}
