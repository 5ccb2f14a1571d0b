import Domain
import Scheduling
import Wire

extension Wording {
  /// Of a task that names a reservation: that one is named to whom it is for.
  func ownReservation(_ reason: WaitReason) -> ReasonView {
    switch reason {
    case .reservationAhead(let name, let begins):
      ReasonView(
        code: "reservation",
        text: "waits for reservation \(name), which begins at \(begins)",
        nextStep: "submit it without --reservation to have it start elsewhere")
    case .reservationEnds(let name, let ends, let wouldEnd):
      ReasonView(
        code: "reservation",
        text: "would run until \(wouldEnd), and reservation \(name) ends at \(ends)",
        nextStep: "cancel it, and submit it with a shorter time limit or without --reservation")
    case .reservationGone(let name):
      ReasonView(
        code: "reservation",
        text:
          "reservation \(name), which it names, has ended, is not there any more, or is not for "
          + "its project any more",
        nextStep: "cancel it, and submit it without --reservation; or ask an administrator")
    default:
      view(reason)
    }
  }
}
