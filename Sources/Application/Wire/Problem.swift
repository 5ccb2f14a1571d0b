/// An error as it goes over the wire: RFC 9457 `application/problem+json`.
package struct Problem: Codable, Equatable, Error, Sendable {
  /// Where in the input it is, if it is about input.
  package struct Place: Codable, Equatable, Sendable {
    package var file: String
    /// From 1.
    package var line: Int
    package var message: String

    package init(file: String, line: Int, message: String) {
      self.file = file
      self.line = line
      self.message = message
    }
  }

  /// One line for a person.
  package var title: String
  package var status: Int
  /// Stable, for programs: `budget`, `not-a-member`, `unavailable`, `invalid`, …
  package var code: String
  /// The reason with its numbers.
  package var detail: String
  /// What to do next; may be empty.
  package var nextStep: String
  package var places: [Place]
  /// Named numbers behind the reason, with their unit in the name: `requestedGPUMilliseconds`.
  package var numbers: [String: Int64]

  package init(
    title: String, status: Int, code: String, detail: String, nextStep: String = "",
    places: [Place] = [], numbers: [String: Int64] = [:]
  ) {
    self.title = title
    self.status = status
    self.code = code
    self.detail = detail
    self.nextStep = nextStep
    self.places = places
    self.numbers = numbers
  }
}
