// Why: who says how short his limit may be is not refused for want of what the whole limit would hold.
import Domain
import Doubles
import Services
import Testing
import Wire

@Suite("submitting with a least time") struct LeastTimeTests {
  @Test("what could run with its least limit is accepted, though the whole is too dear or too long")
  func accepted() async throws {
    let town = try await Town()
    // One GPU-hour, and two hours to the end of the window.
    #expect(try await town.refusal("anouk", "-A seals --gpus=4 -t 30").code == "budget")
    _ = try await town.submit("anouk", "-A seals --gpus=4 -t 30 --time-min=10")
    #expect(try await town.refusal("anouk", "-A seals --gpus=1 -t 180").code == "window")
    _ = try await town.submit("anouk", "-A seals --gpus=1 -t 180 --time-min=30", key: "second")
  }

  @Test("a quote of what starts with less than it asks for says with how much")
  func shortened() async throws {
    let town = try await Town()
    let ivo = try await town.caller("ivo")
    let asked = Town.submission("-A seals --gpus=4 -t 30 --time-min=10")
    await town.board.set(
      forecast: BoardState.Wait(
        reason: nil, expectedStart: Town.now,
        shortened: BoardState.Shortened(
          limit: Seconds(600), hold: GPUTime(milliseconds: 4000 * 630))))
    let quote = try await town.front.quote(asked, ivo)
    #expect(
      quote.shortened
        == .init(timeLimitSeconds: 600, chargeAtMost: 4000 * 600, hold: 4000 * 630))
    #expect(quote.availableAfter == 3_600_000 - 4000 * 600 && quote.timeLimitSeconds == 1800)
    await town.board.set(forecast: BoardState.Wait(reason: nil, expectedStart: Town.now))
    #expect(try await town.front.quote(asked, ivo).shortened == nil)
  }

  @Test("what could not is refused with the figures of its least limit")
  func refused() async throws {
    let town = try await Town()
    let dear = try await town.refusal("anouk", "-A seals --gpus=4 -t 60 --time-min=30")
    #expect(
      dear.detail.hasPrefix("requested 2.0333 GPU-h (4.000 GPU-equivalents for 00:30:00, and 30 s"))
    let long = try await town.refusal("anouk", "-A seals --gpus=1 -t 300 --time-min=180")
    #expect(long.detail.hasPrefix("least time 03:00:00 and 30 s of grace from "), "\(long.detail)")
    let array = try await town.refusal("anouk", "-A seals --gpus=1 -t 60 --time-min=30 -a 0-2")
    #expect(array.code == "budget" && array.detail.contains("3 tasks of "))
  }
}
