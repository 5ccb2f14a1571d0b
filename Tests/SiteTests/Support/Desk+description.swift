extension Desk {
  /// Applies a description of the centre, or a part of it; what `polder apply` said.
  @discardableResult
  func apply(_ description: String) async throws -> String {
    try write(description, to: "description.yaml")
    // As root, an administrator here, who may read the member's folder.
    return try await site.run(
      ["polder", "apply", "--yes", "-f", "\(folder)/description.yaml"]
    ).orThrow()
  }

  /// Describes this desk's project, led by its member, with an allocation of a programme of the
  /// tests' own; what `polder apply` said.
  ///
  /// - Parameters:
  ///   - until: the window's end, as a description has it.
  ///   - more: further documents.
  @discardableResult
  func describe(
    allocation id: String, seconds: Int, until: String = "${today + 2d}", policy: String? = nil,
    more: String = ""
  ) async throws -> String {
    try await apply(
      """
      kind: Programme
      id: tests
      name: Tests
      funder: state
      mode: Tests
      amount:
        least: 1 GPU-s
        most: 1 GPU-h
      maximumMonths: 1
      accessWorkingDays: 1
      ---
      kind: Project
      id: \(project)
      reference: NL-AIF-2026-\(project)
      title: A project of the tests
      organisation: university
      members:
        - account: \(account)
          role: PI
      ---
      kind: Allocation
      id: \(id)
      project: \(project)
      programme: tests
      granted: \(seconds) GPU-s
      window:
        from: ${today - 1d}
        until: \(until)
      \(policy.map { "policy: \($0)" } ?? "")
      \(more)
      """)
  }
}
