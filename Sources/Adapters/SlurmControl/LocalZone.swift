// SPDX-License-Identifier: GPL-2.0-or-later
import Glibc

/// A time zone, by what its clocks are ahead of UTC at an instant.
///
/// One hour a year comes twice by such clocks, when they go back, so that a local time in it can mean
/// two instants. (`mktime` guesses one, by what it was asked before.)
struct LocalZone: Sendable {
  private static let day = 86_400

  /// Seconds ahead of UTC at a second since 1970.
  private let offset: @Sendable (Int) -> Int

  init(offset: @escaping @Sendable (Int) -> Int) { self.offset = offset }

  /// The process's own.
  static let own = LocalZone { instant in
    var time = time_t(instant)
    var civil = unsafe tm()
    // Both are this function's own; the zone pointer that the call leaves in `civil` is not read.
    guard unsafe localtime_r(&time, &civil) != nil else { return 0 }
    return unsafe civil.tm_gmtoff
  }

  /// The instants that a local time such as `2026-11-23T21:29:59` can mean, in seconds since 1970, the
  /// earliest first: one, or two in the hour that comes twice. A time that the clocks left out, as they
  /// went forward, is read by the offset before. None for what is no time, as `Unknown`.
  func instants(_ text: String) -> [Int] {
    guard let local = Self.seconds(text), local > Self.day else { return [] }
    // The offsets before and after whatever change there is near it.
    let (before, after) = (offset(local - Self.day), offset(local + Self.day))
    let readings = Set([before, after]).map { local - $0 }.filter { $0 + offset($0) == local }
    return readings.isEmpty ? [local - before] : readings.sorted()
  }

  /// The same as if it were UTC.
  private static func seconds(_ text: String) -> Int? {
    let parts = text.split { "-T:".contains($0) }.map { Int32($0) }
    guard parts.count == 6, text.utf8.count == 19 else { return nil }
    let numbers = parts.compactMap { $0 }
    guard numbers.count == 6 else { return nil }
    // `civil` is this function's own; its zone pointer stays nil.
    var civil = unsafe tm()
    unsafe civil.tm_year = numbers[0] - 1900
    unsafe civil.tm_mon = numbers[1] - 1
    unsafe civil.tm_mday = numbers[2]
    unsafe civil.tm_hour = numbers[3]
    unsafe civil.tm_min = numbers[4]
    unsafe civil.tm_sec = numbers[5]
    // `civil` is this function's own; the call normalises it in place.
    return unsafe timegm(&civil)
  }
}
