import ArgumentParser
import Client
import Foundation
import OpenSSL
import Wire

/// `polder report verify`.
struct ReportVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Whether sealed reports are what was sealed, and by whom.",
    discussion: """
      For everybody, also where there is no Polder besides this command. The signature is held against the \
      manifest, each file against its SHA-256, and the certificate against those that are trusted: --certificate, \
      which you have from the centre itself; without it the one that the polderd of this machine seals with. \
      Nothing else may lie in the folder. A time-stamp is held against the signature; with --authority \
      it also says that the certificate was valid then, should it have expired since. Whether a certificate was \
      revoked is not asked, and an authority's own has to be valid now.

      Ends with 1 if anything differs or who sealed is not trusted.

      Examples:

        polder report verify november --certificate centre.pem
        polder report verify november --certificate centre.pem --authority tsa.pem
      """)

  @Argument(help: ArgumentHelp("The folder.", valueName: "folder"))
  var folder: String

  @Option(
    help: ArgumentHelp(
      "Certificates in PEM, of who may seal; of who issued theirs where there is no other.",
      valueName: "file"))
  var certificate: String?

  @Option(
    help: ArgumentHelp("Certificates in PEM of time-stamping authorities.", valueName: "file"))
  var authority: String?

  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let folder = SealedFolder(path: folder)
    let (bytes, signature) = (
      try folder.bytes(of: SealManifest.name), try folder.bytes(of: SealManifest.signatureName)
    )
    let trusted = try await trusted()
    let stamp = try Self.stamp(
      folder, of: signature, authority.map { path throws(Failure) in try Self.file(path) })
    // At that time the certificate was valid, whatever became of it.
    let at = stamp.flatMap { $0.isTrusted ? $0.signer.at : nil }
    let signer = try Self.signer(
      DetachedSignature.verify(
        signature, of: bytes, trusted: trusted?.pem, trusted?.which ?? .first, at: at))
    let manifest = try folder.manifest(bytes)
    let faults = try folder.faults(of: manifest)
    guard faults.isEmpty else {
      throw Failure(.jobFailed, faults.joined(separator: "\npolder: "))
    }
    SealText.sound(manifest, signer, stamp).forEach(Terminal.say)
  }

  /// Nil where nobody says who is trusted. Of what the daemon seals with the certificate alone: who issued it
  /// issued others' too.
  private func trusted() async throws -> (pem: [UInt8], which: DetachedSignature.Trust)? {
    if let certificate { return (try Self.file(certificate), .own) }
    do {
      let told = try await connection.client { client in try await client.sealCertificate() }
      return (Array(told.certificates.utf8), .first)
    } catch is ClientError {
      // No daemon here, or one that does not seal.
      return nil
    }
  }

  private static func file(_ path: String) throws(Failure) -> [UInt8] {
    do {
      return Array(try Data(contentsOf: URL(filePath: path)))
    } catch {
      throw Failure(.invalidInput, "\(path) can't be read: \(error.localizedDescription)")
    }
  }

  private static func signer(_ verification: Verification) throws(Failure) -> Signer {
    switch verification {
    case .trusted(let signer): return signer
    case .untrusted(let signer, let words):
      throw Failure(
        .jobFailed,
        "the manifest is signed by \(Text.plain(signer.name)), certificate SHA-256 \(signer.fingerprint), who is not "
          + "trusted here: \(words)",
        next: "name the centre's certificate with --certificate; have it from the centre itself")
    case .notValid(let signer, let words):
      throw Failure(
        .jobFailed, "the certificate of \(Text.plain(signer.name)) is not valid: \(words)",
        next: "one that expired since counts with a time-stamp: --authority names who may give one")
    case .refused(let words):
      throw Failure(.jobFailed, "\(SealManifest.name) is not what was signed: \(words)")
    case .noTrust(let words): throw Failure(.invalidInput, words)
    case .failed(let words): throw Failure(.unavailable, words)
    }
  }

  private static func stamp(
    _ folder: SealedFolder, of signature: [UInt8], _ trusted: [UInt8]?
  ) throws(Failure) -> SealText.Stamp? {
    guard let answer = try folder.timeStamp() else {
      guard trusted == nil else {
        throw Failure(.jobFailed, "there is no time-stamp, and --authority asks for one")
      }
      return nil
    }
    switch TimeStamp.verify(answer, of: signature, trusted: trusted) {
    case .trusted(let signer): return .init(signer: signer, isTrusted: true)
    case .untrusted(let signer, let words), .notValid(let signer, let words):
      guard trusted == nil else {
        throw Failure(.jobFailed, "the time-stamp is not of who is trusted: \(words)")
      }
      return .init(signer: signer, isTrusted: false)
    case .refused(let words):
      throw Failure(.jobFailed, "\(SealManifest.timeStampName) is none of the signature: \(words)")
    case .noTrust(let words): throw Failure(.invalidInput, words)
    case .failed(let words): throw Failure(.unavailable, words)
    }
  }
}
