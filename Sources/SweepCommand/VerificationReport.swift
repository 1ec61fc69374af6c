import Foundation
import Harness
import Reports
import Store

/// What `sweep verify` prints.
struct VerificationReport {
  private let verification: Verification

  init(_ verification: Verification) { self.verification = verification }

  func write(to output: inout some TextOutputStream) {
    output.write("\(TerminalText.escaped(verification.path)): \(Quantity.count(verification.runs, "run"))")
    if verification.failed > 0 { output.write(", \(Quantity.grouped(verification.failed)) of them failed") }
    output.write("\n")
    if let holder = verification.holder { output.write("A sweep is running there: \(TerminalText.escaped(holder)).\n") }
    let rows = Verification.Kind.allCases.compactMap(row)
    if !rows.isEmpty {
      Table(columns: [.init(""), .init("files"), .init("size"), .init("")], rows: rows).write(to: &output)
    }
    for file in verification.files where !file.note.isEmpty {
      let isSetAside = file.state == .damaged && file.kind == .quarantine
      let mark = (file.state == .damaged || file.state == .unreadable) && !isSetAside ? "! " : "  "
      output.write(TerminalText.wrapped(text(of: file), first: mark))
    }
    output.write(verdict + "\n")
  }

  private func row(_ kind: Verification.Kind) -> [String]? {
    let files = verification.files.filter { $0.kind == kind }
    guard !files.isEmpty else { return nil }
    let states = [Verification.State.whole, .inUse, .leftover, .damaged, .unreadable].compactMap { state -> String? in
      let count = files.count { $0.state == state }
      return count == 0 ? nil : "\(Quantity.grouped(count)) \(Self.name(state))"
    }
    return [
      kind.rawValue.replacingOccurrences(of: "_", with: " "), Quantity.grouped(files.count),
      Quantity.bytes(Double(files.reduce(0) { $0 + $1.bytes })),
      kind == .quarantine ? "set aside" : states.joined(separator: ", "),
    ]
  }

  private static func name(_ state: Verification.State) -> String {
    switch state {
    case .whole: "whole"
    case .inUse: "in use"
    case .leftover: "left over"
    case .damaged: "damaged"
    case .unreadable: "unreadable"
    }
  }

  private func text(of file: Verification.File) -> String {
    var text = file.note.hasPrefix(file.path) ? file.note : "\(file.path): \(file.note)"
    guard file.state == .damaged, file.kind == .shard || file.kind == .journal else { return text }
    if verification.isOfOneFile { return text + "; \(Quantity.count(file.runs, "run")) can be read" }
    text += "; \(Quantity.count(file.runs, "run")) can be saved"
    if let lost = file.lost { text += ", \(Quantity.grouped(lost)) must be run again" }
    return text
  }

  private var verdict: String {
    let (damaged, unreadable) = (verification.damaged.count, verification.unreadable.count)
    var sentences: [String] = []
    if unreadable > 0 {
      let files = unreadable == 1 ? "One file" : "\(Quantity.grouped(unreadable)) files"
      sentences.append("\(files) could not be read: whether anything is damaged there is not known.")
    }
    if damaged > 0, verification.isOfOneFile {
      sentences.append(
        "The file is damaged. `sweep merge` makes a merged file anew; `sweep verify --repair` of a sweep's directory saves"
          + " what can be saved in its files.")
    } else if damaged > 0 {
      let subject = damaged == 1 ? "One file is" : "\(Quantity.grouped(damaged)) files are"
      sentences.append(
        "\(subject) damaged. `sweep verify --repair` saves what can be saved; the same sweep then runs the rest.")
    }
    return sentences.isEmpty ? "Nothing is damaged." : sentences.joined(separator: "\n")
  }

  func writeJSON(to output: inout some TextOutputStream) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    output.write(String(decoding: try encoder.encode(Answer(verification)), as: UTF8.self) + "\n")
  }

  private struct Answer: Encodable {
    var isWhole: Bool
    var result: Verification

    init(_ verification: Verification) {
      isWhole = verification.isWhole
      result = verification
    }

    private enum Key: String, CodingKey { case whole }

    func encode(to encoder: any Encoder) throws {
      try result.encode(to: encoder)
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(isWhole, forKey: .whole)
    }
  }
}
