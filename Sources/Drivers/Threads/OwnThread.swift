import CPosix
import Glibc

/// The system has no thread left to give (errno of `pthread_create`).
package struct ThreadError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The errno of `pthread_create`, usually EAGAIN: the account's limit on processes.
  package let errno: Int32

  package var description: String { "cannot start a thread (errno \(errno))" }
}

/// An OS thread for code that blocks: C libraries, sockets, `poll`.
///
/// Swift's cooperative threads are as few as the cores; one that blocks stops everything that
/// awaits. Whatever blocks therefore runs here, or as an actor's job on a `ThreadExecutor`.
package enum OwnThread {
  /// Runs `body` on a new detached thread; its result is `body`'s to deliver.
  ///
  /// - Parameter name: shown by `ps -L` and debuggers; cut to 15 bytes.
  package static func start(
    named name: String, _ body: @escaping @Sendable () -> Void
  ) throws(ThreadError) {
    let box = Body(body)
    // The thread owns one retain of `box` and gives it back as its first act; when no thread
    // was made, that retain is given back here.
    let context = unsafe Unmanaged.passRetained(box)
    var thread = pthread_t()
    let status = unsafe cposix_thread_start(
      &thread, name,
      { raw in
        // `raw` is the retained box of above, valid until this takes the retain over.
        guard let raw = unsafe raw else { return nil }
        unsafe Unmanaged<Body>.fromOpaque(raw).takeRetainedValue().run()
        return nil
      },
      context.toOpaque())
    guard status == 0 else {
      unsafe context.release()
      throw ThreadError(errno: -status)
    }
    pthread_detach(thread)
  }

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
