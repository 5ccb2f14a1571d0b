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

extension NewJob {
  func saysTheSame(as other: NewJob) -> Bool {
    request == other.request && origin == other.origin && payload == other.payload
  }
}
