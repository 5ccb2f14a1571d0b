import Domain
package import Wire

extension AuditLineView {
  /// A line as it goes over the wire.
  package init(_ link: AuditLink) {
    self.init(
      seq: link.seq, at: link.at.milliseconds, actor: link.line.actor,
      action: link.line.action.rawValue, object: link.line.object,
      result: link.line.result.rawValue, origin: link.line.origin, detail: link.line.detail,
      previous: Hexadecimal.text(link.previous), sha256: Hexadecimal.text(link.sha256))
  }
}

extension AuditHeadView {
  package init(_ head: AuditHead) {
    self.init(seq: head.seq, sha256: Hexadecimal.text(head.sha256), text: head.description)
  }
}

extension AuditCheckView {
  package init(_ verification: AuditVerification) {
    self.init(
      head: AuditHeadView(verification.head), lines: verification.lineCount,
      finding: verification.finding.map(AuditFindingView.init))
  }
}

extension AuditFindingView {
  /// Kind, number and words of a finding.
  package init(_ finding: AuditVerifier.Finding) {
    switch finding {
    case .changed(let seq):
      self.init(kind: "changed", seq: seq, text: "line \(seq) was changed")
    case .missing(let range):
      let only = range.count == 1
      self.init(
        kind: "missing", seq: range.lowerBound,
        text: only
          ? "line \(range.lowerBound) is missing"
          : "lines \(range.lowerBound) to \(range.upperBound) are missing")
    case .reordered(let seq, let written):
      self.init(
        kind: "reordered", seq: seq,
        text: "the line that stands as \(seq) was written as line \(written)")
    case .inserted(let seq):
      self.init(
        kind: "inserted", seq: seq, text: "line \(seq) was put in: Polder did not write it there")
    case .rewritten(let seq):
      self.init(
        kind: "rewritten", seq: seq,
        text:
          "line \(seq) has another hash than the head that was kept outside: it or a line before "
          + "it was changed, and the rest chained anew")
    }
  }
}
