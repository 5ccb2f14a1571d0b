/// Which Polder this is.
package enum PolderRelease {
  package static let version = "0.1.0"
}
