// SPDX-License-Identifier: GPL-2.0-or-later
import BridgeProtocol
import CSlurm

extension BridgeActs {
  /// Slurm refuses the name of one that is there, also where it is the same: so look before.
  static func reserve(
    _ order: ReservationOrder, _ library: SlurmLibrary
  ) throws(SlurmLibrary.Failure) -> BridgeOutcome<BridgeAnswer> {
    if let seen = try find(order.name, library) {
      guard order.isDone(by: seen) else {
        return refused(.nameTaken, "Slurm has another reservation \(order.name)")
      }
      return .accepted(value: .reservation(created: CreatedReservation(isNew: false)))
    }
    try library.reserve(order)
    return .accepted(value: .reservation(created: CreatedReservation(isNew: true)))
  }

  /// One of licences alone is not Polder's to delete, as it is not shown.
  static func deleteReservation(
    _ name: String, _ library: SlurmLibrary
  ) throws(SlurmLibrary.Failure) -> BridgeOutcome<BridgeAnswer> {
    guard try find(name, library) != nil else {
      return refused(.noSuchReservation, "Slurm has no reservation \(name) of nodes")
    }
    try library.deleteReservation(name)
    return .accepted(value: .done)
  }

  private static func find(
    _ name: String, _ library: SlurmLibrary
  ) throws(SlurmLibrary.Failure) -> ReservationObservation? {
    try library.reservations(since: nil)?.items.first { $0.name == name }
  }
}
