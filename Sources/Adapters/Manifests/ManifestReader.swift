package import Domain
package import Wire

/// Reads descriptions of a centre: YAML files of one or more documents, each one object
/// (`kind`, `id`, fields) or several of a kind (`kind`, `items`).
///
/// Only the structure is read here, with the line of every field; what a field may say is known to
/// the planner of an apply, so that the rule stands in one place. All errors of all files are
/// collected; with any error nothing is returned.
package struct ManifestReader: Sendable {
  private let variables: Variables

  /// - Parameters:
  ///   - variables: what `${NAME}` stands for; they go before the built-in `today`.
  ///   - today: the UTC day that `${today}` stands for.
  package init(variables: [String: String] = [:], today: CivilDate) {
    self.variables = Variables(values: variables, today: today)
  }

  /// The path that stands for the standard input, and what messages call that.
  package static let inputPath = "-"
  package static let inputName = "standard input"

  /// The objects of files, and of folders with all below them (`*.yaml`, `*.yml`, sorted by path).
  ///
  /// - Parameter input: what the path `-` stands for; nil if nothing can be read there.
  package func read(
    paths: [String], input: String? = nil
  ) -> Result<[DescribedObject], ManifestErrors> {
    var objects: [DescribedObject] = []
    var problems: [Problem.Place] = []
    let isInput = { (path: String) in input != nil && path == Self.inputPath }
    if let input, paths.contains(where: isInput) {
      collect(input, file: Self.inputName, objects: &objects, problems: &problems)
    }
    for file in ManifestFiles.find(paths.filter { !isInput($0) }, problems: &problems) {
      guard let text = ManifestFiles.text(of: file, problems: &problems) else { continue }
      collect(text, file: file, objects: &objects, problems: &problems)
    }
    return ManifestReader.result(objects, problems)
  }

  /// The objects of one text; `file` is what messages call it.
  package func read(text: String, file: String) -> Result<[DescribedObject], ManifestErrors> {
    var objects: [DescribedObject] = []
    var problems: [Problem.Place] = []
    collect(text, file: file, objects: &objects, problems: &problems)
    return ManifestReader.result(objects, problems)
  }

  private func collect(
    _ text: String, file: String, objects: inout [DescribedObject],
    problems: inout [Problem.Place]
  ) {
    var documents = ManifestDocuments(file: file, variables: variables)
    documents.read(text)
    objects += documents.objects
    problems += documents.problems
  }

  private static func result(
    _ objects: [DescribedObject], _ problems: [Problem.Place]
  ) -> Result<[DescribedObject], ManifestErrors> {
    let all = problems + repeated(objects)
    return all.isEmpty ? .success(objects) : .failure(ManifestErrors(places: all))
  }

  /// Objects that were described before, each with the place of the first description.
  private static func repeated(_ objects: [DescribedObject]) -> [Problem.Place] {
    var first: [String: DescribedObject] = [:]
    var problems: [Problem.Place] = []
    for object in objects {
      let name = "\(object.kind.rawValue) \(object.id)"
      guard let before = first[name] else {
        first[name] = object
        continue
      }
      problems.append(
        Problem.Place(
          file: object.file, line: object.line,
          message: "\(name) is already described in \(before.file):\(before.line)"))
    }
    return problems
  }
}

/// Why a description can't be read: every error of every file, with its place.
package struct ManifestErrors: Error, Equatable, Sendable {
  /// In the order of the files, then as found.
  package let places: [Problem.Place]

  package init(places: [Problem.Place]) { self.places = places }
}
