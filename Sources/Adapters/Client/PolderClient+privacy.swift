package import Wire

/// What the books keep of persons.
extension PolderClient {
  /// All that is kept of a member, oneself if none is named; its parts put together.
  /// `GET /v1/privacy/export`.
  package func export(member: String?) async throws(ClientError) -> SubjectExport {
    var whole = try await exportPart(member: member, after: nil)
    while let after = whole.next {
      let part = try await exportPart(member: member, after: after)
      whole.jobs += part.jobs
      whole.next = part.next
    }
    return whole
  }

  private func exportPart(
    member: String?, after: String?
  ) async throws(ClientError) -> SubjectExport {
    try await get("/v1/privacy/export", query: [("member", member), ("after", after)])
  }

  /// Erases what names a member, for ever. `POST /v1/privacy/erase/{member}`.
  package func erase(member: String) async throws(ClientError) -> ErasureView {
    try await post("/v1/privacy/erase/\(member)")
  }

  /// Erases the note of the act by hand that made an entry. `POST /v1/privacy/erase-note`.
  package func eraseNote(entry: String) async throws(ClientError) -> NoteErasureView {
    try await post("/v1/privacy/erase-note", NoteErasureRequest(entry: entry))
  }

  /// How long what is kept, and what is due. `GET /v1/privacy/retention`.
  package func retention() async throws(ClientError) -> [RetentionView] {
    try await get("/v1/privacy/retention")
  }
}
