import CLibpq

/// Where libpq's notices go instead of to stderr.
final class NoticeSink: Sendable {
  let onNotice: @Sendable (Diagnostics) -> Void

  init(_ onNotice: @escaping @Sendable (Diagnostics) -> Void) { self.onNotice = onNotice }

  /// Called by libpq while it reads, on the thread that made it read.
  static let receive: PQnoticeReceiver = { context, result in
    guard let context = unsafe context, let result = unsafe result else { return }
    // `context` is the sink that the link owns for as long as the connection lives; `result` is
    // libpq's own and gone after this call.
    let sink = unsafe Unmanaged<NoticeSink>.fromOpaque(context).takeUnretainedValue()
    sink.onNotice(
      Diagnostics(fields: { field in
        // A zero-terminated string inside `result`, or null; copied here.
        unsafe clibpq_error_field(result, field).map { unsafe String(cString: $0) }
      }))
  }
}

extension Diagnostics {
  init(_ result: ResultStorage) {
    self.init(fields: { result.field($0) })
  }

  fileprivate init(fields field: (clibpq_field) -> String?) {
    self.init(
      sqlState: field(clibpq_sqlstate) ?? "", message: field(clibpq_message) ?? "",
      constraint: field(clibpq_constraint), table: field(clibpq_table),
      column: field(clibpq_column))
  }
}
