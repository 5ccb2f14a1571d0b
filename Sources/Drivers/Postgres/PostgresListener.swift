import CLibpq
import CPosix
import Glibc
import Threads

/// What a listener saw.
package enum PostgresEvent: Sendable, Equatable {
  /// It listens, for the first time or again: what was notified before may have been missed, so
  /// look at the tables.
  case listening
  /// A NOTIFY on one of the channels.
  case notification(channel: String, payload: String)
  /// The connection broke or can't be made; `listening` follows once it is back.
  case interrupted(reason: String)
}

/// LISTEN as a stream of events, on a thread and a connection of its own.
///
/// ```swift
/// for await event in try PostgresListener.events(configuration, channels: ["job"]) {
///   // .listening and .notification alike mean: look at the tables.
/// }
/// ```
/// The listener ends when its stream is dropped or the consuming task is cancelled. It connects
/// again by itself, with a pause that doubles from 0.1 to 5 seconds.
package enum PostgresListener {
  /// A consumer that is so far behind loses the oldest events, and gets `listening` instead.
  private static let maximumBuffered = 1_024
  private static let firstPauseMilliseconds: Int64 = 100
  private static let longestPauseMilliseconds: Int64 = 5_000

  /// Starts to listen on `channels`, whose names are identifiers. Throws `unavailable` when the
  /// system has no thread or descriptor left.
  package static func events(
    _ configuration: PostgresConfiguration, channels: [String]
  ) throws(PostgresError) -> AsyncStream<PostgresEvent> {
    let (events, continuation) = AsyncStream.makeStream(
      of: PostgresEvent.self, bufferingPolicy: .bufferingNewest(maximumBuffered))
    let stop = try StopSignal()
    continuation.onTermination = { _ in stop.raise() }
    do {
      try OwnThread.start(named: "postgres-listen") {
        run(configuration, channels, stop) { event in
          if case .dropped = continuation.yield(event) { continuation.yield(.listening) }
        }
        continuation.finish()
      }
    } catch {
      throw .unavailable(reason: "\(error)")
    }
    return events
  }

  private static func run(
    _ configuration: PostgresConfiguration, _ channels: [String], _ stop: StopSignal,
    _ yield: (PostgresEvent) -> Void
  ) {
    var pause = firstPauseMilliseconds
    while true {
      do {
        let link = try Link(configuration)
        for channel in channels {
          _ = try link.run(
            script: "LISTEN \(quoted(channel))",
            before: .milliseconds(configuration.connectTimeoutMilliseconds))
        }
        yield(.listening)
        pause = firstPauseMilliseconds
        while try link.waitForNotifications(orStop: stop.descriptor) {
          while let (channel, payload) = link.nextNotification() {
            yield(.notification(channel: channel, payload: payload))
          }
        }
        return
      } catch {
        yield(.interrupted(reason: "\(error)"))
      }
      if stop.isRaised(before: .milliseconds(pause)) { return }
      pause = min(pause * 2, longestPauseMilliseconds)
    }
  }

  private static func quoted(_ identifier: String) -> String {
    "\""
      + identifier.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}

/// A pipe whose reading end becomes ready, for good, once the signal is raised.
private final class StopSignal: Sendable {
  let descriptor: Int32
  private let writingEnd: Int32

  init() throws(PostgresError) {
    var (reading, writing): (Int32, Int32) = (-1, -1)
    // The call writes both numbers before it returns and keeps no pointer.
    let status = unsafe cposix_pipe(&reading, &writing)
    guard status == 0 else { throw .unavailable(reason: "pipe failed with errno \(-status)") }
    (descriptor, writingEnd) = (reading, writing)
  }

  deinit {
    cposix_close(descriptor)
    cposix_close(writingEnd)
  }

  func raise() { _ = cposix_write_byte(writingEnd) }

  func isRaised(before deadline: Deadline) -> Bool {
    while true {
      let status = cposix_wait_readable(descriptor, deadline.pollMilliseconds)
      if status != -EINTR { return status > 0 }
    }
  }
}
