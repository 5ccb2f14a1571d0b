/// The instants at which slots on counts begin and end: the further ahead, the coarser.
///
/// Times that differ by seconds would make a step each, and an estimate of a start in three weeks
/// needs no seconds. What is taken is rounded outwards, so that nothing is planned onto what is not
/// free; a short task is rounded less.
struct Grid {
  let now: Int64

  private static let minute: Int64 = 60_000

  /// The width that suits an instant, in milliseconds: a sixteenth of the way there at most.
  private func width(at time: Int64) -> Int64 {
    let minutes = (time - now) / (16 * Self.minute)
    return minutes >= 30 ? 30 * Self.minute : minutes >= 5 ? 5 * Self.minute : Self.minute
  }

  /// The first point at or after an instant.
  func up(_ time: Int64) -> Int64 { Self.up(time, to: width(at: time)) }

  /// The first point at or after the end of something that takes `span`: at most an eighth of that
  /// later.
  func up(_ time: Int64, span: Int64) -> Int64 {
    var width = width(at: time)
    if width * 8 > span { width = 5 * Self.minute * 8 > span ? Self.minute : 5 * Self.minute }
    return Self.up(time, to: width)
  }

  /// The last point at or before an instant, and not before now.
  func down(_ time: Int64) -> Int64 { max(time - time % width(at: time), now) }

  private static func up(_ time: Int64, to width: Int64) -> Int64 {
    let rest = time % width
    return rest == 0 ? time : time + width - rest
  }
}
