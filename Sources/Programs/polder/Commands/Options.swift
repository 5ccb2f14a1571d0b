import ArgumentParser
import Client
import Foundation

/// Where the daemon listens.
struct Connection: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The socket of polderd (default: $POLDER_SOCKET, else /run/polder/polderd.sock).",
      valueName: "path"))
  var socket: String?

  static func path(_ given: String?) -> String {
    let fromEnvironment = ProcessInfo.processInfo.environment["POLDER_SOCKET"] ?? ""
    return given ?? (fromEnvironment.isEmpty ? "/run/polder/polderd.sock" : fromEnvironment)
  }

  /// A client for the length of `body`.
  func client<Value>(_ body: (PolderClient) async throws -> Value) async throws -> Value {
    try await PolderClient.connected(to: Self.path(socket), body)
  }
}

/// For people, or for programs.
enum Format: String, ExpressibleByArgument, CaseIterable {
  case table
  case json
}

/// The same with CSV, where figures are listed.
enum FigureFormat: String, ExpressibleByArgument, CaseIterable {
  case table
  case csv
  case json
}

/// How a report is printed.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
  case table
  case csv
  case json
  case html
}

/// The option of every listing.
struct Listing: ParsableArguments {
  @Option(help: "table, for people; json, for programs: amounts in GPU-milliseconds, times in ms.")
  var format: Format = .table
}

/// Prints what the daemon answered, for programs; its keys in a fixed order.
func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  Terminal.say(String(decoding: try encoder.encode(value), as: UTF8.self))
}
