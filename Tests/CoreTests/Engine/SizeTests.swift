// Why: a million tasks wait in a gibibyte. What each of them has is made larger knowingly or not at all.
import Domain
import Engine
import Lifecycle
import Scheduling
import Testing

@Suite("how large what a waiting task has is")
struct SizeTests {
  @Test("no larger than it was, in bytes")
  func sizes() {
    #expect(MemoryLayout<JobRequest>.stride <= 8)
    #expect(MemoryLayout<JobRecord>.stride <= 48)
    #expect(MemoryLayout<TaskRecord>.stride <= 120)
    #expect(MemoryLayout<PlannedTask>.stride <= 104)
    #expect(MemoryLayout<WaitReason>.stride <= 64)
    #expect(MemoryLayout<Decision>.stride <= 112)
  }
}
