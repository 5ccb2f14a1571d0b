import Glibc

/// A serial executor that is one OS thread with a queue of jobs, for actors that wrap blocking C.
///
/// ```swift
/// actor Database {
///   private let thread: ThreadExecutor
///   // The actor owns its executor, so the unowned reference lives as long as the actor.
///   nonisolated var unownedExecutor: UnownedSerialExecutor {
///     unsafe thread.asUnownedSerialExecutor()
///   }
/// }
/// ```
/// The actor may then block in its methods without stopping any other task. The thread ends after
/// the last reference to the executor is gone and its queue is empty.
package final class ThreadExecutor: SerialExecutor {
  private let queue: JobQueue

  /// Starts the thread. Throws when the system has none left.
  ///
  /// - Parameter name: shown by `ps -L` and debuggers; cut to 15 bytes.
  package init(named name: String) throws(ThreadError) {
    let queue = JobQueue()
    self.queue = queue
    // The thread holds the queue and not the executor, so that dropping the executor ends it.
    try OwnThread.start(named: name) { queue.run() }
  }

  deinit { queue.stop() }

  package func enqueue(_ job: consuming ExecutorJob) {
    queue.append(JobQueue.Entry(job: UnownedJob(job), executor: self))
  }

  package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    unsafe UnownedSerialExecutor(ordinary: self)
  }
}

/// The queue between those who enqueue and the one thread that runs.
@safe
private final class JobQueue: @unchecked Sendable {
  /// A job with a retain of its executor, which must outlive the job's run: the job itself may
  /// drop the last other reference, by ending the life of its actor.
  struct Entry {
    let job: UnownedJob
    let executor: ThreadExecutor
  }

  // Both are allocated in init and freed in deinit, which runs after the thread has left `run`,
  // for the thread holds the queue. They are never copied or moved.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  // Both are read and written under `mutex` only.
  private var entries: [Entry] = []
  private var isStopping = false

  init() {
    // One element each, initialised by pthread and owned by this object.
    unsafe mutex = .allocate(capacity: 1)
    unsafe changed = .allocate(capacity: 1)
    unsafe mutex.initialize(to: pthread_mutex_t())
    unsafe changed.initialize(to: pthread_cond_t())
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(changed, nil)
  }

  deinit {
    // Nobody else holds a reference: no thread can be inside.
    unsafe pthread_cond_destroy(changed)
    unsafe pthread_mutex_destroy(mutex)
    unsafe changed.deallocate()
    unsafe mutex.deallocate()
  }

  func append(_ entry: Entry) {
    locked { entries.append(entry) }
  }

  func stop() {
    locked { isStopping = true }
  }

  /// Runs jobs in the order they came until the queue is stopped and empty.
  func run() {
    while let batch = next() {
      for entry in batch {
        // The runtime made the job for this executor and it is run exactly once, here.
        unsafe entry.job.runSynchronously(on: entry.executor.asUnownedSerialExecutor())
      }
    }
  }

  /// Waits for jobs and takes all of them; nil when there will be none.
  private func next() -> [Entry]? {
    // `mutex` and `changed` live as long as self, which the caller holds.
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while entries.isEmpty {
      if isStopping { return nil }
      unsafe pthread_cond_wait(changed, mutex)
    }
    let batch = entries
    entries = []
    return batch
  }

  private func locked(_ change: () -> Void) {
    // `mutex` and `changed` live as long as self, which the caller holds.
    unsafe pthread_mutex_lock(mutex)
    change()
    unsafe pthread_cond_signal(changed)
    unsafe pthread_mutex_unlock(mutex)
  }
}
