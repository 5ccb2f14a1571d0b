/// One word of a submission's options and where it stands.
package struct OptionWord: Hashable, Sendable {
  package let text: String
  package let origin: OptionOrigin

  package init(_ text: String, _ origin: OptionOrigin) {
    self.text = text
    self.origin = origin
  }
}

/// Where an option was given. The command line overrules the script.
package enum OptionOrigin: Hashable, Sendable {
  /// A line of the script, from 1.
  case script(line: Int)
  case commandLine

  /// True if both stand in the script, or both on the command line.
  func isBeside(_ other: OptionOrigin) -> Bool {
    switch (self, other) {
    case (.script, .script), (.commandLine, .commandLine): true
    case (.script, .commandLine), (.commandLine, .script): false
    }
  }
}

/// What is wrong with one option, or with the script, for a person.
package struct OptionFault: Error, Hashable, Sendable {
  package let origin: OptionOrigin
  /// One sentence that names the option, with the accepted values.
  package let message: String

  package init(_ origin: OptionOrigin, _ message: String) {
    self.origin = origin
    self.message = message
  }
}

/// Why the value of an option can't be read: a sentence with the accepted values.
package struct OptionError: Error, Hashable, Sendable {
  package let message: String

  package init(_ message: String) { self.message = message }
}
