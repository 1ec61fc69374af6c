/// What an experiment may be called: its name is that of a directory on any system.
public enum ExperimentName {
  public static let rule = "letters, digits, '.', '_' and '-', at most 100, the first a letter, digit or '_'"

  public static func isSound(_ name: String) -> Bool {
    func isLetter(_ byte: UInt8) -> Bool {
      (97...122).contains(byte | 32) || (48...57).contains(byte) || byte == UInt8(ascii: "_")
    }
    guard let first = name.utf8.first, isLetter(first), name.utf8.count <= 100 else { return false }
    return name.utf8.allSatisfy { isLetter($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
  }
}
