package import Engine
import Scheduling
package import Wire

extension Wording {
  /// What soft caps mean for a job that is asked for or waits, with their figures where the reader
  /// may see them.
  ///
  /// Of a cap that several projects share, others are told only that it is reached: whoever could
  /// ask how much would reach it could find out what the others have used.
  package func views(_ warnings: [CapWarning]) -> [ReasonView] {
    warnings.compactMap { warning in
      let isOpen = seesSums || !warning.room.isShared
      return warning.isReached ? reached(warning, isOpen) : isOpen ? near(warning) : nil
    }
  }

  private func reached(_ warning: CapWarning, _ isOpen: Bool) -> ReasonView {
    let text =
      isOpen
      ? "soft cap \(figures(warning)); it is reached"
      : "a cap shared by several projects is reached"
    return ReasonView(
      code: "soft-cap", text: "\(text): this job comes after all jobs whose own caps have room",
      nextStep: "it starts by itself when none of those can use its nodes; to go before, ask an "
        + "administrator to raise the cap")
  }

  private func near(_ warning: CapWarning) -> ReasonView {
    ReasonView(
      code: "soft-cap",
      text: "this needs a hold of \(warning.needs), and soft cap \(figures(warning)): it would be "
        + "reached, and jobs under it that come later start after all others",
      nextStep: "a shorter time limit or fewer GPUs need less of it")
  }

  private func figures(_ warning: CapWarning) -> String {
    let room = warning.room
    return "\(warning.cap) allows \(room.limit), of which \(room.used) are used and "
      + "\(room.held) are held"
  }
}
