import Domain
import Ledger
import Services

extension Entry {
  /// What it adds to granted or used.
  var signed: GPUTime {
    switch kind {
    case .withdrawal, .transferOut, .refund, .credit: .zero - amount
    default: amount
    }
  }
}
